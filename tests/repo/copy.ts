import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The top of the repository. */
export const root = dirname(dirname(import.meta.dirname));

/** A folder elsewhere with some of the repository's files, where a test may do what it likes. */
export interface Copy {
	readonly folder: string;
	/** Runs a command of node_modules there; never throws. */
	run(command: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string };
	/** Writes a file there. */
	write(file: string, content: string | Uint8Array): void;
	remove(): void;
}

/** Copies files and folders of the repository to a temporary place; node_modules is shared. */
export function copyOf(...paths: readonly string[]): Copy {
	return copyFrom(root, paths);
}

/** The same out of another folder, such as an earlier copy. */
export function copyFrom(source: string, paths: readonly string[]): Copy {
	const folder = mkdtempSync(join(tmpdir(), "countersign-"));
	for (const path of paths) {
		cpSync(join(source, path), join(folder, path), {
			recursive: true,
			filter: (from) => !from.endsWith(".tsbuildinfo"),
		});
	}
	symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
	return {
		folder,
		run(command, ...args) {
			const { status, stdout, stderr } = spawnSync(join(folder, "node_modules/.bin", command), args, {
				cwd: folder,
				encoding: "utf8",
				maxBuffer: 64 * 1024 * 1024,
			});
			return { status, output: stdout + stderr };
		},
		write(file, content) {
			mkdirSync(dirname(join(folder, file)), { recursive: true });
			writeFileSync(join(folder, file), content);
		},
		remove: () => rmSync(folder, { recursive: true, force: true }),
	};
}
