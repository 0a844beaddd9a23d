/**
 * Mistakes that the walk must find. Each is planted in the running background of the test build, by
 * taking the place of what Firefox offers it.
 */
import type { Firefox } from "../e2e/harness/index.ts";

export interface Mistake {
	readonly what: string;
	/** Called each time a background has started. */
	readonly plant: (firefox: Firefox) => Promise<void>;
}

/** Has answers of some kinds judged by the first chain that was seen of their host. */
const firstSeen =
	(types: readonly string[]): Mistake["plant"] =>
	(firefox) =>
		firefox.background(({ webRequest }, kinds) => {
			const hosts = new Map<string, string>();
			const first = new Map<string, Promise<unknown>>();
			webRequest.onBeforeRequest.addListener(
				({ requestId, url, type }) => {
					if (kinds.length === 0 || kinds.includes(type)) hosts.set(requestId, new URL(url).hostname);
				},
				{ urls: ["<all_urls>", "wss://*/*"] },
			);
			const api = webRequest as unknown as { getSecurityInfo: (id: string, how: unknown) => Promise<unknown> };
			const ask = api.getSecurityInfo.bind(api);
			api.getSecurityInfo = (id, how) => {
				const host = hosts.get(id);
				if (host === undefined) return ask(id, how);
				const known = first.get(host) ?? ask(id, how);
				first.set(host, known);
				return known;
			};
		}, types);

/** Has answers of a kind, or those to probes, judged by the chain of the witness, which nobody refuses. */
const alwaysGood =
	(type: string): Mistake["plant"] =>
	(firefox) =>
		firefox.background(({ webRequest }, kind) => {
			const unseen = new Set<string>();
			let good: unknown;
			webRequest.onBeforeRequest.addListener(
				({ requestId, method, type: its }) => {
					if (kind === "probe" ? method === "HEAD" : its === kind) unseen.add(requestId);
				},
				{ urls: ["<all_urls>", "wss://*/*"] },
			);
			const api = webRequest as unknown as { getSecurityInfo: (id: string, how: unknown) => Promise<unknown> };
			const ask = api.getSecurityInfo.bind(api);
			api.getSecurityInfo = async (id, how) => {
				if (unseen.has(id) && good) return good;
				const info = await ask(id, how);
				const { certificates } = info as { certificates?: { subject: string }[] };
				if (certificates?.at(-1)?.subject.includes("Witness")) good = info;
				return info;
			};
		}, type);

export const MISTAKES: Readonly<Record<string, Mistake>> = {
	"seen-hosts": { what: "a host is judged by the first chain seen of it", plant: firstSeen([]) },
	"seen-sockets": { what: "the same for WebSockets only", plant: firstSeen(["websocket"]) },
	frames: { what: "frames are not judged", plant: alwaysGood("sub_frame") },
	probes: { what: "what probes find is not judged", plant: alwaysGood("probe") },
	"style-sheets": { what: "style sheets are not judged", plant: alwaysGood("stylesheet") },
	"not-stored": {
		what: "rules are said to be stored and are not",
		plant: (firefox) =>
			firefox.background(({ storage }) => {
				storage.local.set = () => Promise.resolve();
			}),
	},
	"open-tabs": {
		what: "open tabs, and those of Back and Forward, are not judged again",
		plant: (firefox) =>
			firefox.background(({ tabs }) => {
				const update = tabs.update.bind(tabs) as (...args: unknown[]) => Promise<unknown>;
				(tabs as { update: unknown }).update = (id: number, change: { loadReplace?: boolean }) =>
					change.loadReplace ? Promise.resolve({}) : update(id, change);
			}),
	},
	parts: {
		what: "pages with parts that are refused now are not loaded again",
		plant: (firefox) =>
			firefox.background(({ tabs }) => {
				tabs.reload = () => Promise.resolve();
			}),
	},
	"memory-caches": {
		what: "what is kept in memory is not forgotten when rules change",
		plant: (firefox) =>
			firefox.background(({ webRequest }) => {
				webRequest.handlerBehaviorChanged = () => Promise.resolve();
			}),
	},
	"worker-pages": {
		what: "pages that a service worker made up are not replaced",
		plant: (firefox) =>
			firefox.background(({ tabs }) => {
				const update = tabs.update.bind(tabs) as (...args: unknown[]) => Promise<unknown>;
				(tabs as { update: unknown }).update = async (id: number, change: { url?: string }) => {
					const { url } = await tabs.get(id);
					const isMade = url !== undefined && new URL(url).pathname.startsWith("/made/");
					return isMade && change.url?.includes("blocked") ? {} : await update(id, change);
				};
			}),
	},
};
