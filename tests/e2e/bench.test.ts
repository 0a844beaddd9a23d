/** The benchmark in a real Firefox: that its numbers come out, and that it sees what is slow. */
import { beforeAll, describe, expect, it } from "vitest";
import { countersign } from "../../tools/bench/firefox/contestants.ts";
import { type Findings, judgeFirefox } from "../../tools/bench/firefox/limits.ts";
import type { Plan } from "../../tools/bench/firefox/plan.ts";
import { measureFirefox } from "../../tools/bench/firefox/rounds.ts";
import { CONTESTANTS } from "../../tools/bench/firefox.ts";
import { outcome } from "../../tools/bench/report.ts";
import { TEST_BUILD } from "./countersign.ts";

const off = countersign("off");

/** Takes a second for each response. */
const slow = {
	...off,
	preflight: null,
	script: `browser.webRequest.onHeadersReceived.addListener(
		() => new Promise((done) => setTimeout(() => done({}), 1000)),
		{ urls: ["<all_urls>"] }, ["blocking"],
	);`,
};

const plan: Plan = {
	rounds: 2,
	contestants: CONTESTANTS.map((contestant) => (contestant?.name === off.name ? slow : contestant)),
	build: TEST_BUILD,
	parts: 4,
	spread: { parts: 2, hosts: 2 },
	settleMs: 0,
	loads: { warmUp: 0, many: 1, spread: 1, visits: 1 },
	roundTripMs: 50,
	starts: 1,
};

describe("npm run bench -- firefox", () => {
	let findings: Findings;

	beforeAll(async () => {
		findings = judgeFirefox((await measureFirefox(plan)).samples, plan);
		// Forty turns of Firefox and four starts: on a busy machine that is slow by itself.
	}, 600_000);

	const all = () => findings.flatMap(([, lines]) => lines);

	it("measures everything that there is a limit for", () => {
		expect(all().filter(({ limit }) => limit !== null)).toHaveLength(9);
		for (const { what, found } of all()) {
			expect(Object.values(found).flat().every(Number.isFinite), `${what}: ${JSON.stringify(found)}`).toBe(true);
		}
	});

	it("reports what is slow", () => {
		const missed = all().filter((finding) => outcome(finding) === "MISSED");
		expect(missed.map(({ what }) => what)).toEqual(
			expect.arrayContaining([`${off.name} to empty`, `${off.name} to naive`]),
		);
	});

	it("sees the road to the far host", () => {
		const [, far] = findings.find(([title]) => title.startsWith("(c)")) ?? [];
		const [plain] = far ?? [];
		// For the connection, for TLS and for the page. A timer may be early by the rest of a millisecond.
		expect(plain?.what).toBe("no extension");
		expect(plain?.found.median).toBeGreaterThan(3 * plan.roundTripMs - 10);
	});
});
