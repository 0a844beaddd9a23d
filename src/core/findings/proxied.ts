import type { Explainer } from "./explanation.ts";

/** The page came by a proxy. Who vouches for the site is checked all the same. */
export const proxied: Explainer = {
	id: "proxied",
	source: "Firefox: webRequest proxyInfo",
	says: ({ connection }) => (connection?.proxied === true ? { weight: "note", key: "foundProxied", args: [] } : null),
};
