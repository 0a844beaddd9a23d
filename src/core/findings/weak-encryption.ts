import type { Explainer } from "./explanation.ts";

/** Nobody is to speak these any more (RFC 8996). TLS 1.2 is no cause for alarm. */
const OLD: ReadonlySet<string> = new Set(["SSLv3", "TLSv1", "TLSv1.1"]);

/** The encryption is of an old kind, or weak. */
export const weakEncryption: Explainer = {
	id: "weak-encryption",
	source: "RFC 8996, RFC 7465, Firefox: SecurityInfo.state and protocolVersion",
	says: ({ connection }) =>
		connection !== null && (connection.weak || OLD.has(connection.protocol ?? ""))
			? { weight: "warning", key: "foundWeak", args: [] }
			: null,
};
