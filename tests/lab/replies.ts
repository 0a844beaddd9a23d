/** Ready-made answers for the lab's routes. */

import { createHash } from "node:crypto";
import type { LoggedRequest } from "./log.ts";

/** A request as a handler sees it: what is logged, and the body. */
export interface LabRequest extends LoggedRequest {
	readonly body: Uint8Array;
}

/** What a route answers. Text bodies are sent as UTF-8. */
export interface Reply {
	/** 200 by default. */
	status?: number;
	headers?: Record<string, string | string[]>;
	body?: string | Uint8Array;
	/** Links of a 103 that is sent first. */
	earlyHints?: string[];
	/** Waited for between the 103 and the answer itself. */
	afterHints?: () => Promise<unknown>;
}

/** A route: a fixed reply, or a function of the request. A rejected promise becomes a 500. */
export type Route = Reply | ((request: LabRequest) => Reply | Promise<Reply>);

/**
 * An HTML page, never stored by the browser unless the headers say so.
 *
 * @param body the markup; a doctype and a charset are put in front
 * @param headers extra headers, e.g. `{"set-cookie": "id=1; Secure"}`
 * @returns the reply
 */
export function html(body: string, headers: Reply["headers"] = {}): Reply {
	return {
		headers: {
			"content-type": "text/html; charset=utf-8",
			"cache-control": "no-cache",
			...headers,
		},
		body: `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${body}`,
	};
}

/**
 * A script.
 *
 * @param body JavaScript source
 * @param headers extra headers
 * @returns the reply, readable from any origin
 */
export function script(body: string, headers: Reply["headers"] = {}): Reply {
	return {
		headers: {
			"content-type": "text/javascript; charset=utf-8",
			"access-control-allow-origin": "*",
			...headers,
		},
		body,
	};
}

/**
 * A style sheet.
 *
 * @param body CSS source
 * @param headers extra headers
 * @returns the reply, readable from any origin
 */
export function style(body: string, headers: Reply["headers"] = {}): Reply {
	return {
		headers: {
			"content-type": "text/css; charset=utf-8",
			"access-control-allow-origin": "*",
			...headers,
		},
		body,
	};
}

/**
 * Plain text.
 *
 * @param body the text
 * @param headers extra headers
 * @returns the reply, readable from any origin
 */
export function text(body: string, headers: Reply["headers"] = {}): Reply {
	return {
		headers: {
			"content-type": "text/plain; charset=utf-8",
			"access-control-allow-origin": "*",
			...headers,
		},
		body,
	};
}

const SVG =
	'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="#0a0"/></svg>';

/**
 * A green image of eight by eight pixels.
 *
 * @param headers extra headers
 * @returns the reply
 */
export function image(headers: Reply["headers"] = {}): Reply {
	return {
		headers: { "content-type": "image/svg+xml", ...headers },
		body: SVG,
	};
}

/**
 * A redirect.
 *
 * @param to absolute or relative address
 * @param status 302 by default
 * @param headers extra headers
 * @returns the reply
 */
export function redirect(to: string, status = 302, headers: Reply["headers"] = {}): Reply {
	return { status, headers: { location: to, ...headers } };
}

/**
 * A file that the browser saves instead of showing.
 *
 * @param name file name
 * @param body contents
 * @returns the reply
 */
export function download(name: string, body: string | Uint8Array): Reply {
	return {
		headers: {
			"content-type": "application/octet-stream",
			"content-disposition": `attachment; filename="${name}"`,
		},
		body,
	};
}

/**
 * Makes a reply cacheable: with an ETag, and answering 304 to a request that has it already.
 *
 * @param reply what to send in full
 * @param options `maxAge` in seconds (0: store, but ask each time); `etag` without quotes, by default
 *   a digest of the body
 * @returns a route
 */
export function cacheable(reply: Reply, options: { maxAge?: number; etag?: string } = {}): Route {
	const etag = `"${
		options.etag ??
		createHash("sha256")
			.update(reply.body ?? "")
			.digest("hex")
			.slice(0, 16)
	}"`;
	const headers = {
		...reply.headers,
		etag,
		"cache-control": `max-age=${options.maxAge ?? 0}`,
	};
	return (request) => (request.headers["if-none-match"] === etag ? { status: 304, headers } : { ...reply, headers });
}

/**
 * Answers with the request itself, as JSON: `{method, url, headers, body}`, the body as UTF-8.
 *
 * @param headers extra headers
 * @returns a route, readable from any origin
 */
export function echo(headers: Reply["headers"] = {}): Route {
	return (request) => ({
		headers: {
			"content-type": "application/json",
			"access-control-allow-origin": "*",
			...headers,
		},
		body: JSON.stringify({
			method: request.method,
			url: request.url,
			headers: request.headers,
			body: Buffer.from(request.body).toString("utf8"),
		}),
	});
}
