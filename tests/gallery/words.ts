/** The words of a language, as the browser would put them together. */
import type { Messages } from "../ui/fakeBrowser.ts";

const known = new Map<string, Promise<Messages>>();

async function read(language: string): Promise<Messages> {
	const answer = await fetch(`/_locales/${language}/messages.json`);
	if (!answer.ok) throw new Error(`There are no words in ${language}`);
	return (await answer.json()) as Messages;
}

async function put(language: string): Promise<Messages> {
	const english = await read("en");
	if (language === "en") return english;
	// A message that is not there yet is Firefox's default language's.
	return { ...english, ...(await read(language)) };
}

/**
 * Every message in a language, by the name of its folder.
 *
 * @throws where there is no such language
 */
export function wordsOf(language: string): Promise<Messages> {
	const words = known.get(language) ?? put(language);
	known.set(language, words);
	return words;
}
