/** The gallery as a site of its own: built once, so that each page of it loads at once. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";
import { build } from "vite";
import { help } from "../../tools/help.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const TYPES: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".json": "application/json",
	".svg": "image/svg+xml",
};

/** The gallery while it is served. */
export interface Served {
	/** Address of its page, to which states are added: `?page=…&state=…`. */
	readonly url: string;
	/** Ends the server and removes what was built. */
	close(): Promise<void>;
}

/** Builds the gallery and serves it on this computer alone. */
export async function serveGallery(): Promise<Served> {
	const folder = await mkdtemp(join(tmpdir(), "countersign-gallery-"));
	await build({
		root: ROOT,
		configFile: false,
		publicDir: false,
		logLevel: "error",
		plugins: [help(ROOT)],
		oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
		define: { __TEST__: "false" },
		build: {
			outDir: folder,
			emptyOutDir: true,
			minify: false,
			target: "firefox153",
			modulePreload: false,
			chunkSizeWarningLimit: 10_000,
			rollupOptions: { input: join(ROOT, "tests/gallery/index.html") },
		},
	});
	// What was built, what the extension has as files, and what samples are read from.
	const places = [folder, join(ROOT, "public"), ROOT];
	const server = createServer((request, response) => {
		const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://gallery").pathname));
		const isRead = (place: string) => place !== ROOT || path.startsWith("/tests/certificate/fixtures/");
		void (async () => {
			for (const place of places.filter(isRead)) {
				const content = await readFile(join(place, path)).catch(() => null);
				if (content === null) continue;
				response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
				response.end(content);
				return;
			}
			response.writeHead(404);
			response.end();
		})();
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/tests/gallery/index.html`,
		async close() {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
			await rm(folder, { recursive: true, force: true });
		},
	};
}
