import type { RequestDetails } from "../browser/webRequest.ts";
import type { Sent } from "../protocol.ts";
import { BoundedMap } from "./bounded.ts";

const MAX_REQUESTS = 500;
const BODY_HEADERS = new Set(["content-length", "transfer-encoding"]);

/** What pages' requests took along, by request id: the block page says so honestly. */
export class SentLog {
	readonly #requests = new BoundedMap<string, Sent>(MAX_REQUESTS);

	/** For `webRequest.onSendHeaders`. */
	note(details: RequestDetails): void {
		const names = new Set(details.requestHeaders?.map(({ name }) => name.toLowerCase()));
		const noBody = details.requestHeaders?.some(
			({ name, value }) => name.toLowerCase() === "content-length" && value === "0",
		);
		this.#requests.set(details.requestId, {
			method: details.method,
			cookies: names.has("cookie"),
			authorization: names.has("authorization"),
			body: !noBody && [...BODY_HEADERS].some((name) => names.has(name)),
		});
	}

	/** For requests that ended. */
	forget({ requestId }: RequestDetails): void {
		this.#requests.delete(requestId);
	}

	/** What a request took along. Of parts, and of what came from a cache, only the method is known. */
	of({ requestId, method }: RequestDetails): Sent {
		const body = method !== "GET" && method !== "HEAD";
		return this.#requests.get(requestId) ?? { method, cookies: null, authorization: null, body };
	}
}
