/** Authorities and servers for the tests of what is carried to other programs, and the export itself. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Report } from "../../cli/export/report.ts";
import type { Rule } from "../../src/core/policy.ts";
import { ran } from "../cli/io.ts";
import { html, Lab, type LabHost } from "../lab/index.ts";
import { type Authority, type Certificate, Pki } from "../pki/index.ts";

/** Two roots that programs trust, one of which a rule refuses, and a server for each way to one of them. */
export interface World extends AsyncDisposable {
	readonly lab: Lab;
	/** Refused. */
	readonly bad: Authority;
	readonly good: Authority;
	/** A certificate that the good root made for the bad root's key. */
	readonly crossed: Authority;
	readonly hosts: Readonly<Record<Host, LabHost>>;
}

export type Host =
	/** Vouched for by the good root. */
	| "good"
	/** By the bad one. */
	| "refused"
	/** By the bad one's key, with the copy that the good root signed. */
	| "crossed"
	/** By an intermediate that both of them signed; the bad one's copy is sent first. */
	| "twoways";

/** Starts the servers, on ports of their own. */
export async function createWorld(): Promise<World> {
	const pki = await Pki.create();
	const bad = await pki.root({ name: "CN=Bad Root,O=Bad Trust,C=CN" });
	const good = await pki.root({ name: "CN=Good Root,O=Good Trust,C=DE" });
	const crossed = await good.crossSign(bad);
	const badCa = await bad.intermediate({ name: "CN=Bad CA,O=Bad Trust,C=CN" });
	const goodCa = await good.intermediate({ name: "CN=Good CA,O=Good Trust,C=DE" });
	const shared = await bad.intermediate({ name: "CN=Shared CA,O=Shared,C=FR" });
	const sharedByGood = await good.crossSign(shared);
	const lab = await Lab.start({ ports: "real" });
	const host = async (name: Host, ca: Authority, ...extra: readonly Certificate[]) => {
		const leaf = await ca.leaf({ names: [`${name}.example-lab.com`] });
		const identity = { keyPem: leaf.keyPem, chainPem: leaf.chainPem({ extra: [...extra] }) };
		return lab.host(`${name}.example-lab.com`, identity, { "/": html(`<h1>This is ${name}</h1>`) });
	};
	return {
		...{ lab, bad, good, crossed },
		hosts: {
			good: await host("good", goodCa),
			refused: await host("refused", badCa),
			crossed: await host("crossed", badCa, crossed),
			twoways: await host("twoways", shared, sharedByGood),
		},
		async [Symbol.asyncDispose]() {
			await lab.close();
		},
	};
}

export const HOSTS: readonly Host[] = ["good", "refused", "crossed", "twoways"];

/** An export to a folder of its own. */
export interface Exported extends AsyncDisposable {
	/** The target's. */
	readonly folder: string;
	readonly report: Report;
}

/** Exports a policy of one rule, which refuses the bad root's key, with the certificates for it at hand. */
export async function exportTo(
	target: string,
	{ bad, crossed }: World,
	options: {
		readonly args?: readonly string[];
		readonly rule?: Partial<Rule>;
		readonly known?: readonly Certificate[];
	} = {},
): Promise<Exported> {
	const base = await mkdtemp(join(tmpdir(), "countersign-exported-"));
	const policy = join(base, "policy.json");
	const rule = { id: "bad", title: "Bad Trust", match: [{ spki: bad.spki }], ...options.rule };
	await writeFile(policy, JSON.stringify({ version: 1, rules: [rule] }));
	const certificates = join(base, "certificates.pem");
	await writeFile(certificates, (options.known ?? [bad, crossed]).map(({ pem }) => pem).join(""));
	const { stdout, stderr } = await ran([
		...["export", "--for", target, "--json", "--policy", policy, "--certificates", certificates],
		...["--out", join(base, "out"), ...(options.args ?? [])],
	]);
	expect(stderr).toBe("");
	const [report] = JSON.parse(stdout) as Report[];
	if (report === undefined) throw new Error("nothing was exported");
	return {
		folder: report.folder,
		report,
		async [Symbol.asyncDispose]() {
			await rm(base, { recursive: true, force: true });
		},
	};
}
