/** What docs/administrators.md gives people to deploy says the same everywhere. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ran } from "../cli/io.ts";
import { root } from "./copy.ts";

const FOLDER = join(root, "docs/administrators");
const read = (file: string): string => readFileSync(join(FOLDER, file), "utf8");
const text = readFileSync(join(root, "docs/administrators.md"), "utf8");
const { policies } = JSON.parse(read("policies.json")) as { policies: Record<string, unknown> };
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

/** Reads a property list in XML, as far as these have it. Throws on anything else. */
function plist(xml: string): unknown {
	const tokens = [...xml.matchAll(/<(\/?[a-z]+)(\/?)>([^<]*)/g)];
	const unescaped = (written: string) =>
		written.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
	let at = tokens.findIndex(([, name]) => name === "plist") + 1;
	const next = (wanted?: string) => {
		const [, name = "", empty = "", content = ""] = tokens[at++] ?? [];
		if (wanted !== undefined && name !== wanted) throw new Error(`expected <${wanted}>, got <${name}>`);
		return { name, empty, content: unescaped(content) };
	};
	const value = (): unknown => {
		const { name, empty, content } = next();
		if (empty) return name === "true";
		if (name === "dict") {
			const members: [string, unknown][] = [];
			while (tokens[at]?.[1] !== "/dict") {
				const key = next("key").content;
				next("/key");
				members.push([key, value()]);
			}
			next("/dict");
			return Object.fromEntries(members);
		}
		if (name === "array") {
			const items: unknown[] = [];
			while (tokens[at]?.[1] !== "/array") items.push(value());
			next("/array");
			return items;
		}
		next(`/${name}`);
		if (name === "integer") return Number(content);
		if (name !== "string") throw new Error(`expected a value, got <${name}>`);
		return content;
	};
	return value();
}

describe("docs/administrators.md", () => {
	it("shows the file of policies that it links to, for this version's package", () => {
		expect(text).toContain(`\`\`\`json\n${read("policies.json")}\`\`\``);
		expect(read("policies.json")).toContain(`countersign-${version}.xpi`);
	});

	it("has nothing in it that the linter would say something of", async () => {
		const file = join(FOLDER, "policies.json");
		expect(await ran(["lint", file])).toMatchObject({ code: 0, stderr: "" });
	});

	it("says the same to macOS", () => {
		const profile = plist(read("countersign.mobileconfig")) as { PayloadContent: Record<string, unknown>[] };
		const [content] = profile.PayloadContent;
		const deployed = Object.entries(content ?? {}).filter(([name]) => !name.startsWith("Payload"));
		expect(Object.fromEntries(deployed)).toEqual({ EnterprisePoliciesEnabled: true, ...policies });
	});

	it("writes into the registry where Firefox looks, in the words that the templates name", () => {
		const admx = read("countersign.admx");
		const adml = read("en-US/countersign.adml");
		expect(admx).toContain('key="Software\\Policies\\Mozilla\\Firefox\\3rdparty\\Extensions"');
		expect(admx).toContain('valueName="countersign@webextension"');
		for (const [, kind = "", name = ""] of admx.matchAll(/\$\((string|presentation)\.(\w+)\)/g)) {
			expect(adml, `${kind} ${name}`).toContain(`<${kind} id="${name}">`);
		}
		const [, id = ""] = /<text id="(\w+)"/.exec(admx) ?? [];
		expect(adml).toContain(`<textBox refId="${id}">`);
		// Intune names the category, the policy and the element.
		const [, category = ""] = /<category name="(\w+)"/.exec(admx) ?? [];
		const [, policy = ""] = /<policy name="(\w+)"/.exec(admx) ?? [];
		expect(text).toContain(`Config/Countersign~Policy~${category}/${policy}\``);
		expect(text).toContain(`<data id="${id}" value='{"locked"`);
		for (const xml of [admx, adml]) expect(xml.match(/<\w+[^>]*[^/]>/g)?.length).toBe(xml.match(/<\/\w+>/g)?.length);
	});
});
