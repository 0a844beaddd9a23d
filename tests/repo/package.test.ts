import { createHash } from "node:crypto";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { filesBelow, pack } from "../../tools/xpi.ts";
import { type Copy, copyFrom, root } from "./copy.ts";

describe("the package", () => {
	const copies: Copy[] = [];
	afterAll(() => {
		for (const copy of copies) copy.remove();
	});

	/** Builds the release in a fresh folder, from a copy of the repository or of an earlier copy. */
	function build(source: string): string {
		const copy = copyFrom(source, [
			"manifest.json",
			"package.json",
			"vite.config.ts",
			"tsconfig.base.json",
			"src",
			"public",
			"tools",
		]);
		copies.push(copy);
		const { status, output } = copy.run("vite", "build");
		expect(status, output).toBe(0);
		return copy.folder;
	}

	it("is the same, byte by byte, when it is built twice", () => {
		const one = build(root);
		const two = build(one);
		const [first, second] = [one, two].map((folder) => pack(join(folder, "dist")));
		expect(first?.length).toBeGreaterThan(0);
		const hash = (bytes: Uint8Array | undefined): string =>
			createHash("sha256")
				.update(bytes ?? "")
				.digest("hex");
		expect(hash(second)).toBe(hash(first));
	});

	it("holds what was built, in order", () => {
		const dist = join(copies[0]?.folder ?? "", "dist");
		expect(Object.keys(unzipSync(pack(dist)))).toEqual(filesBelow(dist));
	});
});
