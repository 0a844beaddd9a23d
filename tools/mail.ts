import { resolve } from "node:path";
import { build, type Plugin } from "vite";

/** Where the module stands in the extension. */
const MODULE = "/src/background/mail.js";

/**
 * Lets the background import `countersign:mail` late: it stays an `import()` of a file beside it, although the background is one
 * script that nothing else is loaded into (docs/decisions/0020-mail-servers.md).
 */
export const mailModule: Plugin = {
	name: "countersign:mail",
	enforce: "pre",
	resolveId(id) {
		return id === "countersign:mail" ? { id: MODULE, external: "absolute" } : null;
	},
};

/**
 * Builds that file into a folder that the rest of the extension has been built into.
 *
 * @param mode as vite.config.ts has it: "production", "test", "late" or "dev"
 * @param define what the rest was built with
 */
export async function buildMail(
	root: string,
	outDir: string,
	mode: string,
	define: Readonly<Record<string, string>>,
): Promise<void> {
	await build({
		root,
		configFile: false,
		logLevel: "warn",
		mode,
		publicDir: false,
		define: { ...define, "process.env.NODE_ENV": JSON.stringify("production") },
		build: {
			outDir,
			emptyOutDir: false,
			target: "firefox153",
			minify: mode !== "dev",
			sourcemap: mode === "dev" ? "inline" : false,
			reportCompressedSize: false,
			rolldownOptions: {
				input: resolve(root, "src/background/mail/index.ts"),
				preserveEntrySignatures: "strict",
				output: { format: "es", entryFileNames: MODULE.slice(1) },
			},
		},
	});
}
