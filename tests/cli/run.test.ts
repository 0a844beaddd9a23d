import { describe, expect, it } from "vitest";
import { ran } from "./io.ts";

describe("countersign", () => {
	it("says how it is called: when asked on the standard output, else as an error", async () => {
		const { code, stdout, stderr } = await ran(["--help"]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toContain("countersign COMMAND");
		expect(await ran([])).toEqual({ code: 2, stdout: "", stderr: stdout });
	});

	it("says its version", async () => {
		const { code, stdout } = await ran(["--version"]);
		expect(code).toBe(0);
		expect(stdout).toMatch(/^countersign \d+\.\d+\.\d+\n$/);
	});

	it("names what there is, for a command that there is not", async () => {
		const { code, stdout, stderr } = await ran(["chek"]);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(/^countersign: .*“chek”.*\n$/);
	});

	it.each([[["--language", "xx"]], [["--language"]], [["--language=constructor", "--help"]]])(
		"refuses a language that it does not speak: %j",
		async (args) => {
			const { code, stdout, stderr } = await ran(args);
			expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
			expect(stderr).toMatch(/^countersign: --language: .*zh_TW.*\n$/);
		},
	);
});
