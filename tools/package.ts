/** npm run package: builds the release and packs it into countersign-<version>.xpi. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "vite";
import { pack } from "./xpi.ts";

await build({ logLevel: "warn" });
const { version } = JSON.parse(readFileSync("dist/manifest.json", "utf8")) as { version: string };
const file = `countersign-${version}.xpi`;
const bytes = pack("dist");
writeFileSync(file, bytes);
console.log(`${file}  ${bytes.length} bytes  sha256 ${createHash("sha256").update(bytes).digest("hex")}`);
