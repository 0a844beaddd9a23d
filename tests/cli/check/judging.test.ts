import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createJudging } from "../../../cli/check/judging.ts";
import { trustStore } from "../../../cli/check/trust.ts";
import { catalogue, firstRules } from "../../../src/catalogue/index.ts";
import { tlsRoots } from "../../../src/catalogue/roots.ts";
import { type ParsedCertificate, parseCertificate } from "../../../src/certificate/parse.ts";
import { readCertificates } from "../../../src/certificate/read.ts";
import { readHost } from "../../../src/core/host.ts";
import type { Action, Policy, Selector } from "../../../src/core/policy.ts";
import { Pki } from "../../pki/index.ts";

const HOST = readHost("imap-mail.outlook.com");
const rule = (id: string, selector: Selector, action: Action) =>
	({ id, title: id, match: [selector], action, enabled: true }) as const;
const judging = (...rules: Policy["rules"]) => createJudging({ admin: null, person: { version: 1, rules } }, catalogue);

async function chainOf(...names: string[]): Promise<[ParsedCertificate, ...ParsedCertificate[]]> {
	const folder = new URL("../../fixtures/chains/", import.meta.url);
	const files = await Promise.all(names.map((name) => readFile(new URL(`${name}.pem`, folder))));
	const [leaf, ...above] = (await Promise.all(files.map((file) => readCertificates(file)))).flat();
	if (!leaf) throw new Error("no leaf");
	return [leaf, ...above];
}

describe("the roots of mozilla", () => {
	it("are those of the catalogue, each with its date limit, and found to be Firefox's", async () => {
		const { anchors } = await trustStore("mozilla");
		expect(anchors).toHaveLength(118);
		expect(anchors.map(({ certificate }) => certificate.fingerprint256.replaceAll(":", "").toLowerCase())).toEqual(
			tlsRoots.map(({ sha256 }) => sha256),
		);
		expect(anchors.filter(({ distrustAfter }) => distrustAfter !== null).length).toBeGreaterThan(0);
		const none = judging();
		for (const { certificate } of anchors.slice(0, 5)) {
			const root = await parseCertificate(certificate.raw);
			expect(none.verified(HOST, [root]).judged.at(-1)?.builtInRoot).toBe(true);
		}
		const made = await (await Pki.create()).root({ name: "CN=Made,O=Made,C=US" });
		expect(none.verified(HOST, [await parseCertificate(made.der)]).judged[0]?.builtInRoot).toBe(false);
	});
});

describe("what was not verified", () => {
	it("is judged as an error and as a chain: the more severe counts", async () => {
		// CNNIC SSL signed it; CNNIC's root is not sent along, and is known by what the intermediate says of it.
		const chain = await chainOf("cnnic-leaf-partner.outlook.cn", "cnnic-ssl-by-cnnic");
		const cnnic = rule("cnnic", { authority: "cnnic" }, "block");
		const error = (action: Action) => rule("error", { overridden: "any" }, action);
		const verdictOf = (...rules: Policy["rules"]) => {
			const { verdict, bySigner } = judging(...rules).presented(HOST, chain, ["trust"]);
			return [verdict.outcome, "finding" in verdict ? verdict.finding.rule.rule.id : null, bySigner];
		};
		expect(verdictOf(cnnic, error("warn"))).toEqual(["refuse", "cnnic", false]);
		expect(verdictOf(error("block"), cnnic)).toEqual(["refuse", "cnnic", false]);
		expect(verdictOf(error("strict"), cnnic)).toEqual(["refuse", "error", true]);
		expect(verdictOf(error("warn"))).toEqual(["warn", "error", true]);
		expect(verdictOf()).toEqual(["accept", null, false]);
	});

	it("a signer that is known by name alone is found, at the last certificate", async () => {
		const chain = await chainOf("cnnic-leaf-partner.outlook.cn");
		const { verdict, bySigner } = judging(rule("cnnic", { authority: "cnnic" }, "block")).presented(HOST, chain, [
			"trust",
		]);
		expect({ outcome: verdict.outcome, bySigner }).toEqual({ outcome: "refuse", bySigner: true });
		expect(verdict).toMatchObject({ finding: { position: 0 } });
	});

	it("the self-made document of January 2015 is refused by the first rules", async () => {
		const chain = await chainOf("self-made-hotmail.com-2015");
		const first = createJudging({ admin: null, person: firstRules }, catalogue);
		const { verdict, evidence } = first.presented(HOST, chain, ["trust"]);
		expect(verdict).toMatchObject({ outcome: "refuse", finding: { rule: { rule: { id: "clicked-through" } } } });
		expect(evidence.map(({ kind }) => kind)).toEqual(["overridden", "chain"]);
		// Not at home, where documents are self-made.
		expect(first.presented(readHost("192.168.1.1"), chain, ["trust"]).verdict.outcome).toBe("accept");
	});
});
