/**
 * What of the browser the pages' words need, outside of one: `i18n` over a messages.json. It has to be
 * in place before anything imports src/browser, which takes it as it finds it.
 */

interface Message {
	readonly message: string;
	readonly description?: string;
	readonly placeholders?: Readonly<Record<string, { readonly content: string; readonly example?: string }>>;
}

export type Messages = Readonly<Record<string, Message>>;

/** Puts the arguments into a message as Firefox does (toolkit/components/extensions/ExtensionCommon). */
export function localize({ message, placeholders = {} }: Message, args: readonly string[]): string {
	const substitute = (text: string): string =>
		text.replace(/\$(?:([A-Za-z0-9@_]+)\$|([1-9]\d*)|(\$+))/g, (_, name?: string, index?: string, dollars?: string) => {
			if (name !== undefined) return substitute(placeholders[name.toLowerCase()]?.content ?? "");
			if (index !== undefined) return args[Number(index) - 1] ?? "";
			return dollars ?? "";
		});
	return substitute(message);
}

let spoken: Messages = {};

/** From now on the words are these: what is shown has to be rendered again. */
export function speak(messages: Messages): void {
	spoken = messages;
}

/** Installs it. Returns the keys that were asked for and are not there. */
export function installFakeBrowser(messages: Messages): Set<string> {
	speak(messages);
	const unknown = new Set<string>();
	Object.assign(globalThis, {
		browser: {
			runtime: { id: "countersign@test" },
			i18n: {
				getUILanguage: () => spoken.language?.message ?? "en",
				getMessage(key: string, args: string | readonly string[] = []) {
					const message = spoken[key];
					if (message === undefined) {
						unknown.add(key);
						return "";
					}
					return localize(message, typeof args === "string" ? [args] : args);
				},
			},
		},
	});
	return unknown;
}
