/** Firefox's own list of public suffixes. */
import { browser } from "./api.ts";

/** Firefox wants the brackets that addresses have. */
const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

function ask(host: string, encoding: "punycode" | "display"): string {
	try {
		const domain = browser.publicSuffix.getDomain(bracketed(host), {
			encoding,
			allowIPAddress: true,
			allowPlainSuffix: true,
			allowUnknownSuffix: true,
		}) as string | null;
		return domain?.replace(/^\[(.*)\]$/, "$1") || host;
	} catch {
		// Not a name by Firefox's measure. It stands for itself.
		return host;
	}
}

/**
 * The registrable domain of a host ("www.example.co.uk" gives "example.co.uk"), in A-labels. An address, a public suffix
 * and what Firefox does not take for a name stand for themselves. Never throws.
 */
export function domainOf(host: string): string {
	return ask(host, "punycode");
}

/** A domain as the address bar writes it. Never throws. */
export function displayDomain(domain: string): string {
	return ask(domain, "display");
}
