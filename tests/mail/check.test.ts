/** Real mail servers are looked at by every road, with every kind of chain. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Checked, Protocol } from "../../cli/check/outcome.ts";
import { reportOf, vouchingOf } from "../../cli/check/report.ts";
import { type WatchEvent, watch } from "../../cli/check/watch.ts";
import { readWords } from "../../cli/words/words.ts";
import { catalogue } from "../../src/catalogue/index.ts";
import type { WatchMemory } from "../../src/schema/watch.ts";
import { Dovecot } from "./dovecot.ts";
import { dovecotMissing, postfixMissing } from "./missing.ts";
import { Postfix } from "./postfix.ts";
import { CHAINS, type ChainName, createMailWorld, type MailWorld } from "./world.ts";

// Where everything can be installed, nothing may be left out.
const mustRun = process.env.CI === "true" && process.getuid?.() === 0;
const leftOut = (missing: string | null): boolean => {
	if (missing !== null && !mustRun) console.warn(`Not tested: real mail servers. ${missing}`);
	return missing !== null && !mustRun;
};

let world: MailWorld;
beforeAll(async () => {
	world = await createMailWorld();
});
afterAll(() => world.close());

const root = new URL("../../", import.meta.url);

/** What has to come out of each chain. */
async function expectOutcome(chain: ChainName, protocol: Protocol, port: number): Promise<void> {
	const checked = await world.check(protocol, port, chain === "cross-signed" ? world.goodFile : world.storeFile);
	const subjects = "chain" in checked ? checked.chain.map(({ commonName }) => commonName) : [];
	const { lines, verdict, rule } = reportOf(checked, catalogue, await readWords("en", root));
	expect(checked.target).toEqual({ protocol, host: "localhost", port });
	expect(lines[0]).toContain(`${protocol}://localhost:${port}`);
	switch (chain) {
		case "good":
			expect(checked).toMatchObject({ outcome: "accept", verified: true });
			expect(subjects).toEqual(["localhost", "Good CA", "Good Root"]);
			break;
		case "refused":
			expect(checked).toMatchObject({ outcome: "refuse", verified: true });
			expect(subjects).toEqual(["localhost", "Refused CA", "Refused Root"]);
			expect(rule).toMatchObject({ id: "refused" });
			break;
		case "cross-signed":
			// The root that is trusted is a good one; the refused key stands below it.
			expect(checked).toMatchObject({ outcome: "refuse", verified: true, verdict: { finding: { position: 2 } } });
			expect(subjects).toEqual(["localhost", "Refused CA", "Refused Root", "Good Root"]);
			break;
		case "self-signed":
			expect(checked).toMatchObject({ outcome: "unverified", verified: false, why: ["self-signed"], kinds: ["trust"] });
			expect(subjects).toEqual(["localhost"]);
			break;
		case "expired":
			expect(checked).toMatchObject({ outcome: "unverified", verified: false, why: ["expired"], kinds: ["time"] });
			expect(subjects[0]).toBe("localhost");
			expect(verdict).toBe("accept");
			break;
	}
}

describe.skipIf(leftOut(dovecotMissing()))("Dovecot", () => {
	const servers = new Map<ChainName, Dovecot>();
	beforeAll(async () => {
		await Promise.all(CHAINS.map(async (name) => servers.set(name, await Dovecot.start(world.chains[name]))));
	});
	afterAll(() => Promise.all([...servers.values()].map((server) => server.close())));

	const cases = CHAINS.flatMap((chain) =>
		(["imap", "imaps", "pop3", "pop3s"] as const).map((protocol) => [protocol, chain] as const),
	);
	it.each(cases)("%s, %s", async (protocol, chain) => {
		await expectOutcome(chain, protocol, servers.get(chain)?.ports[protocol] ?? 0);
	});

	it("never logs in: Dovecot says so of each connection", async () => {
		const server = await Dovecot.start(world.chains.refused);
		try {
			for (const protocol of ["imap", "imaps", "pop3", "pop3s"] as const) {
				const from = server.log.length;
				await world.check(protocol, server.ports[protocol]);
				await server.says(/-login: .*no auth attempts in .*user=<>/, from);
			}
			expect(server.log.filter((line) => line.includes("-login: "))).toHaveLength(4);
		} finally {
			await server.close();
		}
	});

	it("that offers no STARTTLS is told of", async () => {
		const server = await Dovecot.start(world.chains.good, { tls: false });
		try {
			for (const protocol of ["imap", "pop3"] as const) {
				const checked = await world.check(protocol, server.ports[protocol]);
				expect(checked).toMatchObject({ outcome: "stripped", verified: false, address: "127.0.0.1" });
			}
		} finally {
			await server.close();
		}
	});

	it("whose chain is switched in the middle of a watch is told of once", async () => {
		const server = await Dovecot.start(world.chains.good);
		const stop = new AbortController();
		const events: WatchEvent[] = [];
		const starts: number[] = [];
		let time = Date.parse("2026-01-01T00:00:00Z");
		let rounds = 0;
		let kept: WatchMemory | null = null;
		try {
			const last = await watch({
				targets: [{ protocol: "imap", host: "localhost", port: server.ports.imap }],
				intervalMs: 10_000,
				catalogue,
				clock: {
					now: () => time,
					async wait(milliseconds) {
						time += milliseconds;
						// Between the third round and the fourth.
						if (rounds === 3) await server.present(world.chains["self-signed"]);
						if (rounds === 6) stop.abort();
					},
				},
				signal: stop.signal,
				async look(targets) {
					starts.push(time);
					rounds++;
					return Promise.all(
						targets.map(async ({ protocol, port }) => ({ ...(await world.check(protocol, port)), at: time })),
					);
				},
				memory: { version: 1, servers: {} },
				tell: (event) => events.push(event),
				keep: async (memory) => {
					kept = memory;
				},
			});
			expect(starts.map((start) => start - (starts[0] ?? 0))).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
			expect(last.map(({ outcome }) => outcome)).toEqual(["unverified"]);
			expect(events.map(({ kind }) => kind)).toEqual(["first", "changed"]);
			expect(events[1]).toMatchObject({
				checked: { outcome: "unverified", why: ["self-signed"] },
				before: { name: "Good Trust", country: "US", first: starts[0], last: starts[2] },
				back: false,
			});
			const [remembered] = Object.values((kept as WatchMemory | null)?.servers ?? {});
			expect(remembered?.authorities).toMatchObject([
				{ name: "Good Trust", first: starts[0], last: starts[2] },
				{ name: "localhost", first: starts[3], last: starts[5] },
			]);
		} finally {
			await server.close();
		}
	});
});

describe.skipIf(leftOut(postfixMissing()))("Postfix", () => {
	let server: Postfix;
	beforeAll(async () => {
		server = await Postfix.start(CHAINS.map((name) => world.chains[name]));
	});
	afterAll(() => server.close());

	const cases = CHAINS.flatMap((chain, index) =>
		(["smtp", "submission", "smtps"] as const).map((protocol) => [protocol, chain, index] as const),
	);
	it.each(cases)("%s, %s", async (protocol, chain, index) => {
		await expectOutcome(chain, protocol, server.ports[index]?.[protocol] ?? 0);
	});

	it.each(["smtp", "submission"] as const)("that offers no STARTTLS is told of: %s", async (protocol) => {
		const checked = await world.check(protocol, server.ports[0]?.plain ?? 0);
		expect(checked).toMatchObject({ outcome: "stripped", verified: false });
		expect((checked as Extract<Checked, { detail: string }>).detail).toContain("PIPELINING");
	});
});

describe("a server of Node's", () => {
	const servers: tls.Server[] = [];
	/** Where a chain is shown. */
	async function portOf(chain: ChainName): Promise<number> {
		const { keyPem, chainPem } = world.chains[chain];
		const server = tls.createServer({ key: keyPem, cert: chainPem as string });
		server.on("tlsClientError", () => undefined);
		servers.push(server);
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		return (server.address() as AddressInfo).port;
	}
	afterAll(() => {
		for (const server of servers) server.close();
	});

	it.each(CHAINS.flatMap((chain) => (["https", "tls"] as const).map((protocol) => [protocol, chain] as const)))(
		"%s, %s",
		async (protocol, chain) => {
			await expectOutcome(chain, protocol, await portOf(chain));
		},
	);

	it("who vouches is told in one name", async () => {
		const checked = await world.check("tls", await portOf("cross-signed"), world.goodFile);
		if (!("chain" in checked)) throw new Error(checked.outcome);
		expect(vouchingOf(checked, catalogue)).toMatchObject({ name: "Refused Trust", country: "CN" });
	});
});
