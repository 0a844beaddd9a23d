import { createHash } from "node:crypto";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { filesBelow, pack, packSource } from "../../tools/xpi.ts";
import { type Copy, copyFrom, root } from "./copy.ts";

/** What the build needs of the repository. */
const BUILT_FROM = [
	"manifest.json",
	"package.json",
	"vite.config.ts",
	"tsconfig.base.json",
	"src",
	"public",
	"tools",
	"docs",
];

describe("the package", () => {
	const copies: Copy[] = [];
	afterAll(() => {
		for (const copy of copies) copy.remove();
	});

	const hash = (bytes: Uint8Array | undefined): string =>
		createHash("sha256")
			.update(bytes ?? "")
			.digest("hex");

	/** Builds the release in a fresh folder. */
	function build(copy: Copy): string {
		copies.push(copy);
		const { status, output } = copy.run("vite", "build");
		expect(status, output).toBe(0);
		return copy.folder;
	}

	it("is the same, byte by byte, when it is built twice", () => {
		const one = build(copyFrom(root, BUILT_FROM));
		// The second time from the source package, as a reviewer gets it.
		const source = copyFrom(root, []);
		for (const [name, bytes] of Object.entries(unzipSync(packSource(root)))) source.write(name, bytes);
		const two = build(source);
		const [first, second] = [one, two].map((folder) => pack(join(folder, "dist")));
		expect(first?.length).toBeGreaterThan(0);
		expect(hash(second)).toBe(hash(first));
	});

	it("of the sources is the same each time, and has nothing in it that was built or installed", () => {
		const source = packSource(root);
		expect(hash(packSource(root))).toBe(hash(source));
		const names = Object.keys(unzipSync(source));
		expect(names).toEqual(expect.arrayContaining(["README.md", "package-lock.json", "manifest.json", "LICENSE"]));
		expect(names.filter((name) => /^(?:node_modules|dist|out|\.cache)\b|\.xpi$/.test(name))).toEqual([]);
	});

	it("holds what was built, in order", () => {
		const dist = join(copies[0]?.folder ?? "", "dist");
		expect(Object.keys(unzipSync(pack(dist)))).toEqual(filesBelow(dist));
	});
});
