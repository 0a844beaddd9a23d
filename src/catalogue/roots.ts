/** The roots that Firefox trusts for TLS servers. For what runs in a shell: the extension asks Firefox. */
import data from "./tls-roots.json" with { type: "json" };

/** A root in tls-roots.json. */
export type RootRow = readonly [
	/** Lower-case hex. */
	sha256: string,
	/** Firefox takes nothing from it that was issued after this (ISO date-time); null: there is no such limit. */
	distrustAfter: string | null,
	/** DER, base64. */
	der: string,
];

/** A root that Firefox trusts for TLS servers. */
export interface TlsRoot {
	/** Lower-case hex. */
	readonly sha256: string;
	/** Firefox takes nothing from it that was issued after this, milliseconds since 1970; null: no limit. */
	readonly distrustAfter: number | null;
	/** DER, base64. */
	readonly der: string;
}

/** All of them, by SHA-256. Docs: docs/data.md. */
export const tlsRoots: readonly TlsRoot[] = (data.roots as unknown as readonly RootRow[]).map(
	([sha256, distrustAfter, der]) => ({
		sha256,
		distrustAfter: distrustAfter === null ? null : Date.parse(distrustAfter),
		der,
	}),
);
