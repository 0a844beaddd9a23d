/** Authorities, chains and a policy for servers that are checked, and how they are checked. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "../../cli/check/check.ts";
import { createJudging, type Judging } from "../../cli/check/judging.ts";
import type { Checked, Protocol } from "../../cli/check/outcome.ts";
import { type TrustStore, trustStore } from "../../cli/check/trust.ts";
import { catalogue } from "../../src/catalogue/index.ts";
import type { Policy, Selector } from "../../src/core/policy.ts";
import type { Identity } from "../lab/index.ts";
import { type Authority, Pki } from "../pki/index.ts";

/** The chains that every kind of server shows in the tests. */
export const CHAINS = ["good", "refused", "cross-signed", "self-signed", "expired"] as const;
export type ChainName = (typeof CHAINS)[number];

/** All of a test. */
export interface MailWorld {
	readonly pki: Pki;
	readonly good: Authority;
	/** Its key is refused by the policy. */
	readonly refused: Authority;
	readonly chains: Readonly<Record<ChainName, Identity>>;
	/** A file of the roots that are trusted: the good one, and the refused one. */
	readonly storeFile: string;
	/** The same with the good one alone: what the refused one signed is taken by its cross-signed copy only. */
	readonly goodFile: string;
	/** A file with the policy. */
	readonly policyFile: string;
	readonly judging: Judging;
	/** Checks a server of localhost by a store; by that of both roots unless another is named. */
	check(protocol: Protocol, port: number, storeFile?: string): Promise<Checked>;
	close(): Promise<void>;
}

/** A policy that refuses by one selector. */
export const policyOf = (selector: Selector): Policy => ({
	version: 1,
	rules: [{ id: "refused", title: "Refused Trust", match: [selector], action: "block", enabled: true }],
});

/** Makes all of it. Certificates are for `localhost` and 127.0.0.1. */
export async function createMailWorld(): Promise<MailWorld> {
	const pki = await Pki.create();
	const [good, refused] = await Promise.all([
		pki.root({ name: "CN=Good Root,O=Good Trust,C=US" }),
		pki.root({ name: "CN=Refused Root,O=Refused Trust,C=CN" }),
	]);
	const [goodCa, refusedCa, copy] = await Promise.all([
		good.intermediate({ name: "CN=Good CA,O=Good Trust,C=US" }),
		refused.intermediate({ name: "CN=Refused CA,O=Refused Trust,C=CN" }),
		// root -> copy of the refused root, by the good one
		good.crossSign(refused),
	]);
	const names = ["localhost", "127.0.0.1"];
	const [fine, bad, crossed, selfMade, old] = await Promise.all([
		goodCa.leaf({ names }),
		refusedCa.leaf({ names }),
		refusedCa.leaf({ names }),
		pki.selfSignedLeaf({ names }),
		goodCa.expiredLeaf({ names }),
	]);
	const folder = await mkdtemp(join(tmpdir(), "mail-"));
	const storeFile = join(folder, "roots.pem");
	const goodFile = join(folder, "good.pem");
	const policyFile = join(folder, "policy.json");
	const policy = policyOf({ spki: refused.spki });
	await writeFile(storeFile, good.pem + refused.pem);
	await writeFile(goodFile, good.pem);
	await writeFile(policyFile, JSON.stringify(policy));
	const stores = new Map<string, TrustStore>();
	for (const file of [storeFile, goodFile]) stores.set(file, await trustStore(file));
	const judging = createJudging({ admin: null, person: policy }, catalogue);
	return {
		pki,
		good,
		refused,
		chains: {
			good: { keyPem: fine.keyPem, chainPem: fine.chainPem() },
			refused: { keyPem: bad.keyPem, chainPem: bad.chainPem() },
			"cross-signed": { keyPem: crossed.keyPem, chainPem: crossed.chainPem({ extra: [copy] }) },
			"self-signed": { keyPem: selfMade.keyPem, chainPem: selfMade.pem },
			expired: { keyPem: old.keyPem, chainPem: old.chainPem() },
		},
		storeFile,
		goodFile,
		policyFile,
		judging,
		check(protocol, port, file = storeFile) {
			const trust = stores.get(file);
			if (!trust) throw new Error(`no such store: ${file}`);
			return check({ protocol, host: "localhost", port }, { judging, trust, timeoutMs: 30_000, now: Date.now });
		},
		close: () => rm(folder, { recursive: true, force: true }),
	};
}
