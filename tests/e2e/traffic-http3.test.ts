import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Http3, type Http3Host, http3Missing } from "../lab/http3.ts";
import { html, image, script, text } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { endOf, forgetEnds, noteEnds, reported, reportOf } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, refusing, SUFFIX, type World } from "./world.ts";

// HTTP/3 runs over QUIC: another network, with the handshake of TLS in it. Its chains are judged like others.

const missing = http3Missing();
// Where everything can be installed, nothing may be left out.
const mustRun = process.env.CI === "true" && process.getuid?.() === 0;
if (missing !== null && !mustRun) console.warn(`Not tested: HTTP/3. ${missing}`);

describe.skipIf(missing !== null && !mustRun)("HTTP/3", () => {
	let world: World;
	let server: Http3;
	let firefox: Firefox;
	let countersign: Countersign;
	let tab: Tab;
	/** Requests that took the ordinary road before Firefox knew of the other one. */
	let strangers: number;

	const OPEN = {
		"access-control-allow-origin": "*",
		"cache-control": "no-store",
		"set-cookie": "left=1; Secure; SameSite=None",
	};
	const nameOf = (label: string): string => `${label}.${SUFFIX}`;
	const url = (label: string, path = "/"): string => `https://${nameOf(label)}${path}`;

	async function host(label: string, authority: Authority): Promise<Http3Host> {
		return {
			name: nameOf(label),
			identity: await authority.leaf({ names: [nameOf(label)] }),
			routes: {
				"/": html(`<h1>content of ${label}</h1>${world.witness.markup(label)}`, OPEN),
				"/image": image(OPEN),
				"/xmlhttprequest": text("data", OPEN),
				"/script": script(
					`fetch(${JSON.stringify(world.witness.url(`/${label}-script/ran`))}, { mode: "no-cors" })`,
					OPEN,
				),
				"/hop": { status: 302, headers: { ...OPEN, location: url("good") } },
				"/to-page": { status: 302, headers: { ...OPEN, location: url("page") } },
				"*": { status: 404, headers: OPEN },
			},
		};
	}

	beforeAll(async () => {
		if (missing !== null) throw new Error(missing);
		world = await createWorld();
		server = await Http3.start([
			await host("good", world.goodCa),
			await host("warm", world.goodCa),
			...(await Promise.all(["page", "hop", "parts", "frame"].map((label) => host(label, world.refusedCa)))),
		]);
		firefox = await Firefox.start({
			lab: world.lab,
			roots: [world.goodRoot, world.refusedRoot],
			preferences: server.preferences(),
		});
		await firefox.install(TEST_BUILD, { privateAllowed: true });
		await noteEnds(firefox);
		countersign = await Countersign.open(firefox);
		// Requests shall leave and be answered: what is stopped before that is for other tests.
		const { rules } = JSON.parse(refusing([world.refusedRoot.spki]));
		await countersign.use(JSON.stringify({ version: 1, rules, settings: { preflight: "off" } }));
		// Firefox learns of the other road beside its first requests, which do not wait for that.
		const first = await firefox.open();
		await firefox.remote.until(
			async () => {
				await first.go(`${url("warm")}?${Date.now()}`);
				await first.waitFor(({ complete }) => complete, "an answer or an error");
				return server.requests().some((one) => one.host === nameOf("warm")) || undefined;
			},
			30_000,
			() => "nothing went over HTTP/3",
		);
		await first.close();
		strangers = world.lab.log.strangers.length;
	});

	afterAll(async () => {
		await firefox?.close();
		await server?.close();
		await world?.close();
	});

	beforeEach(async () => {
		tab = await firefox.open();
		await forgetEnds(firefox);
	});

	afterEach(() => tab.close());

	/** Waits until caddy has written down that it was asked, and over what. */
	async function askedOverHttp3(label: string, path: string): Promise<void> {
		const { proto } = await server.waitFor((one) => one.host === nameOf(label) && one.path === path);
		expect(proto).toBe("HTTP/3.0");
	}

	const told = (label: string): string[] => world.witness.hits().filter((path) => path.startsWith(`/${label}/`));

	async function expectBlockPage(label: string): Promise<void> {
		await tab.waitFor((now) => isBlockPage(now.url) && now.text.includes(nameOf(label)), "the block page");
		expect(await firefox.cookies(nameOf(label))).toEqual([]);
		expect((await firefox.history()).filter((one) => one.includes(nameOf(label)))).toEqual([]);
		expect(told(label)).toEqual([]);
	}

	it("a page of an accepted authority is shown, and its chain is known", async () => {
		await tab.load(url("good"));
		await askedOverHttp3("good", "/");
		await world.lab.log.waitFor(() => told("good").length === 3);
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({
			state: "local-root",
			chain: [{ commonName: nameOf("good") }, { commonName: "Good CA 1" }, { commonName: "Good Root" }],
		});
		expect(await firefox.cookies(nameOf("good"))).toHaveLength(1);
	});

	it("a page of a refused one is not", async () => {
		await tab.go(url("page"));
		await expectBlockPage("page");
		await askedOverHttp3("page", "/");
		expect(await endOf(firefox, url("page"))).toMatch(/ABORT/);
		const { refusal } = await reported(firefox, countersign, tab, "the refusal", (one) => one.refusal !== null);
		expect((await countersign.ask("refusal", refusal ?? ""))?.chain).toMatchObject([
			{ commonName: nameOf("page") },
			{ commonName: "Refused CA 1" },
			{ commonName: "Refused Root" },
		]);
	});

	it("a redirect from a refused one leads nowhere, nor does one to it", async () => {
		await tab.go(url("hop", "/hop"));
		await expectBlockPage("hop");
		await askedOverHttp3("hop", "/hop");
		await tab.go(url("good", "/to-page"));
		await expectBlockPage("page");
		await askedOverHttp3("good", "/to-page");
	});

	const parts = {
		image: (src: string) =>
			new Promise<boolean>((resolve) => {
				const one = new Image();
				one.onload = () => resolve(true);
				one.onerror = () => resolve(false);
				one.src = src;
			}),
		xmlhttprequest: (src: string) =>
			fetch(src).then(
				async (answer) => (await answer.text()) === "data",
				() => false,
			),
		script: (src: string) =>
			new Promise<boolean>((resolve) => {
				const one = document.createElement("script");
				one.onload = () => resolve(true);
				one.onerror = () => resolve(false);
				one.src = src;
				document.head.append(one);
			}),
	};

	it.each(Object.entries(parts))(
		"%s: used from an accepted authority, stopped from a refused one",
		async (kind, load) => {
			await tab.load(url("good"));
			const loaded = await tab.evaluate(load, url("good", `/${kind}`));
			expect([loaded, await endOf(firefox, url("good", `/${kind}`))]).toEqual([true, "completed"]);
			await askedOverHttp3("good", `/${kind}`);
			const path = `/${kind}`;
			expect(await tab.evaluate(load, url("parts", path))).toBe(false);
			expect(await endOf(firefox, url("parts", path))).toBe("NS_ERROR_ABORT");
			const report = await reported(firefox, countersign, tab, "the stopped part", (one) => one.partsCount > 0);
			expect(report.parts).toMatchObject([{ hosts: [{ host: nameOf("parts"), count: 1, types: [kind] }] }]);
			expect(await firefox.cookies(nameOf("parts"))).toEqual([]);
		},
	);

	it("a frame of a refused one stays empty", async () => {
		await tab.load(url("good"));
		await tab.evaluate((src) => {
			const one = document.createElement("iframe");
			one.src = src;
			document.body.append(one);
		}, url("frame"));
		await askedOverHttp3("frame", "/");
		const report = await reported(firefox, countersign, tab, "the stopped frame", (one) => one.partsCount > 0);
		expect(report.parts).toMatchObject([{ hosts: [{ host: nameOf("frame"), count: 1, types: ["sub_frame"] }] }]);
		expect(await tab.evaluate(() => document.querySelector("iframe")?.contentDocument?.body.innerHTML)).toBe("");
		expect(told("frame")).toEqual([]);
	});

	it("nothing of a refused one was used by the end, and nothing went another way", () => {
		// The control: the accepted one's script told.
		expect(told("good-script")).toHaveLength(1);
		for (const label of ["page", "hop", "parts", "parts-script", "frame"]) expect(told(label)).toEqual([]);
		// One part at least was asked of the host whose parts were stopped, over the same road.
		const asked = server.requests().filter((one) => one.host === nameOf("parts"));
		expect(asked.length).toBeGreaterThan(0);
		expect(new Set(server.requests().map(({ proto }) => proto))).toEqual(new Set(["HTTP/3.0"]));
		expect(world.lab.log.strangers.slice(strangers)).toEqual([]);
	});
});
