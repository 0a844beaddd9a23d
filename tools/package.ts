/**
 * npm run package: builds the release and packs it into countersign-<version>.xpi, and what it was built from into
 * countersign-<version>-source.zip. Unpacked elsewhere, `npm ci && npm run package` gives the same .xpi.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "vite";
import { pack, packSource } from "./xpi.ts";

await build({ logLevel: "warn" });
const { version } = JSON.parse(readFileSync("dist/manifest.json", "utf8")) as { version: string };
write(`countersign-${version}.xpi`, pack("dist"));
try {
	write(`countersign-${version}-source.zip`, packSource("."));
} catch (error) {
	// Without git these are the unpacked sources already.
	console.log(`No source package: ${error instanceof Error ? error.message : String(error)}`);
}

function write(file: string, bytes: Uint8Array): void {
	writeFileSync(file, bytes);
	console.log(`${file}  ${bytes.length} bytes  sha256 ${createHash("sha256").update(bytes).digest("hex")}`);
}
