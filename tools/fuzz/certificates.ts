/**
 * Certificates with a few bytes changed, as a server could show them: what OpenSSL can read is verified, read and judged,
 * or ends in an error that a check makes an outcome of; what was changed is never verified.
 */
import { X509Certificate } from "node:crypto";
import { conclude } from "../../cli/check/check.ts";
import { createJudging } from "../../cli/check/judging.ts";
import { sentIn } from "../../cli/check/sent.ts";
import { trustStore } from "../../cli/check/trust.ts";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { Pki } from "../../tests/pki/index.ts";
import { flightOf } from "./flight.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { flip, mutate } from "./random.ts";

/** A fuzzer of a server's first messages, as they are read beside Node. */
export const messageFuzzer: Fuzzer = {
	name: "messages",
	async prepare() {
		const flight = await flightOf();
		return async (by) => `${sentIn(by.oneIn(2) ? flip(flight, by) : mutate(flight, by)).length} certificates`;
	},
};

/** A fuzzer of what is shown. */
export const certificateFuzzer: Fuzzer = {
	name: "certificates",
	async prepare() {
		const pki = await Pki.create();
		const root = await pki.root({ name: "CN=Fuzz Root,O=Fuzz Trust,C=US" });
		const ca = await root.intermediate({ name: "CN=Fuzz CA,O=Fuzz Trust,C=US" });
		const leaf = await ca.leaf({ names: ["127.0.0.1", "localhost"] });
		const ders = [leaf.der, ca.der, root.der];
		const mozilla = await trustStore("mozilla");
		const trust = { ...mozilla, anchors: [{ certificate: new X509Certificate(root.der), distrustAfter: null }] };
		const judging = createJudging({ admin: null, person: firstRules }, catalogue);
		return async (by) => {
			const changed = by.below(3);
			const all: X509Certificate[] = [];
			for (const [at, der] of ders.entries()) {
				try {
					all.push(new X509Certificate(at === changed ? (by.oneIn(8) ? mutate(der, by) : flip(der, by)) : der));
				} catch {
					return "not a certificate";
				}
			}
			const [first, ...above] = all;
			if (!first) return "not a certificate";
			// OpenSSL's own verdict is taken to be a yes: our own look has to find out what is wrong.
			const presented = { protocol: "TLSv1.3", leaf: first, above: above.slice(0, by.below(3)), error: null };
			try {
				const concluded = await conclude(presented, "localhost", { judging, trust });
				const isWhole = first.raw.equals(Buffer.from(leaf.der));
				if (concluded.verified && !isWhole) throw new Error("verified a leaf that was changed");
				return concluded.outcome;
			} catch (error) {
				if (error instanceof Error && error.name === "DerError") return "unreadable";
				throw error;
			}
		};
	},
};
