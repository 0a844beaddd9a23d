/**
 * The lab that real-browser tests and `npm start` share: good sites, refused ones, and the roads in
 * between. Names stand under a real suffix, because Firefox treats reserved ones differently
 * (HTTPS-First skips them).
 */
import { type Beacon, html, Lab, type LabHost } from "../lab/index.ts";
import { type Authority, Pki } from "../pki/index.ts";

/** Every name of the lab is under this. */
export const SUFFIX = "countersign-lab.com";

const WITNESS = "witness.countersign-lab.org";

export interface World {
	readonly pki: Pki;
	readonly lab: Lab;
	/** The authority nobody refuses. */
	readonly goodRoot: Authority;
	readonly goodCa: Authority;
	/** The authority that `POLICY` refuses. */
	readonly refusedRoot: Authority;
	readonly refusedCa: Authority;
	/** A host of another site, by a good authority, to which pages report that they ran. */
	readonly witness: Beacon;
	/** Host under `SUFFIX` with a leaf of `authority` (by default the good one). */
	host(label: string, authority?: Authority): Promise<LabHost>;
	close(): Promise<void>;
}

/** Builds the authorities and starts the servers. */
export async function createWorld(options: Parameters<typeof Lab.start>[0] = {}): Promise<World> {
	const pki = await Pki.create();
	const goodRoot = await pki.root({ name: "CN=Good Root,O=Good Trust,C=US" });
	const goodCa = await goodRoot.intermediate({ name: "CN=Good CA 1,O=Good Trust,C=US" });
	const refusedRoot = await pki.root({ name: "CN=Refused Root,O=Refused Trust,C=XX" });
	const refusedCa = await refusedRoot.intermediate({ name: "CN=Refused CA 1,O=Refused Trust,C=XX" });
	const lab = await Lab.start({ http2: true, ...options });
	const witness = lab.beacon(WITNESS, await goodCa.leaf({ names: [WITNESS] }));
	return {
		pki,
		lab,
		witness,
		goodRoot,
		goodCa,
		refusedRoot,
		refusedCa,
		async host(label, authority = goodCa) {
			const name = `${label}.${SUFFIX}`;
			const host = lab.host(name, await authority.leaf({ names: [name] }));
			host.route("/", html(`<h1>${label}</h1>`));
			return host;
		},
		close: () => lab.close(),
	};
}

/** A policy document with one rule that refuses these keys. */
export function refusing(keys: readonly string[], rule: Record<string, unknown> = {}): string {
	return JSON.stringify({
		version: 1,
		rules: [{ id: "refused", title: "Refused Trust", match: keys.map((spki) => ({ spki })), ...rule }],
	});
}

/** A policy document that refuses nothing. */
export const NO_RULES = JSON.stringify({ version: 1, rules: [] });
