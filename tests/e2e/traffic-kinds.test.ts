import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cacheable, html, image, type LabHost, type Reply, type Route } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { endOf, forgetEnds, noteEnds, reported, reportOf, until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox } from "./harness/index.ts";
import { KINDS, type Kind, type Run } from "./kinds.ts";
import { createWorld, refusing, SUFFIX, type World } from "./world.ts";

// Every kind of traffic there is: that it works with an authority which is accepted, and that nothing of
// it is used with one that is refused.

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let site: LabHost;
let partner: LabHost;
/** Tabs that were there before the first row. */
let standing: Set<string>;
/** What came to the servers over WebSockets, by label. */
const messages: string[] = [];
/** Runs of refused hosts, with the reports there were before they were refused. */
const stopped: { readonly kind: Kind; readonly run: Run; readonly before: number }[] = [];
const accepted: { readonly kind: Kind; readonly run: Run }[] = [];

beforeAll(async () => {
	world = await createWorld();
	site = await world.host("site");
	partner = await world.host("partner");
	partner.route("/image", image());
	firefox = await Firefox.start({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		preferences: { "browser.send_pings": true },
	});
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	// Requests shall leave and be answered: what is stopped before that is for other tests.
	const { rules } = JSON.parse(refusing([world.refusedRoot.spki]));
	await countersign.use(JSON.stringify({ version: 1, rules, settings: { preflight: "off" } }));
	standing = new Set((await firefox.tabs()).map(({ id }) => id));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

afterEach(async () => {
	for (const one of await firefox.tabs()) if (!standing.has(one.id)) await one.close();
});

const PATH = "/thing";

const told = (label: string): number => world.witness.hits().filter((path) => path.startsWith(`/${label}/`)).length;

const labelOf = (kind: Kind, authority: Authority): string =>
	`${authority === world.refusedCa ? "no" : "yes"}-${KINDS.indexOf(kind)}`;

/** What every answer tries besides: to leave a cookie, a pin to TLS, and itself in the cache. */
function leaving(kind: Kind, route: Route): Route {
	return async (request) => {
		const reply = typeof route === "function" ? await route(request) : route;
		const headers = {
			"access-control-allow-origin": "*",
			...reply.headers,
			"set-cookie": "left=1; Secure; SameSite=None",
			"strict-transport-security": "max-age=31536000",
			"cache-control": "max-age=3600",
		};
		if (!kind.kept) return { ...reply, headers };
		const answer = cacheable({ ...reply, headers });
		return typeof answer === "function" ? answer(request) : answer;
	};
}

/** A host for one run of a row, and the row's page in a new tab. */
async function prepare(kind: Kind, authority: Authority): Promise<Run> {
	const label = labelOf(kind, authority);
	const isSwitched = kind.own || kind.kept;
	const host = await world.host(label, isSwitched ? world.goodCa : authority);
	const tell = `fetch(${JSON.stringify(world.witness.url(`/${label}/script`))}, { mode: "no-cors" })`;
	const run = { firefox, host, site, partner, label, tell, telling: world.witness.markup(label) };
	const whole = { ...run, tab: await firefox.open(), url: host.url(PATH) };
	const route = kind.reply(whole);
	if (route !== "socket") host.route(PATH, leaving(kind, route));
	else {
		whole.url = host.url(PATH, "wss");
		host.socket(PATH, (socket) => {
			socket.send("used");
			socket.on("message", () => messages.push(label));
		});
	}
	const page: string | Reply = kind.page?.(whole) ?? "<h1>page</h1>";
	const owner = kind.own ? host : site;
	owner.route(pagePath(label), typeof page === "string" ? html(page) : page);
	return whole;
}

const pagePath = (label: string): string => `/page-${label}`;

/** Loads the row's page and starts it. */
async function start(kind: Kind, run: Run): Promise<unknown> {
	const page = (kind.own ? run.host : site).url(pagePath(run.label));
	if (!kind.start) return await run.tab.go(page);
	await run.tab.load(page);
	return await kind.start(run);
}

/** Drives a row. Resolves to what its start did, once the request has arrived. */
async function drive(kind: Kind, run: Run, authority: Authority): Promise<unknown> {
	const { host, tab, label } = run;
	if (kind.kept) {
		await start(kind, run);
		await used(kind, run, 0);
		await tab.load(site.url());
	}
	const before = told(label);
	const page = kind.own ? host.url(pagePath(label)) : null;
	if (page !== null) await tab.load(page);
	if (kind.own || kind.kept) await host.presentAnew(await authority.leaf({ names: [host.name] }));
	await forgetEnds(firefox);
	const since = host.requests().length;
	const given = page === null ? await start(kind, run) : await kind.start?.(run);
	const arrived = await world.lab.log.waitFor(
		(one) => one.host === host.name && one.path === requestPath(kind) && host.requests().indexOf(one) >= since,
	);
	expect(arrived.headers["if-none-match"] !== undefined).toBe(kind.kept === true);
	if (authority === world.refusedCa) stopped.push({ kind, run, before });
	else accepted.push({ kind, run });
	return given;
}

const isPage = ({ refusal }: Kind): boolean => refusal === "page" || refusal === "new tab";

// A form without a body puts a question mark at the end.
const requestPath = (kind: Kind): string => (kind.kind.includes("form without a body") ? `${PATH}?` : PATH);

/** Waits until it shows that an answer was used. */
async function used(kind: Kind, run: Run, before: number, given?: unknown): Promise<void> {
	const { shows } = kind;
	if (shows === "nothing") return;
	if (shows === "given") return given === undefined ? undefined : expect(given).toBe(true);
	if (shows === "told") await world.lab.log.waitFor(() => told(run.label) > before);
	else await until(firefox, "the effect", async () => (await shows(run)) || undefined);
}

describe("traffic", () => {
	it.each(KINDS)("$kind: used from an accepted authority", async (kind) => {
		const run = await prepare(kind, world.goodCa);
		const before = kind.kept ? told(run.label) : 0;
		const given = await drive(kind, run, world.goodCa);
		await used(kind, run, before, given);
		expect((await reportOf(firefox, countersign, run.tab)).parts).toEqual([]);
	});

	it.each(KINDS)("$kind: stopped from a refused one", async (kind) => {
		const run = await prepare(kind, world.refusedCa);
		const given = await drive(kind, run, world.refusedCa);
		const { before } = stopped.at(-1) as (typeof stopped)[number];
		expect(await endOf(firefox, run.url.replace(PATH, requestPath(kind)))).toBe(
			isPage(kind) ? "NS_BINDING_ABORTED" : "NS_ERROR_ABORT",
		);
		const { tab, host } = run;
		if (kind.refusal === "page") {
			await tab.waitFor(({ url, text }) => isBlockPage(url) && text.includes(host.name), "the block page");
		} else if (kind.refusal === "new tab") {
			await firefox.findTab(isBlockPage);
			expect((await tab.state()).url).toBe(site.url(pagePath(run.label)));
		} else {
			const url = (kind.own ? host : site).url(pagePath(run.label));
			if (kind.refusal !== "unlisted") {
				const report = await reported(firefox, countersign, tab, "the stopped part", (one) => one.partsCount > 0);
				// The page itself stays, and is as good as before.
				expect(report).toMatchObject({ state: "local-root", host: new URL(report.url ?? "").hostname });
				expect(report.parts).toMatchObject([
					{ authority: "Refused Trust", rule: { title: "Refused Trust" }, hosts: [{ host: host.name, port: 443 }] },
				]);
				expect(report.parts[0]?.hosts[0]?.types[0]).toBe(kind.type);
				expect(report.partsCount).toBe(report.parts[0]?.hosts[0]?.count);
			}
			expect((await tab.state()).url.split("#")[0]).toSatisfy((now: string) => now === url || now.includes("/scope-"));
		}
		if (kind.shows === "given") expect(given).toBe(false);
		else if (typeof kind.shows === "function") expect(await kind.shows(run)).toBe(false);
		expect(told(run.label)).toBe(before);
	});
});

/** Addresses that Firefox has an answer of in any of its caches. */
const cached = (): Promise<string[]> =>
	firefox.chrome(
		(window: ChromeWindow) =>
			new Promise<string[]>((resolve) => {
				const urls: string[] = [];
				window.Services.cache2.asyncVisitAllStorages(
					{
						onCacheStorageInfo: () => undefined,
						// An entry that never expires was made before the answer came, and nothing was put in.
						onCacheEntryInfo: ({ spec }: { spec: string }, ...[, , , , , expires]: number[]) => {
							if (expires !== 0xffffffff) urls.push(spec);
						},
						onCacheEntryVisitCompleted: () => resolve(urls),
					},
					true,
				);
			}),
	);

/** Whether Firefox wrote down that a host is never to be asked without TLS. */
const isPinnedToTls = (url: string): Promise<boolean> =>
	firefox.chrome(
		(window: ChromeWindow, address, partition) => {
			const { Cc, Ci, Services } = window;
			const service = Cc["@mozilla.org/ssservice;1"].getService(Ci.nsISiteSecurityService);
			return service.isSecureURI(Services.io.newURI(address), { partitionKey: `(https,${partition})` }) as boolean;
		},
		...([url, SUFFIX] as const),
	);

describe("afterwards", () => {
	/** Those that Firefox had nothing of from before. */
	const fresh = <One extends { kind: Kind }>(runs: readonly One[]): One[] => runs.filter(({ kind }) => !kind.kept);

	it("no answer of a refused host was used later either", () => {
		expect(stopped).toHaveLength(KINDS.length);
		for (const { run, before } of stopped) expect([run.label, told(run.label)]).toEqual([run.label, before]);
		expect(new Set(messages)).toEqual(
			new Set(accepted.map(({ run }) => run.label).filter((one) => messages.includes(one))),
		);
		expect(messages).toHaveLength(1);
	});

	it("cookies of accepted hosts are kept, and none of refused ones", async () => {
		const hosts = new Set((await firefox.cookies(SUFFIX)).map(({ host }) => host));
		const kinds = (which: (host: string, kind: Kind) => boolean) =>
			accepted.filter(({ kind, run }) => which(run.host.name, kind)).map(({ kind }) => kind.kind);
		expect(kinds((host) => !hosts.has(host))).toEqual(kinds((_, kind) => kind.withoutCookies === true));
		expect(
			fresh(stopped)
				.filter(({ run }) => hosts.has(run.host.name))
				.map(({ kind }) => kind.kind),
		).toEqual([]);
	});

	it("answers of accepted hosts are in the cache, and none of refused ones", async () => {
		const urls = new Set(await cached());
		expect(fresh(accepted).filter(({ run }) => urls.has(run.url)).length).toBeGreaterThan(30);
		expect(
			fresh(stopped)
				.filter(({ run }) => urls.has(run.url))
				.map(({ kind }) => kind.kind),
		).toEqual([]);
	});

	it("pages of accepted hosts are in the history, and none of refused ones", async () => {
		const urls = new Set(await firefox.history());
		const inHistory = ({ run }: { run: Run }) => [...urls].some((url) => url.startsWith(run.url));
		expect(accepted.filter(inHistory).length).toBeGreaterThan(5);
		expect(
			fresh(stopped)
				.filter(inHistory)
				.map(({ kind }) => kind.kind),
		).toEqual([]);
	});

	it("accepted hosts are pinned to TLS, and no refused one", async () => {
		const pinned = async (runs: readonly { kind: Kind; run: Run }[]) => {
			const kinds: string[] = [];
			for (const { kind, run } of runs) if (await isPinnedToTls(run.host.url())) kinds.push(kind.kind);
			return kinds;
		};
		expect((await pinned(fresh(accepted))).length).toBeGreaterThan(30);
		expect(await pinned(fresh(stopped))).toEqual([]);
	});

	it("nobody else was asked anything", () => {
		expect(world.lab.log.strangers).toEqual([]);
	});
});
