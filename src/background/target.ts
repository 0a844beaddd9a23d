import { type Host, readHost } from "../core/host.ts";
import { BoundedMap } from "./bounded.ts";

/** Where a request goes. */
export interface Target {
	readonly host: Host;
	/** Canonical text of the host, as addresses show it: A-labels, IPv6 without brackets. */
	readonly name: string;
	readonly port: number;
}

/** The canonical text of a host. */
export const hostText = (host: Host): string => (host.kind === "name" ? host.name : host.text);

const DEFAULT_PORT: Readonly<Record<string, number>> = { "https:": 443, "wss:": 443, "http:": 80, "ws:": 80 };

const MAX_KNOWN = 500;
/** By everything of an address up to its path. */
const known = new BoundedMap<string, Target | null>(MAX_KNOWN);

/** Reads an absolute URL. Null when it is none or names no host. */
export function readTarget(url: string): Target | null {
	// Hundreds of parts come from one origin. What follows the first slash cannot change host or port.
	const end = url.indexOf("/", url.indexOf("://") + 3);
	const origin = end < 0 ? url : url.slice(0, end);
	const found = known.get(origin);
	if (found !== undefined) return found;
	const target = parseTarget(url);
	known.set(origin, target);
	return target;
}

function parseTarget(url: string): Target | null {
	const parsed = URL.parse(url);
	if (!parsed || parsed.hostname === "") return null;
	const host = readHost(parsed.hostname);
	const port = parsed.port === "" ? (DEFAULT_PORT[parsed.protocol] ?? 0) : Number(parsed.port);
	return { host, name: hostText(host), port };
}

/** Whether this scheme runs over TLS. By the scheme alone: an http page can carry a proxy's certificate. */
export const isSecure = (url: string): boolean => url.startsWith("https:") || url.startsWith("wss:");
