/** Documents that the person asked for. */

/** Why a document did not come. */
export class FetchError extends Error {
	readonly why: "unreachable" | "too-large";

	constructor(why: FetchError["why"], message: string) {
		super(message);
		this.why = why;
	}
}

/**
 * Fetches a document without cookies, passwords or a referrer, past all caches; follows no redirect. What is longer
 * than `most` bytes is not read to its end. Rejects with a `FetchError`.
 *
 * @param url an https address
 * @param most bytes, after any content encoding
 * @param signal ends it at once
 */
export async function fetchDocument(url: string, most: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
	const response = await fetch(url, {
		credentials: "omit",
		cache: "no-store",
		redirect: "error",
		referrerPolicy: "no-referrer",
		signal,
	}).catch((error: unknown) => {
		throw new FetchError("unreachable", `expected an answer, got ${String(error)}`);
	});
	if (response.status !== 200 || !response.body) {
		throw new FetchError("unreachable", `expected status 200, got ${response.status}`);
	}
	const parts: Uint8Array[] = [];
	let length = 0;
	const reader = response.body.getReader();
	try {
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			length += part.value.length;
			if (length > most) throw new FetchError("too-large", `expected at most ${most} bytes, got more`);
			parts.push(part.value);
		}
	} catch (error) {
		// What was not read must not go on coming.
		void reader.cancel().catch(() => null);
		throw error instanceof FetchError
			? error
			: new FetchError("unreachable", `expected all of it, got ${String(error)}`);
	}
	const bytes = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
