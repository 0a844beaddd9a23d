import { LOCAL_NAMES, readBlock, readHost } from "../core/host.ts";

/** A canonical spelling, or what was expected instead (fits "expected …, got …"). */
export type Named = { readonly name: string } | { readonly expected: string };

const HOST = "a domain name or an IP address";
const ENTRY = "a domain name, an IP address or a CIDR block";
const LENGTH = "a name of at most 253 characters, each label at most 63";
const MAX_NAME = 253;

/** What never stands in a plain host. The URL parser would read a meaning into most of them. */
const NOT_A_HOST = /[\s\p{Cc}/\\?#@%<>^|[\]*:]/u;
const IPV6 = /^[0-9a-f:.]+$/i;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

function hostnameOf(text: string): string | null {
	try {
		return new URL(`http://${text}`).hostname;
	} catch {
		return null;
	}
}

/** IPv4 in the writing that the URL standard gives an IPv4-mapped IPv6 address; else unchanged. */
function unmapped(address: string): string {
	const [, high, low] = MAPPED.exec(address) ?? [];
	if (high === undefined || low === undefined) return address;
	const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
	return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".");
}

function canonicalAddress(text: string): string | null {
	const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
	if (bare.includes(":")) {
		const hostname = IPV6.test(bare) ? hostnameOf(`[${bare}]`) : null;
		return hostname ? unmapped(hostname.slice(1, -1)) : null;
	}
	// The URL standard also reads "10.1", "0x7f.1" and octal numbers. A policy is read by people
	// too, so here an address has one writing only.
	return IPV4.test(text) && hostnameOf(text) === text ? text : null;
}

function canonicalBlock(text: string): Named {
	const slash = text.lastIndexOf("/");
	const address = canonicalAddress(text.slice(0, slash));
	const digits = text.slice(slash + 1);
	if (address === null || !/^(?:0|[1-9]\d{0,2})$/.test(digits)) {
		return { expected: "a CIDR block such as 10.0.0.0/8 or fd00::/8" };
	}
	const wasMapped = text.includes(":") && !address.includes(":");
	const prefix = Number(digits) - (wasMapped ? 96 : 0);
	const size = address.includes(":") ? 128 : 32;
	if (prefix > size) return { expected: `a prefix of at most ${wasMapped ? 128 : size} bits` };
	const name = `${address}/${prefix}`;
	return readBlock(name) ? { name } : { expected: "a CIDR block with no bits set after its prefix" };
}

function canonicalDomain(text: string, any: string): Named {
	// Before the URL parser sees it: Punycode takes time by the square of the length. No name needs
	// more characters than its A-labels have, and a trailing dot.
	if (text.length > MAX_NAME + 1) return { expected: LENGTH };
	if (text.startsWith("*.")) {
		return { expected: "a name without the star, which covers everything below it" };
	}
	if (text.startsWith(".")) {
		return { expected: "a name without the leading dot, which covers everything below it" };
	}
	if (text.includes("://") || /[/?#@]/.test(text)) return { expected: `${any}, not a web address` };
	if (/^[^:]+:\d*$/.test(text)) return { expected: "a name without a port" };
	const hostname = NOT_A_HOST.test(text) ? null : hostnameOf(text);
	if (!hostname) return { expected: any };
	const name = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
	if (readHost(name).kind === "address") {
		return { expected: "an IPv4 address as four numbers without leading zeros" };
	}
	const labels = name.split(".");
	if (labels.includes("")) return { expected: "a name without empty labels" };
	if (name.length > MAX_NAME || labels.some((label) => label.length > 63)) {
		return { expected: LENGTH };
	}
	return { name };
}

/**
 * Brings a plain host as people write it into the spelling that the URL standard gives it: A-labels
 * in lower case without a trailing dot (UTS #46), dotted IPv4, compressed IPv6 without brackets.
 * Addresses must be written in full, and IPv4 mapped into IPv6 becomes IPv4. Anything else, such as
 * a port, a path, a wildcard or an empty label, is answered with what was expected. Never throws.
 */
export function canonicalHost(text: string): Named {
	return hostOr(text, HOST);
}

function hostOr(text: string, any: string): Named {
	const address = canonicalAddress(text.endsWith(".") ? text.slice(0, -1) : text);
	return address === null ? canonicalDomain(text, any) : { name: address };
}

/**
 * The same for an entry of `acceptFor` or `sites`, which may also be a CIDR block or "<local>"
 * (every name of one label). Never throws.
 */
export function canonicalEntry(text: string): Named {
	if (text === LOCAL_NAMES) return { name: text };
	return /^[^/]*\/\d+$/.test(text) && canonicalAddress(text.slice(0, text.indexOf("/"))) !== null
		? canonicalBlock(text)
		: hostOr(text, ENTRY);
}
