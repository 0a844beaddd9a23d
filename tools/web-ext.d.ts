/** The part of web-ext's programming interface that `tools/dev.ts` uses; it comes without types. */
declare module "web-ext" {
	interface Runner {
		reloadAllExtensions(): Promise<unknown>;
		registerCleanup(done: () => void): void;
		exit(): Promise<void>;
	}
	const webExt: {
		readonly cmd: {
			run(
				options: {
					readonly sourceDir: string;
					readonly target: readonly ["firefox-desktop"];
					readonly firefox: string;
					readonly args: readonly string[];
					readonly noReload: boolean;
					readonly noInput: boolean;
				},
				more: { readonly shouldExitProgram: boolean },
			): Promise<Runner>;
		};
	};
	// biome-ignore lint/style/noDefaultExport: this is how web-ext exports it.
	export default webExt;
}
