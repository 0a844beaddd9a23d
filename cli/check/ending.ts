import type { Failure } from "./outcome.ts";

/** Why a look at a server came to nothing. Thrown inside; `check` makes an outcome of it. */
export class Ending extends Error {
	override readonly name = "Ending";
	readonly failure: Failure;
	/** A system's code, or what the server said. Not yet fit to be shown. */
	readonly detail: string;

	constructor(failure: Failure, detail = "", options?: ErrorOptions) {
		super(`${failure}: ${detail}`, options);
		this.failure = failure;
		this.detail = detail;
	}
}

/** What a terminal would act on, or what turns text around: controls, format characters, separators, strays. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from outside, fit to be shown in a terminal: what a terminal would act on becomes a dot, what is longer than
 * `limit` characters is cut.
 */
export function printable(text: string, limit = Number.POSITIVE_INFINITY): string {
	const clean = text.replace(UNPRINTABLE, "·");
	const characters = clean.length > limit ? [...clean] : [];
	return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : clean;
}

/** JSON that is fit to be shown in a terminal: the same value, with what a terminal would act on escaped. */
export function printableJson(value: unknown, indent?: number): string {
	// Such characters stand in strings alone, but for the line feeds between lines.
	return JSON.stringify(value, null, indent).replace(UNPRINTABLE, (found) => {
		if (found === "\n") return found;
		const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at));
		return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
	});
}
