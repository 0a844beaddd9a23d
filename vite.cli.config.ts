import { defineConfig } from "vite";

// The command `countersign` as one file for Node: who installs the package needs no build and no other package.
export default defineConfig({
	logLevel: "warn",
	ssr: { noExternal: true },
	build: {
		ssr: "cli/main.ts",
		outDir: "dist-cli",
		emptyOutDir: true,
		copyPublicDir: false,
		target: "node20",
		minify: false,
		rolldownOptions: {
			// It would name the folders of whoever builds it.
			experimental: { attachDebugInfo: "none" },
			output: { entryFileNames: "countersign.js", format: "es", codeSplitting: false },
		},
	},
});
