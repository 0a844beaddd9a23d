import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { zipSync } from "fflate";

/**
 * The earliest time a zip can hold. fflate writes local time, so it is made from local parts: the
 * bytes are then the same in every time zone.
 */
const TIME = new Date(1980, 0, 1);

/** All files below a folder, with "/" between names, in the order of their code points. */
export function filesBelow(folder: string): readonly string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) =>
			join(entry.parentPath, entry.name)
				.slice(folder.length + 1)
				.split(sep)
				.join("/"),
		)
		.sort();
}

/**
 * A folder as an .xpi. The same files always give the same bytes: names sorted, times fixed, and a
 * compressor that the lock file pins (zlib differs from one Node to the next).
 */
export function pack(folder: string): Uint8Array {
	return packFiles(folder, filesBelow(folder));
}

/** Some files of a folder as a zip, by names with "/" between them; same files, same bytes. */
export function packFiles(folder: string, names: readonly string[]): Uint8Array {
	const files = names.toSorted().map((name) => [name, readFileSync(join(folder, name))] as const);
	return zipSync(Object.fromEntries(files), { level: 9, mtime: TIME });
}

/**
 * The sources that a release is built from, as a zip: what git tracks in `root`, as it is on disk. Throws where `root` is
 * no checkout of git.
 */
export function packSource(root: string): Uint8Array {
	const { status, stdout, stderr } = spawnSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" });
	if (status !== 0) throw new Error(`The sources cannot be packed without git: ${stderr}`);
	const tracked = stdout.split("\0").filter((name) => name !== "" && existsSync(join(root, name)));
	return packFiles(root, tracked);
}
