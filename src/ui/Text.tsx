import { type ComponentChildren, Fragment } from "preact";
import { language, pieces } from "../browser/i18n.ts";
import { Name } from "./Name.tsx";

/** A sentence as data: its key, and what stands in it. So stores can decide what pages say. */
export interface Sentence {
	readonly key: string;
	readonly args: readonly string[];
}

/** Shortens `{ key, args }`. */
export const say = (key: string, ...args: readonly string[]): Sentence => ({ key, args });

/**
 * A sentence of messages.json with elements or strings in its places. Strings are isolated, so that
 * a name in one direction does not turn the sentence around it.
 */
export function Text({ of, args = [] }: { of: string; args?: readonly ComponentChildren[] }) {
	return (
		<>
			{pieces(of, args.length).map((piece, index) => {
				if (typeof piece === "string") return piece;
				const arg = args[piece];
				// The pieces of a sentence never move: their place is their identity.
				return typeof arg === "string" ? <Name key={index} of={arg} /> : arg;
			})}
		</>
	);
}

/** Shows a `Sentence`. */
export function Say({ what }: { what: Sentence }) {
	return <Text of={what.key} args={what.args} />;
}

/** Sentences, one behind the other. Chinese has no space between them: its full stop brings its own. */
export function Sentences({ of }: { of: readonly Sentence[] }) {
	const gap = language().startsWith("zh") ? "" : " ";
	return (
		<>
			{of.map((sentence, index) => (
				<Fragment key={`${index} ${sentence.key}`}>
					{index > 0 && gap}
					<Say what={sentence} />
				</Fragment>
			))}
		</>
	);
}
