import { type Host, readHost } from "../core/host.ts";

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

/** Reads an absolute URL. Null when it is none or names no host. */
export function readTarget(url: string): Target | null {
	const parsed = URL.parse(url);
	if (!parsed || parsed.hostname === "") return null;
	const host = readHost(parsed.hostname);
	const port = parsed.port === "" ? (DEFAULT_PORT[parsed.protocol] ?? 0) : Number(parsed.port);
	return { host, name: hostText(host), port };
}

/** Whether this scheme runs over TLS. By the scheme alone: an http page can carry a proxy's certificate. */
export const isSecure = (url: string): boolean => url.startsWith("https:") || url.startsWith("wss:");
