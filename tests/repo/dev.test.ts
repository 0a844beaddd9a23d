/** `npm run dev` in a copy whose background reports its own start; Firefox is real. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Copy, copyOf } from "./copy.ts";

const visits: string[] = [];
const waiting = new Map<string, () => void>();
const server = createServer((request, response) => {
	const path = request.url ?? "";
	visits.push(path);
	waiting.get(path)?.();
	response.end();
});
let copy: Copy;

/** Waits until a background that was written with this word has run. */
async function started(word: string): Promise<void> {
	if (!visits.includes(`/${word}`)) await new Promise<void>((resolve) => waiting.set(`/${word}`, resolve));
}

function writeBackground(word: string): void {
	const { port } = server.address() as AddressInfo;
	const address = `http://127.0.0.1:${port}/${word}`;
	// The content security policy leaves an extension no connection: a tab has to do.
	writeFileSync(join(copy.folder, "src/background/index.ts"), `browser.tabs.create({ url: "${address}" });\n`);
}

beforeAll(async () => {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	copy = copyOf("manifest.json", "package.json", "vite.config.ts", "tsconfig.base.json", "public", "docs", "tools");
	for (const page of ["popup", "options", "blocked", "welcome", "help", "mail"]) {
		copy.write(`src/${page}/index.html`, "<!doctype html>\n<title>A page</title>\n");
	}
	copy.write("src/background/index.ts", "");
	copy.write("src/background/mail/index.ts", "");
	writeBackground("one");
});
afterAll(() => {
	copy.remove();
	server.close();
});

it("builds, starts Firefox, and reloads the extension after a change", async () => {
	const dev = spawn(join(copy.folder, "node_modules/.bin/tsx"), ["tools/dev.ts"], {
		cwd: copy.folder,
		env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "" },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let output = "";
	for (const stream of [dev.stdout, dev.stderr]) stream.on("data", (text) => (output += text));
	const ended = once(dev, "exit").then(([status]) => Promise.reject(new Error(`dev ended with ${status}: ${output}`)));
	ended.catch(() => undefined);
	try {
		await Promise.race([started("one"), ended]);
		await expect.poll(() => output, { timeout: 20_000 }).toContain("Watching for changes");
		writeBackground("two");
		await Promise.race([started("two"), ended]);
		// A source that does not build keeps what runs, and the next save is taken again.
		copy.write("src/background/index.ts", "const broken = ;\n");
		await expect.poll(() => output, { timeout: 20_000 }).toMatch(/broken|Unexpected|error/i);
		writeBackground("three");
		await Promise.race([started("three"), ended]);
	} finally {
		const gone = once(dev, "exit");
		if (dev.exitCode === null) {
			dev.kill("SIGTERM");
			await gone;
		}
	}
});
