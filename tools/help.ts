/**
 * Makes the help page's text out of docs/help.md when the extension is built, so that the document and the page are one text.
 * What comes out is a list of plain elements, not HTML: the page's policy lets no text become HTML.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marked, type Token, type Tokens } from "marked";
import type { Plugin } from "vite";
import type { HelpNode, HelpText } from "../src/help/text.ts";

const unexpected = (token: Token): never => {
	throw new Error(`docs/help.md: expected plain text, lists and links, got ${token.type}: ${token.raw.slice(0, 60)}`);
};

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The lexer escapes what HTML would read; there is no HTML here. */
const plain = (text: string): string => text.replace(/&(\w+|#39);/g, (all, name: string) => ENTITIES[name] ?? all);

function inline(tokens: readonly Token[] = []): HelpNode[] {
	return tokens.map((token): HelpNode => {
		switch (token.type) {
			case "text":
			case "escape":
				return "tokens" in token && token.tokens ? ["span", {}, ...inline(token.tokens)] : plain(token.text);
			case "strong":
				return ["strong", {}, ...inline(token.tokens)];
			case "em":
				return ["em", {}, ...inline(token.tokens)];
			case "codespan":
				return ["code", {}, plain(token.text)];
			case "link": {
				const { href } = token as Tokens.Link;
				// To a part of this page, or out of the extension; everything else would lead nowhere from there.
				if (!/^(#[a-z-]+$|https:\/\/)/.test(href)) throw new Error(`docs/help.md: expected # or https:, got ${href}`);
				return ["a", { href }, ...inline(token.tokens)];
			}
			default:
				return unexpected(token);
		}
	});
}

function block(token: Token): HelpNode[] {
	switch (token.type) {
		case "space":
			return [];
		case "paragraph":
			return [["p", {}, ...inline(token.tokens)]];
		case "text":
			return inline(token.tokens);
		case "list": {
			const { ordered, items } = token as Tokens.List;
			return [[ordered ? "ol" : "ul", {}, ...items.map((item): HelpNode => ["li", {}, ...item.tokens.flatMap(block)])]];
		}
		default:
			return unexpected(token);
	}
}

/** "What vouching is" as "what-vouching-is". */
const slug = (title: string): string =>
	title
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^-|-$/g, "");

/**
 * Reads the help. Throws on what the page has no place for: tables, pictures, HTML.
 *
 * @param markdown one heading of the first level, then parts under headings of the second
 * @param ids of the parts, in their order, where they are not to be made from the titles: those of the English text
 */
export function readHelp(markdown: string, ids?: readonly string[]): HelpText {
	let title = "";
	const intro: HelpNode[] = [];
	const parts: { id: string; title: string; nodes: HelpNode[] }[] = [];
	for (const token of marked.lexer(markdown)) {
		if (token.type !== "heading") {
			(parts.at(-1)?.nodes ?? intro).push(...block(token));
			continue;
		}
		const { depth, text } = token as Tokens.Heading;
		if (depth === 1 && title === "") title = plain(text);
		else if (depth === 2) parts.push({ id: ids?.[parts.length] ?? slug(text), title: plain(text), nodes: [] });
		else unexpected(token);
	}
	if (title === "" || (ids && ids.length !== parts.length)) {
		throw new Error(`help: expected a title and ${ids?.length ?? "some"} parts, got “${title}” and ${parts.length}`);
	}
	return { title, intro, parts };
}

/** The files of the help by language, as `getUILanguage` and `_locales` write it: "en", "zh_CN". */
export function helpFiles(root: string): ReadonlyMap<string, string> {
	const docs = join(root, "docs");
	const files = readdirSync(docs).flatMap((name) => {
		const [, , language = "en"] = /^help(\.(\w+))?\.md$/.exec(name) ?? [];
		return /^help(\.\w+)?\.md$/.test(name) ? [[language, join(docs, name)] as const] : [];
	});
	return new Map(files.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

const NAME = "countersign:help";

/**
 * Gives the module "countersign:help", in which each language is loaded when it is wanted.
 *
 * @param root the top of the repository
 */
export function help(root: string): Plugin {
	return {
		name: NAME,
		resolveId: (id) => (id === NAME || id.startsWith(`${NAME}/`) ? `\0${id}` : null),
		load(id) {
			if (!id.startsWith(`\0${NAME}`)) return null;
			const files = helpFiles(root);
			const [, language] = id.split("/help-");
			if (language === undefined) {
				const loads = [...files.keys()].map((key) => `${key}: () => import("${NAME}/help-${key}")`);
				return `export const help = { ${loads.join(", ")} };`;
			}
			const file = files.get(language) ?? "";
			this.addWatchFile(file);
			const english = readHelp(readFileSync(files.get("en") ?? "", "utf8"));
			const ids = english.parts.map((part) => part.id);
			const text = readHelp(readFileSync(file, "utf8"), ids);
			return `export const text = ${JSON.stringify(text)};`;
		},
	};
}
