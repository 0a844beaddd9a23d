/**
 * Kinds of traffic, as a table: what a server answers, how a page starts it, and how anybody sees that the
 * answer was used. `traffic-kinds.test.ts` drives each row, once with a host that is accepted and once
 * with one that is refused.
 */
import {
	html,
	image,
	type LabHost,
	type LabRequest,
	type Reply,
	type Route,
	script,
	style,
	text,
} from "../lab/index.ts";
import type { ChromeWindow, Firefox, Tab } from "./harness/index.ts";

/** One time that a row is driven. */
export interface Run {
	readonly firefox: Firefox;
	/** Shows the row's page. */
	readonly tab: Tab;
	/** The host under test, and what is asked of it. */
	readonly host: LabHost;
	readonly url: string;
	/** A site that nobody refuses, under which the row's page stands. */
	readonly site: LabHost;
	/** A third site that nobody refuses. */
	readonly partner: LabHost;
	/** Tells this run from others; letters, digits and dashes. */
	readonly label: string;
	/** Markup that reports to the witness as soon as it is shown, script or none. */
	readonly telling: string;
	/** A script that reports to the witness. */
	readonly tell: string;
}

export interface Kind {
	readonly kind: string;
	/** `webRequest`'s name of the type, under which the popup lists what was stopped. */
	readonly type: string;
	/**
	 * What the host under test answers. The driver adds a cookie, a pin to TLS, and leave to store it.
	 * "socket": it takes up a WebSocket, and says "used" over it.
	 */
	readonly reply: (run: Run) => Route | "socket";
	/** The page that the tab shows before `start`: markup of the good site, or a whole reply of it. */
	readonly page?: (run: Run) => string | Reply;
	/** Starts it. Resolves to whether the page was given what it asked for, where pages hear of that. */
	readonly start?: (run: Run) => Promise<unknown>;
	/**
	 * How it shows that the answer was used.
	 * "told": it reported to the witness. "given": `start` resolved to true. "nothing": nobody looks at the answer.
	 * A function: asked until it is true.
	 */
	readonly shows: "told" | "given" | "nothing" | ((run: Run) => Promise<boolean>);
	/**
	 * What becomes of a refusal.
	 * "part": left out of the page and listed in the popup. "page": the block page in the same tab. "new tab": in
	 * another one. "unlisted": it belongs to no tab.
	 */
	readonly refusal?: "part" | "page" | "new tab" | "unlisted";
	/**
	 * The page is of the host under test itself, from before it changed to the chain at issue: what may only
	 * come from the page's own origin.
	 */
	readonly own?: true;
	/** The answer was kept under the chain from before; the server says that it has not changed. */
	readonly kept?: true;
	/** Cookies of the answer are not stored even when it is accepted: the request goes without. */
	readonly withoutCookies?: true;
}

/** Runs a function in the page, with the address under test. */
const inPage =
	<Answer>(run: (url: string) => Promise<Answer> | Answer) =>
	({ tab, url }: Run): Promise<Answer> =>
		tab.evaluate(run, url) as Promise<Answer>;

/** Puts an element into the page, and waits until it has loaded or failed. */
const element =
	(tag: string, attribute: string, more: Readonly<Record<string, string>> = {}) =>
	async ({ tab, url }: Run): Promise<boolean> =>
		await tab.evaluate(
			(name, attributes) =>
				new Promise<boolean>((resolve) => {
					const one = document.createElement(name);
					one.addEventListener("load", () => resolve(true));
					one.addEventListener("error", () => resolve(false));
					for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
					document.body.append(one);
				}),
			tag,
			{ ...more, [attribute]: url },
		);

const click = ({ tab }: Run): Promise<void> => tab.click("#start");

const SVG_TYPE = "image/svg+xml";

/** An image that tells when it is a document of its own. */
const svg = ({ tell }: Run): Reply => ({
	headers: { "content-type": SVG_TYPE },
	body: `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>${tell}</script></svg>`,
});

/** A page that tells. */
const telling = ({ telling }: Run): Reply => html(`<h1>content</h1>${telling}`);

const RED = style("body { color: rgb(255, 0, 0) }");
const isRed = ({ tab }: Run): Promise<boolean> =>
	tab.evaluate(() => getComputedStyle(document.body).color === "rgb(255, 0, 0)");

/** Two seconds of a quiet tone, given by ranges as players ask for them. */
function tone({ headers }: LabRequest): Reply {
	const [rate, seconds] = [8000, 2];
	const samples = rate * seconds;
	const wave = Buffer.alloc(44 + samples);
	wave.write("RIFF", 0);
	wave.writeUInt32LE(36 + samples, 4);
	wave.write("WAVEfmt ", 8);
	wave.writeUInt32LE(16, 16);
	wave.writeUInt16LE(1, 20);
	wave.writeUInt16LE(1, 22);
	wave.writeUInt32LE(rate, 24);
	wave.writeUInt32LE(rate, 28);
	wave.writeUInt16LE(1, 32);
	wave.writeUInt16LE(8, 34);
	wave.write("data", 36);
	wave.writeUInt32LE(samples, 40);
	for (let index = 0; index < samples; index++) wave[44 + index] = 128 + 8 * Math.sin(index / 3);
	const type = { "content-type": "audio/wav", "accept-ranges": "bytes" };
	const [, from = "", to = ""] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? "") ?? [];
	if (from === "") return { headers: type, body: wave };
	const last = to === "" ? wave.length - 1 : Number(to);
	return {
		status: 206,
		headers: { ...type, "content-range": `bytes ${from}-${last}/${wave.length}` },
		body: wave.subarray(Number(from), last + 1),
	};
}

const player =
	(tag: "audio" | "video") =>
	async ({ tab, url }: Run): Promise<boolean> =>
		await tab.evaluate(
			(name, src) =>
				new Promise<boolean>((resolve) => {
					const one = document.createElement(name) as HTMLMediaElement;
					one.onloadeddata = () => resolve(one.duration === 2);
					one.onerror = () => resolve(false);
					one.preload = "auto";
					one.src = src;
					document.body.append(one);
				}),
			tag,
			url,
		);

/** The good site answers this at `/helper?…`, as a script: where a worker or a frame is to ask further. */
const helper = ({ site }: Run, path: string, body: string): string => {
	site.route(path, script(body));
	return site.url(path);
};

/** Starts a worker of the good site, and waits for its word. */
const worker =
	(body: (run: Run) => string, options: WorkerOptions = {}) =>
	async (run: Run): Promise<boolean> =>
		await run.tab.evaluate(
			(url, settings) =>
				new Promise<boolean>((resolve) => {
					const one = new Worker(url, settings);
					one.onmessage = ({ data }) => resolve(data === "used");
					one.onerror = () => resolve(false);
				}),
			helper(run, `/worker-${run.label}`, body(run)),
			options,
		);

/** Puts a service worker of the good site in charge of the page, and waits for it. */
async function serve(run: Run, body: string): Promise<boolean> {
	const scope = `/scope-${run.label}/`;
	run.site.route(`${scope}worker`, script(body)).route(scope, html("<h1>served</h1>"));
	await run.tab.load(run.site.url(scope));
	return await run.tab.evaluate(
		(url, to) =>
			navigator.serviceWorker.register(url, { scope: to }).then(
				async (registration) => {
					const one = registration.installing ?? registration.waiting ?? registration.active;
					await new Promise<void>((resolve) => {
						const look = () => (one?.state === "activated" || one?.state === "redundant") && resolve();
						one?.addEventListener("statechange", look);
						look();
					});
					return one?.state === "activated";
				},
				() => false,
			),
		run.site.url(`${scope}worker`),
		scope,
	);
}

const CLAIM = `addEventListener("install", () => skipWaiting());
	addEventListener("activate", (event) => event.waitUntil(clients.claim()));`;

const frame = (url: string, more = ""): string => `<iframe ${more} src="${url}"></iframe>`;
const escaped = (markup: string): string => markup.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

const XSL = `xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"`;
const XML = { "content-type": "text/xml", "access-control-allow-origin": "*", "cache-control": "no-cache" };

/** An XML page that is to be shown by way of a style sheet. */
const xmlPage = (sheet: string): Reply => ({
	headers: XML,
	body: `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="${sheet}"?><page/>`,
});

/** The icon that a tab shows; Firefox puts in what it has fetched as data. */
const hasIcon = ({ firefox, tab }: Run): Promise<boolean> =>
	firefox.chrome((window: ChromeWindow, id) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		const { embedderElement } = NavigableManager.getBrowsingContextById(id);
		return Boolean(window.gBrowser.getIcon(window.gBrowser.getTabForBrowser(embedderElement)));
	}, tab.id);

/** Firefox's own reading of a page's manifest, as for installing it. */
const readManifest = ({ firefox, tab }: Run): Promise<boolean> =>
	firefox.chrome(async (window: ChromeWindow, id) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		const { ManifestObtainer } = window.ChromeUtils.importESModule("resource://gre/modules/ManifestObtainer.sys.mjs");
		const { embedderElement } = NavigableManager.getBrowsingContextById(id);
		try {
			return (await ManifestObtainer.browserObtainManifest(embedderElement))?.name === "used";
		} catch {
			return false;
		}
	}, tab.id);

const FONT = "chrome://global/content/usercharacteristics/usercharacteristics.woff";
let font: Promise<Buffer> | undefined;

/** A font that comes with Firefox. */
function someFont(firefox: Firefox): Promise<Buffer> {
	font ??= firefox
		.chrome(async (window: ChromeWindow, url) => {
			const bytes = new Uint8Array(await (await window.fetch(url)).arrayBuffer());
			return window.btoa(String.fromCharCode(...bytes)) as string;
		}, FONT)
		.then((base64) => Buffer.from(base64, "base64"));
	return font;
}

const PARTS: readonly Kind[] = [
	{ kind: "image", type: "image", reply: () => image(), start: element("img", "src"), shows: "given" },
	{
		kind: "image that the server says has not changed",
		type: "image",
		reply: () => image(),
		start: element("img", "src"),
		shows: "given",
		kept: true,
	},
	{ kind: "image of a set", type: "imageset", reply: () => image(), start: element("img", "srcset"), shows: "given" },
	{
		kind: "image as a button",
		type: "image",
		reply: () => image(),
		start: element("input", "src", { type: "image" }),
		shows: "given",
	},
	{
		kind: "image of a style",
		type: "image",
		reply: () => image(),
		page: ({ url }) => `<b id="image" style="display: inline-block; content: url(${url})"></b>`,
		shows: ({ tab }) => tab.evaluate(() => document.querySelector("#image")?.getBoundingClientRect().width === 8),
	},
	{
		kind: "image by a redirect",
		type: "image",
		reply: () => image(),
		start: async (run) => {
			run.site.route(`/hop-${run.label}`, { status: 302, headers: { location: run.url } });
			return await element("img", "src")({ ...run, url: run.site.url(`/hop-${run.label}`) });
		},
		shows: "given",
	},
	{
		kind: "image by a redirect from there",
		type: "image",
		reply: ({ partner }) => {
			partner.route("/landed", image());
			return { status: 302, headers: { location: partner.url("/landed") } };
		},
		start: element("img", "src"),
		shows: "given",
	},
	{
		kind: "script",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: element("script", "src"),
		shows: "told",
	},
	{
		kind: "script that the server says has not changed",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: element("script", "src"),
		shows: "told",
		kept: true,
	},
	{
		kind: "script in the page's own text",
		type: "script",
		reply: ({ tell }) => script(tell),
		page: ({ url }) => `<script src="${url}"></script>`,
		shows: "told",
	},
	{
		kind: "module",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: element("script", "src", { type: "module" }),
		shows: "told",
		withoutCookies: true,
	},
	{
		kind: "module imported by one",
		type: "script",
		reply: ({ tell }) => script(tell),
		page: ({ url }) => `<script type="module">import "${url}"</script>`,
		shows: "told",
		withoutCookies: true,
	},
	{
		kind: "dynamic import",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: inPage((url) =>
			// Written as text, or the test's own tools would replace it.
			new Function("url", "return import(url)")(url).then(
				() => true,
				() => false,
			),
		),
		shows: "told",
		withoutCookies: true,
	},
	{
		kind: "module loaded ahead",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: async (run) => {
			await element("link", "href", { rel: "modulepreload" })(run);
			return await element("script", "src", { type: "module" })(run);
		},
		shows: "told",
		withoutCookies: true,
	},
	{
		kind: "style",
		type: "stylesheet",
		reply: () => RED,
		start: element("link", "href", { rel: "stylesheet" }),
		shows: isRed,
	},
	{
		kind: "style that the server says has not changed",
		type: "stylesheet",
		reply: () => RED,
		start: element("link", "href", { rel: "stylesheet" }),
		shows: isRed,
		kept: true,
	},
	{
		kind: "style imported by one",
		type: "stylesheet",
		reply: () => RED,
		page: ({ url }) => `<style>@import url(${url})</style>`,
		shows: isRed,
	},
	{
		kind: "style by the page's headers",
		type: "stylesheet",
		reply: () => RED,
		page: ({ url }) => html("<h1>page</h1>", { link: `<${url}>; rel=stylesheet` }),
		shows: isRed,
	},
	{
		kind: "preload",
		type: "image",
		reply: () => image(),
		start: async (run) => {
			await element("link", "href", { rel: "preload", as: "image" })(run);
			return await element("img", "src")(run);
		},
		shows: "given",
	},
	{
		kind: "prefetch",
		type: "other",
		reply: () => image(),
		start: async (run) => {
			await element("link", "href", { rel: "prefetch" })(run);
			return await element("img", "src")(run);
		},
		shows: "given",
	},
	{
		kind: "early hint",
		type: "stylesheet",
		reply: () => RED,
		page: ({ url }) => ({
			...html(`<link rel="stylesheet" href="${url}"><h1>page</h1>`),
			earlyHints: [`<${url}>; rel=preload; as=style`],
		}),
		shows: isRed,
	},
	{
		kind: "font",
		type: "font",
		reply:
			({ firefox }) =>
			async () => ({
				headers: { "content-type": "font/woff", "access-control-allow-origin": "*" },
				body: await someFont(firefox),
			}),
		start: inPage((url) =>
			new FontFace("lab", `url(${url})`).load().then(
				() => true,
				() => false,
			),
		),
		shows: "given",
		withoutCookies: true,
	},
	{ kind: "sound, by ranges", type: "media", reply: () => tone, start: player("audio"), shows: "given" },
	{ kind: "film, by ranges", type: "media", reply: () => tone, start: player("video"), shows: "given" },
	{
		kind: "subtitles",
		type: "media",
		reply: () => ({
			headers: { "content-type": "text/vtt", "access-control-allow-origin": "*" },
			body: "WEBVTT\n\n00:00.000 --> 00:01.000\nused\n",
		}),
		start: inPage(
			(url) =>
				new Promise<boolean>((resolve) => {
					const [film, one] = [document.createElement("video"), document.createElement("track")];
					film.crossOrigin = "anonymous";
					one.onload = () => resolve(one.track.cues?.length === 1);
					one.onerror = () => resolve(false);
					one.src = url;
					film.append(one);
					document.body.append(film);
					one.track.mode = "showing";
				}),
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "fetch",
		type: "xmlhttprequest",
		reply: () => text("used"),
		start: inPage((url) =>
			fetch(url).then(
				async (answer) => (await answer.text()) === "used",
				() => false,
			),
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "fetch without a view",
		type: "xmlhttprequest",
		reply: () => text("used"),
		start: inPage((url) =>
			fetch(url, { mode: "no-cors", credentials: "include" }).then(
				() => true,
				() => false,
			),
		),
		shows: "given",
	},
	{
		kind: "fetch that outlives its page",
		type: "xmlhttprequest",
		reply: () => text("used"),
		start: inPage((url) =>
			fetch(url, { keepalive: true }).then(
				() => true,
				() => false,
			),
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "fetch that asks first",
		type: "xmlhttprequest",
		reply:
			() =>
			({ method }) => ({
				status: method === "OPTIONS" ? 204 : 200,
				headers: {
					"access-control-allow-origin": "*",
					"access-control-allow-headers": "*",
					"access-control-allow-methods": "*",
				},
			}),
		start: inPage((url) =>
			fetch(url, { method: "PUT", headers: { "x-own": "1" }, body: "body" }).then(
				() => true,
				() => false,
			),
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "XMLHttpRequest with a body",
		type: "xmlhttprequest",
		reply: () => text("used"),
		start: inPage(
			(url) =>
				new Promise<boolean>((resolve) => {
					const one = new XMLHttpRequest();
					one.open("POST", url);
					one.onload = () => resolve(one.responseText === "used");
					one.onerror = () => resolve(false);
					one.send("body");
				}),
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "XMLHttpRequest that holds the page",
		type: "xmlhttprequest",
		reply: () => text("used"),
		start: inPage((url) => {
			const one = new XMLHttpRequest();
			one.open("GET", url, false);
			try {
				one.send();
			} catch {
				return false;
			}
			return one.responseText === "used";
		}),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "EventSource",
		type: "xmlhttprequest",
		reply: () => ({
			headers: { "content-type": "text/event-stream", "access-control-allow-origin": "*" },
			body: "data: used\n\n",
		}),
		start: inPage(
			(url) =>
				new Promise<boolean>((resolve) => {
					const one = new EventSource(url);
					const end = (used: boolean) => () => {
						one.close();
						resolve(used);
					};
					one.onmessage = end(true);
					one.onerror = end(false);
				}),
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "WebSocket",
		type: "websocket",
		reply: () => "socket",
		start: inPage(
			(url) =>
				new Promise<boolean>((resolve) => {
					const one = new WebSocket(url);
					one.onopen = () => one.send("opened");
					one.onmessage = ({ data }) => resolve(data === "used");
					one.onerror = () => resolve(false);
				}),
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "frame",
		type: "sub_frame",
		reply: telling,
		page: ({ url }) => frame(url),
		shows: "told",
	},
	{
		kind: "frame in a frame",
		type: "sub_frame",
		reply: telling,
		page: ({ url, partner, label }) => {
			partner.route(`/outer-${label}`, html(frame(url)));
			return frame(partner.url(`/outer-${label}`));
		},
		shows: "told",
	},
	{
		kind: "frame in a written-out one",
		type: "sub_frame",
		reply: telling,
		page: ({ url }) => `<iframe srcdoc="${escaped(`<iframe srcdoc="${escaped(frame(url))}"></iframe>`)}"></iframe>`,
		shows: "told",
	},
	{
		kind: "script of a written-out frame",
		type: "script",
		reply: ({ tell }) => script(tell),
		page: ({ url }) => `<iframe srcdoc="${escaped(`<script src="${url}"></script>`)}"></iframe>`,
		shows: "told",
	},
	{
		kind: "frame in a sandbox",
		type: "sub_frame",
		reply: telling,
		page: ({ url }) => frame(url, "sandbox"),
		shows: "told",
	},
	{
		kind: "frame in a sandbox that lets scripts run",
		type: "sub_frame",
		reply: ({ tell }) => html(`<script>${tell}</script>`),
		page: ({ url }) => frame(url, 'sandbox="allow-scripts"'),
		shows: "told",
	},
	{
		kind: "image of a frame in a sandbox",
		type: "image",
		reply: () => image(),
		page: ({ url }) => `<iframe sandbox="allow-same-origin" srcdoc="${escaped(`<img src="${url}">`)}"></iframe>`,
		shows: ({ tab }) =>
			tab.evaluate(() => document.querySelector("iframe")?.contentDocument?.querySelector("img")?.naturalWidth === 8),
	},
	{
		kind: "frame of a set",
		type: "sub_frame",
		reply: telling,
		page: ({ url }) => ({
			headers: { "content-type": "text/html" },
			body: `<!doctype html><link rel="icon" href="data:,"><frameset><frame src="${url}"></frameset>`,
		}),
		shows: "told",
	},
	{
		kind: "frame by a link",
		type: "sub_frame",
		reply: telling,
		page: ({ url }) => `<a id="start" href="${url}" target="frame">link</a><iframe name="frame"></iframe>`,
		start: click,
		shows: "told",
	},
	{
		kind: "frame by a form",
		type: "sub_frame",
		reply: telling,
		page: ({ url }) =>
			`<form method="post" action="${url}" target="frame"><input name="a" value="b"><button id="start">send</button></form>
			<iframe name="frame"></iframe>`,
		start: click,
		shows: "told",
	},
	{
		kind: "frame by a meta refresh",
		type: "sub_frame",
		reply: telling,
		page: ({ url }) => `<iframe srcdoc="${escaped(`<meta http-equiv="refresh" content="0;url=${url}">`)}"></iframe>`,
		shows: "told",
	},
	{
		kind: "object, an image",
		type: "object",
		reply: svg,
		page: ({ url }) => `<object data="${url}" type="${SVG_TYPE}"></object>`,
		shows: "told",
	},
	{
		kind: "object, a page",
		type: "object",
		reply: telling,
		page: ({ url }) => `<object data="${url}" type="text/html"></object>`,
		shows: "told",
	},
	{
		kind: "embed, an image",
		type: "object",
		reply: svg,
		page: ({ url }) => `<embed src="${url}" type="${SVG_TYPE}">`,
		shows: "told",
	},
	{
		kind: "embed, a page",
		type: "object",
		reply: telling,
		page: ({ url }) => `<embed src="${url}" type="text/html">`,
		shows: "told",
	},
	{
		kind: "style sheet of an XML page",
		type: "xslt",
		reply: ({ telling }) => ({
			headers: { ...XML },
			body: `<xsl:stylesheet ${XSL}><xsl:output method="html"/><xsl:template match="/"><html><body>${telling.replace(/<(img|link)([^>]*)>/g, "<$1$2/>")}</body></html></xsl:template></xsl:stylesheet>`,
		}),
		page: ({ url }) => xmlPage(url),
		shows: "told",
		withoutCookies: true,
	},
	{
		kind: "document that a style sheet asks for",
		type: "xmlhttprequest",
		reply: () => ({ headers: { ...XML }, body: "<used/>" }),
		page: ({ url, site, label }) => {
			site.route(`/sheet-${label}`, {
				headers: XML,
				body: `<xsl:stylesheet ${XSL}><xsl:output method="html"/><xsl:template match="/"><html><body><h1><xsl:value-of select="name(document('${url}')/*)"/></h1></body></html></xsl:template></xsl:stylesheet>`,
			});
			return xmlPage(site.url(`/sheet-${label}`));
		},
		shows: async ({ tab }) => (await tab.state()).text.includes("used"),
		withoutCookies: true,
	},
];

/** What asks without a page that looks at the answer. */
const REPORTS: readonly Kind[] = [
	{
		kind: "sendBeacon",
		type: "beacon",
		reply: () => text(""),
		start: inPage((url) => navigator.sendBeacon(url, "data")),
		shows: "nothing",
	},
	{
		kind: "ping",
		type: "ping",
		reply: () => text(""),
		page: ({ url }) => `<a id="start" href="#" ping="${url}">link</a>`,
		start: click,
		shows: "nothing",
	},
	{
		kind: "CSP report",
		type: "csp_report",
		reply: () => text(""),
		page: ({ url, partner }) =>
			html(`<img src="${partner.url("/image")}">`, {
				"content-security-policy": `img-src 'none'; report-uri ${url}`,
			}),
		shows: "nothing",
		withoutCookies: true,
	},
];

const WORKERS: readonly Kind[] = [
	{
		kind: "script of a worker",
		type: "script",
		reply: () => script("postMessage('used')"),
		start: inPage(
			(url) =>
				new Promise<boolean>((resolve) => {
					const one = new Worker(url);
					one.onmessage = () => resolve(true);
					one.onerror = () => resolve(false);
				}),
		),
		shows: "given",
		own: true,
	},
	{
		kind: "importScripts",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: worker(({ url }) => `importScripts("${url}"); postMessage("used")`),
		shows: "told",
	},
	{
		kind: "module that a worker imports",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: worker(({ url }) => `import "${url}"; postMessage("used")`, { type: "module" }),
		shows: "told",
		withoutCookies: true,
	},
	{
		kind: "fetch of a worker",
		type: "xmlhttprequest",
		reply: () => text("used"),
		start: worker(
			({ url }) => `fetch("${url}").then((one) => one.text()).then(postMessage, () => postMessage("failed"))`,
		),
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "script of a shared worker",
		type: "script",
		reply: () => script("onconnect = ({ ports }) => ports[0].postMessage('used')"),
		start: inPage(
			(url) =>
				new Promise<boolean>((resolve) => {
					const one = new SharedWorker(url);
					one.port.onmessage = () => resolve(true);
					one.onerror = () => resolve(false);
				}),
		),
		shows: "given",
		own: true,
	},
	{
		kind: "script of a service worker",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: inPage((url) =>
			navigator.serviceWorker.register(url).then(
				() => true,
				() => false,
			),
		),
		shows: "told",
		own: true,
	},
	{
		kind: "importScripts of a service worker",
		type: "script",
		reply: ({ tell }) => script(tell),
		start: (run) => serve(run, `importScripts("${run.url}")`),
		shows: "told",
	},
	{
		kind: "fetch of a service worker",
		type: "xmlhttprequest",
		reply: () => text("used"),
		start: async (run) => {
			await serve(
				run,
				`${CLAIM} addEventListener("fetch", (event) => {
					if (event.request.url.endsWith("/served")) event.respondWith(fetch("${run.url}"));
				});`,
			);
			return await run.tab.evaluate(async () => {
				if (!navigator.serviceWorker.controller) {
					await new Promise((resolve) => {
						navigator.serviceWorker.oncontrollerchange = resolve;
					});
				}
				return await fetch("served").then(
					async (answer) => (await answer.text()) === "used",
					() => false,
				);
			});
		},
		shows: "given",
		withoutCookies: true,
	},
	{
		kind: "worklet",
		type: "script",
		reply: ({ label }) =>
			script(`registerProcessor("${label}", class extends AudioWorkletProcessor { process() { return false; } })`),
		start: ({ tab, url, label }) =>
			tab.evaluate(
				async (src, name) => {
					const context = new OfflineAudioContext(1, 128, 8000);
					try {
						await context.audioWorklet.addModule(src);
						return Boolean(new AudioWorkletNode(context, name));
					} catch {
						return false;
					}
				},
				url,
				label,
			),
		shows: "given",
		withoutCookies: true,
	},
];

/** What Firefox asks for on a page's behalf. */
const BROWSER: readonly Kind[] = [
	{
		kind: "favicon",
		type: "image",
		reply: () => image(),
		page: ({ url }) => ({
			headers: { "content-type": "text/html" },
			body: `<!doctype html><link rel="icon" type="${SVG_TYPE}" href="${url}"><h1>page</h1>`,
		}),
		shows: hasIcon,
	},
	{
		kind: "web manifest",
		type: "web_manifest",
		reply: () => ({
			headers: { "content-type": "application/manifest+json", "access-control-allow-origin": "*" },
			body: JSON.stringify({ name: "used", start_url: "/" }),
		}),
		page: ({ url }) => `<link rel="manifest" href="${url}"><h1>page</h1>`,
		start: readManifest,
		shows: "given",
		withoutCookies: true,
	},
];

const PAGES: readonly Kind[] = [
	{
		kind: "page by a form without a body",
		type: "main_frame",
		reply: telling,
		page: ({ url }) => `<form action="${url}"><button id="start">send</button></form>`,
		start: click,
		shows: "told",
		refusal: "page",
	},
	{
		kind: "page by a form that uploads",
		type: "main_frame",
		reply: telling,
		page: ({ url }) =>
			`<form method="post" enctype="multipart/form-data" action="${url}"><input name="a" value="b"><button id="start">send</button></form>`,
		start: click,
		shows: "told",
		refusal: "page",
	},
	{
		kind: "page by a form, in a new tab",
		type: "main_frame",
		reply: telling,
		page: ({ url }) =>
			`<form method="post" target="_blank" action="${url}"><input name="a" value="b"><button id="start">send</button></form>`,
		start: click,
		shows: "told",
		refusal: "new tab",
	},
	{
		kind: "page by a form that is sent on",
		type: "main_frame",
		reply: telling,
		page: ({ url, site, label }) => {
			site.route(`/on-${label}`, { status: 307, headers: { location: url } });
			return `<form method="post" action="/on-${label}"><input name="a" value="b"><button id="start">send</button></form>`;
		},
		start: click,
		shows: "told",
		refusal: "page",
	},
	{
		kind: "page by the headers' refresh",
		type: "main_frame",
		reply: telling,
		page: ({ url }) => html("<h1>page</h1>", { refresh: `0;url=${url}` }),
		shows: "told",
		refusal: "page",
	},
	{
		kind: "page by window.open without an opener",
		type: "main_frame",
		reply: telling,
		start: inPage((url) => void window.open(url, "_blank", "noopener")),
		shows: "told",
		refusal: "new tab",
	},
	{
		kind: "page by a script's window",
		type: "main_frame",
		reply: telling,
		start: inPage((url) => void window.open(url, "_blank", "width=300,height=300")),
		shows: "told",
		refusal: "new tab",
	},
	{
		kind: "page that the server says has not changed",
		type: "main_frame",
		reply: telling,
		start: ({ tab, url }) => tab.go(url),
		shows: "told",
		refusal: "page",
		kept: true,
	},
	{
		kind: "image as a page",
		type: "main_frame",
		reply: svg,
		start: ({ tab, url }) => tab.go(url),
		shows: "told",
		refusal: "page",
	},
];

/** All of them. */
export const KINDS: readonly Kind[] = [...PARTS, ...REPORTS, ...WORKERS, ...BROWSER, ...PAGES];
