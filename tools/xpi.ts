import { readdirSync, readFileSync } from "node:fs";
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
	const files = filesBelow(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
	return zipSync(Object.fromEntries(files), { level: 9, mtime: TIME });
}
