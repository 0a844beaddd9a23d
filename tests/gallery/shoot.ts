/**
 * npm run gallery [words …]: pictures of every page in every state, in a real Firefox, into out/gallery/.
 *
 * Names are `page-state[-open]-look-size-language.png`. With words, only those whose names have all of them;
 * a comma stands for "or", and "!" before a word for "not": `npm run gallery -- popup dark,forced narrow -fa !open`.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { LOOKS, type Look, NARROW, POPUP, Studio, WIDE } from "./studio.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const OUT = join(ROOT, "out/gallery");

/** English, one without spaces between its words, and one from right to left. */
const LANGUAGES = ["en", "zh_CN", "fa"];

const words = process.argv.slice(2);
const isWanted = (name: string) =>
	words.every((word) =>
		word.startsWith("!") ? !name.includes(word.slice(1)) : word.split(",").some((part) => name.includes(part)),
	);

/** Pages on which much is folded away. */
const FOLDED = new Set(["blocked", "popup"]);

await mkdir(OUT, { recursive: true });
const studio = await Studio.open();
let taken = 0;
try {
	studio.page.on("pageerror", (error) => console.error(String(error)));
	studio.page.on("console", (message) => {
		if (message.type() === "error") console.error(message.text());
	});
	const pages = Object.entries(await studio.states());
	for (const look of Object.keys(LOOKS) as Look[]) {
		for (const [page, states] of pages) {
			const sizes = { wide: page === "popup" ? POPUP : WIDE, narrow: NARROW };
			for (const [sizeName, size] of Object.entries(sizes)) {
				const shots = states.flatMap((state) =>
					(FOLDED.has(page) ? [false, true] : [false]).flatMap((open) =>
						LANGUAGES.map((language) => ({
							name: `${page}-${state}${open ? "-open" : ""}-${look}-${sizeName}-${language}`,
							state,
							open,
							language,
						})),
					),
				);
				const wanted = shots.filter(({ name }) => isWanted(name));
				if (wanted.length === 0) continue;
				await studio.look(look);
				await studio.size(size);
				for (const { name, state, open, language } of wanted) {
					await studio.show(page, state, language, open);
					await studio.tab.screenshot(join(OUT, `${name}.png`), true);
					taken += 1;
				}
			}
		}
	}
} finally {
	await studio.close();
}
console.log(`${taken} pictures in ${OUT}`);
