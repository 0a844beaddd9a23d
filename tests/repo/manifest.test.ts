import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./copy.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const source = JSON.parse(read("manifest.json"));

describe.each([
	["as written", source],
	["as built", JSON.parse(read("dist/manifest.json"))],
])("the manifest, %s", (_, manifest) => {
	it("is Manifest V2 with a background page that stays", () => {
		expect(manifest.manifest_version).toBe(2);
		expect(manifest.background.persistent).toBe(true);
		expect(manifest.background.scripts).toHaveLength(1);
	});

	it("names the extension, and the Firefox it needs", () => {
		expect(manifest.browser_specific_settings).toEqual({
			gecko: {
				id: "countersign@webextension",
				strict_min_version: "153.0",
				data_collection_permissions: { required: ["none"] },
			},
			gecko_android: { strict_min_version: "153.0" },
		});
		expect(manifest.incognito).toBe("spanning");
	});

	it("has the version of package.json", () => {
		expect(manifest.version).toBe(JSON.parse(read("package.json")).version);
	});

	it("asks for the permissions that docs/permissions.md explains, and no others", () => {
		const parts = new Map(
			read("docs/permissions.md")
				.split(/^## /m)
				.map((part) => [part.split("\n")[0], [...part.matchAll(/^### `([^`]+)`$/gm)].map(([, name]) => name)]),
		);
		expect(manifest.permissions.toSorted()).toEqual(parts.get("Asked for")?.toSorted());
		expect(manifest.optional_permissions.toSorted()).toEqual(parts.get("Asked for once you want it")?.toSorted());
	});

	it("opens no door to sites", () => {
		for (const door of ["web_accessible_resources", "externally_connectable", "content_scripts", "protocol_handlers"]) {
			expect(manifest[door]).toBeUndefined();
		}
	});

	it("lets its pages load nothing but themselves, and only the background connect", () => {
		const policy = new Map(
			(manifest.content_security_policy as string).split(";").map((part) => {
				const [name = "", ...values] = part.trim().split(" ");
				return [name, values.join(" ")];
			}),
		);
		expect(Object.fromEntries(policy)).toEqual({
			"default-src": "'none'",
			"script-src": "'self'",
			"style-src": "'self'",
			"img-src": "'self'",
			"connect-src": "https:",
			"base-uri": "'none'",
			"form-action": "'none'",
			"frame-ancestors": "'none'",
			// No text becomes HTML or code: Firefox throws where innerHTML is set.
			"require-trusted-types-for": "'script'",
			"trusted-types": "'none'",
		});
		const pages = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
			file.endsWith(".html"),
		);
		expect(pages).toHaveLength(6);
		for (const page of pages) {
			expect(readFileSync(join(root, "src", page), "utf8"), page).toContain(
				`<meta http-equiv="Content-Security-Policy" content="connect-src 'none'">`,
			);
		}
	});
});
