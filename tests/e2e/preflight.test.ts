/** Preflight in real Firefox: what would be lost does not leave before it is known who vouches. */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { echo, html, image, type LabHost, type LoggedRequest, type Route, redirect } from "../lab/index.ts";
import * as acts from "./acts.ts";
import {
	closePrivateWindows,
	cookiesKnown,
	endOf,
	noteCookies,
	noteEnds,
	reported,
	setPreference,
	typeAddress,
	until,
} from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { createWorld, refusing, SUFFIX, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let start: LabHost;
let tab: Tab;
let labels = 0;

beforeAll(async () => {
	world = await createWorld();
	start = await world.host("start");
	firefox = await Firefox.startPrimed({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		permanent: TEST_BUILD,
		privateAllowed: true,
		preferences: { "dom.security.https_first_for_custom_ports": true },
	});
	await begin();
	await use();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	tab = await firefox.open();
});

afterEach(async () => {
	await moveClock(0);
	await use();
	await tab.close().catch(() => undefined);
});

/** At the start of each session. */
async function begin(): Promise<void> {
	countersign = await Countersign.open(firefox);
	await noteEnds(firefox);
	await noteCookies(firefox);
}

/** Puts the rule against the refused authority in force, with other settings if need be. */
const use = (settings: object = {}): Promise<void> => {
	const document = JSON.parse(refusing([world.refusedRoot.spki]));
	return countersign.use(
		JSON.stringify({ ...document, settings: { preflight: "credentials", unverifiable: "block", ...settings } }),
	);
};

const changeNetwork = (): Promise<void> => acts.changeNetwork(firefox);
const moveClock = (ms: number): Promise<void> => acts.setClock(firefox, ms);

const switchToRefused = async (site: LabHost): Promise<void> =>
	site.present(await world.refusedCa.leaf({ names: [site.name] }));

/** What a request brought that must not come to a server that nobody was asked about. */
const treasure = ({ headers, bodyLength }: LoggedRequest): string[] =>
	[
		headers.cookie === undefined ? "" : "cookie",
		headers.authorization === undefined ? "" : "password",
		bodyLength === 0 ? "" : "body",
	].filter((one) => one !== "");

const brief = (request: LoggedRequest): string => [request.method, request.path, ...treasure(request)].join(" ");

/** What came to a site from now on. */
function since(site: LabHost): () => string[] {
	const before = site.requests().length;
	const isIcon = ({ path }: LoggedRequest) => path === "/favicon.ico";
	return () =>
		site
			.requests()
			.slice(before)
			.filter((one) => !isIcon(one))
			.map(brief);
}

/** Never answers probes. */
const deaf =
	(route: Route): Route =>
	(request) => {
		if (request.method === "HEAD") return new Promise(() => undefined);
		return typeof route === "function" ? route(request) : route;
	};

interface KnownSite extends LabHost {
	/** From now on probes get no answer. */
	turnDeaf(): void;
}

/** A site that knows the person, by a cookie or by a password, and everything that would give them away. */
async function knownSite(by: "cookie" | "password" = "cookie"): Promise<KnownSite> {
	labels += 1;
	const site = (await world.host(`known${labels}`)) as KnownSite;
	const home: Route = ({ headers }) => html(`<h1>${headers.cookie ? "signed in" : "signed out"}</h1>`);
	site
		.route("/", home)
		.route("/page", home)
		.route("/sign-in", html("<h1>welcome</h1>", { "set-cookie": "session=secret; Secure; Path=/; Max-Age=3600" }))
		.route("/sign-out", ({ headers }) =>
			html(`<h1>${headers.cookie ? "signed in" : "signed out"}</h1>`, {
				"set-cookie": "session=; Max-Age=0; Path=/; Secure",
			}),
		)
		.route("/image", image())
		.route("/echo", echo())
		.route("/password", ({ headers }) =>
			headers.authorization
				? html("<h1>let in</h1>")
				: { status: 401, headers: { "www-authenticate": 'Basic realm="lab"' }, body: "password?" },
		)
		.socket("/socket");
	site.turnDeaf = () => void site.route("/", deaf(home));
	await tab.load(site.url(by === "cookie" ? "/sign-in" : "/"));
	if (by === "password") {
		await tab.evaluate(
			() =>
				new Promise<void>((done) => {
					const request = new XMLHttpRequest();
					request.open("GET", "/password", true, "user", "word");
					request.onloadend = () => done();
					request.send();
				}),
		);
	}
	await tab.load(start.url());
	if (by === "cookie") await cookiesKnown(firefox, site.name);
	return site;
}

type Kind = "typed" | "link" | "form" | "fetch" | "socket" | "beacon" | "frame" | "password";

/** Does something that brings a site what is the person's, from a page of another one. */
async function act(kind: Kind, site: LabHost, where: Tab): Promise<void> {
	if (kind !== "typed") await where.load(start.url(`/?${kind}-${site.name}`));
	if (kind === "typed") await typeAddress(firefox, where, site.url("/page"));
	else if (kind === "password") await where.go(site.url("/password"));
	else
		await where.evaluate(
			(what, page, echoes, socket) => {
				const add = (markup: string): HTMLElement => {
					document.body.innerHTML = markup;
					return document.body.firstElementChild as HTMLElement;
				};
				const note = (text: string) => {
					document.title = text;
				};
				if (what === "link") add(`<a href="${page}">link</a>`).click();
				if (what === "frame") add(`<iframe src="${page}"></iframe>`);
				if (what === "form") {
					const form = add(`<form method="post" action="${echoes}"><input name="text" value="typed"></form>`);
					(form as HTMLFormElement).submit();
				}
				if (what === "fetch") {
					fetch(echoes, { method: "POST", body: "typed", credentials: "include", mode: "no-cors" }).then(
						() => note("came"),
						() => note("failed"),
					);
				}
				if (what === "beacon") navigator.sendBeacon(echoes, "typed");
				if (what === "socket") {
					const one = new WebSocket(socket);
					one.onopen = () => note("came");
					one.onerror = () => note("failed");
				}
			},
			kind,
			site.url("/page"),
			site.url("/echo"),
			site.url("/socket", "wss"),
		);
}

/** Waits until an act has come to its end, which for a good site is another than for a refused one. */
async function over(kind: Kind, site: LabHost, where: Tab, came: boolean): Promise<void> {
	if (kind === "fetch" || kind === "socket") {
		await where.waitFor(
			({ title }) => title === (came ? "came" : "failed"),
			`${kind} to have ${came ? "come" : "failed"}`,
		);
	} else if (kind === "beacon" || kind === "frame") {
		const end = await endOf(firefox, site.url(kind === "frame" ? "/page" : "/echo"));
		if (came) expect(end).not.toMatch(/ABORT/);
		else expect(end).toMatch(/ABORT/);
	} else if (came) await where.waitForUrl((url) => url.startsWith(site.url()));
	else await where.waitForUrl(isBlockPage);
}

const KINDS: readonly Kind[] = ["typed", "link", "form", "fetch", "socket", "beacon", "frame", "password"];

/** Runs all kinds at once, each in a tab of its own and with a site of its own. Answers with what came, by kind. */
async function runAll(
	kinds: readonly Kind[],
	prepare: (sites: readonly KnownSite[]) => Promise<void>,
	came: boolean,
): Promise<Record<string, string[]>> {
	const sites: KnownSite[] = [];
	for (const kind of kinds) sites.push(await knownSite(kind === "password" ? "password" : "cookie"));
	await prepare(sites);
	const logs = sites.map(since);
	const tabs: Tab[] = [];
	for (const [index, kind] of kinds.entries()) {
		const one = await firefox.open();
		tabs.push(one);
		await act(kind, sites[index] as KnownSite, one);
	}
	for (const [index, kind] of kinds.entries()) await over(kind, sites[index] as KnownSite, tabs[index] as Tab, came);
	const seen = Object.fromEntries(kinds.map((kind, index) => [kind, logs[index]?.() ?? []]));
	for (const one of tabs) await one.close();
	return seen;
}

/** What reaches a good site, and must not reach a refused one. */
const WEALTH: Readonly<Record<Kind, string[]>> = {
	typed: ["HEAD /", "GET /page cookie"],
	link: ["HEAD /", "GET /page cookie"],
	form: ["HEAD /", "POST /echo cookie body"],
	fetch: ["HEAD /", "POST /echo cookie body"],
	socket: ["HEAD /", "GET /socket cookie"],
	beacon: ["HEAD /", "POST /echo cookie body"],
	frame: ["HEAD /", "GET /page cookie"],
	password: ["HEAD /", "GET /password password"],
};

describe("what would be lost", { timeout: 120_000 }, () => {
	it("reaches a good site after a probe that brings nothing", async () => {
		expect(await runAll(KINDS, changeNetwork, true)).toEqual(WEALTH);
	});

	const WAYS: readonly [name: string, kinds: readonly Kind[], pass: () => Promise<void>][] = [
		["with a network change in between", KINDS, changeNetwork],
		["after ten minutes", KINDS, () => moveClock(600_000)],
		[
			"before a new session",
			// Passwords are known until Firefox ends.
			KINDS.filter((kind) => kind !== "password"),
			async () => {
				await firefox.restart();
				await firefox.extensionRunning();
				await begin();
				tab = await firefox.open();
			},
		],
	];

	it.each(WAYS)("never reaches a site that was switched to a refused authority, %s", async (_, kinds, pass) => {
		const seen = await runAll(
			kinds,
			async (sites) => {
				for (const site of sites) await switchToRefused(site);
				await pass();
			},
			false,
		);
		expect(seen).toEqual(Object.fromEntries(kinds.map((kind) => [kind, ["HEAD /"]])));
	});

	it.each(WAYS)("never reaches it when it does not answer the probe either, %s", async (_, kinds, pass) => {
		const seen = await runAll(
			kinds,
			async (sites) => {
				for (const site of sites) {
					await switchToRefused(site);
					site.turnDeaf();
				}
				await pass();
			},
			false,
		);
		// What asks for something goes on without; what brings something does not.
		const POOR: Readonly<Record<Kind, string[]>> = {
			typed: ["HEAD /", "GET /page"],
			link: ["HEAD /", "GET /page"],
			form: ["HEAD /"],
			fetch: ["HEAD /"],
			socket: ["HEAD /", "GET /socket"],
			beacon: ["HEAD /"],
			frame: ["HEAD /", "GET /page"],
			password: ["HEAD /", "GET /password"],
		};
		expect(seen).toEqual(Object.fromEntries(kinds.map((kind) => [kind, POOR[kind]])));
	});
});

describe("a probe", () => {
	it("is one for each origin, however many wait for it, and none while its answer is fresh", async () => {
		const site = await knownSite();
		await changeNetwork();
		const log = since(site);
		await tab.evaluate(async (url) => {
			const all = Array.from({ length: 40 }, (_, index) => {
				const one = new Image();
				one.src = `${url}?${index}`;
				return one.decode();
			});
			await Promise.all(all);
		}, site.url("/image"));
		await tab.load(site.url());
		const seen = log();
		expect(seen).toHaveLength(42);
		expect(seen[0]).toBe("HEAD /");
		expect(seen.slice(1).every((one) => one.startsWith("GET /") && one.endsWith(" cookie"))).toBe(true);
	});

	it("is not spared by an answer that was asked for on the network before", async () => {
		const site = await knownSite();
		let answer = (): void => undefined;
		site.route("/slow", () => new Promise((resolve) => (answer = () => resolve(html("slow")))));
		await tab.load(site.url());
		await tab.evaluate((url) => {
			void fetch(url).then(() => {
				document.title = "came";
			});
		}, site.url("/slow"));
		await until(firefox, "the request", async () => site.requests().some(({ path }) => path === "/slow") || undefined);
		await changeNetwork();
		answer();
		await tab.waitFor(({ title }) => title === "came", "the answer");
		const log = since(site);
		await tab.evaluate(async () => void (await fetch("/echo")));
		expect(log()).toEqual(["HEAD /", "GET /echo cookie"]);
	});

	// Firefox asks about requests in batches, and a batch goes on when its last request does. A probe in one batch
	// with what waits for it would wait for itself, fail when its time is over, and cost the others their cookies.
	it("does not wait for what waits for it, however many requests come with it", async () => {
		const sites: KnownSite[] = [];
		for (let count = 0; count < 8; count++) sites.push(await knownSite());
		for (let round = 0; round < 3; round++) {
			await changeNetwork();
			const logs = sites.map(since);
			await tab.evaluate(
				async (urls, which) => {
					const pictures: Promise<void>[] = [];
					for (let index = 0; index < 30; index++) {
						for (const url of urls) {
							const one = new Image();
							one.src = `${url}?${which}-${index}`;
							pictures.push(one.decode());
							// One after the other, so that new ones come while probes set out.
							await new Promise((next) => setTimeout(next, 1));
						}
					}
					await Promise.all(pictures);
				},
				sites.map((site) => site.url("/image")),
				round,
			);
			for (const log of logs) {
				const seen = log();
				expect(seen.filter((one) => one === "HEAD /")).toHaveLength(1);
				expect(seen.filter((one) => /^GET .* cookie$/.test(one))).toHaveLength(30);
				expect(seen).toHaveLength(31);
			}
		}
	});

	/** Loads pictures into the tab's page, and tells how many requests were asked about before they were sent. */
	async function askedAbout(urls: readonly string[]): Promise<number> {
		await firefox.background(() => {
			const global = globalThis as unknown as { faults: Map<string, () => void>; asked: number };
			global.asked = 0;
			global.faults.set("preflight", () => void global.asked++);
		});
		await showPictures(urls);
		return await firefox.background(() => {
			const global = globalThis as unknown as { faults: Map<string, () => void>; asked: number };
			global.faults.delete("preflight");
			return global.asked;
		});
	}

	let serial = 0;
	const pictures = (one: LabHost, path = "/image"): string[] =>
		Array.from({ length: 10 }, () => `${one.url(path)}?${++serial}`);

	/** Waits until a host without cookies is not asked about: cookies are looked at a while after the start. */
	const askedLess = (bare: LabHost): Promise<true> =>
		until(firefox, "an end to questions about everything", async () =>
			(await askedAbout(pictures(bare))) === 0 ? true : undefined,
		);

	const showPictures = async (urls: readonly string[]): Promise<void> => {
		await tab.evaluate(async (all) => {
			const shown = all.map((src) => {
				const one = new Image();
				one.src = src;
				return one.decode();
			});
			await Promise.all(shown);
		}, urls);
	};

	it("goes before pages that Firefox is started with, also where less was asked about, or nothing, before", async () => {
		for (const setting of ["credentials", "off"]) {
			const site = await knownSite();
			const bare = (await world.host(`bare${++labels}`)).route("/image", image());
			await askedLess(bare);
			await use({ preflight: setting });
			await use();
			await switchToRefused(site);
			const log = since(site);
			await firefox.restart({ urls: [site.url("/page")] });
			await firefox.findTab(isBlockPage);
			expect(log()).toEqual(["HEAD /"]);
			await firefox.extensionRunning();
			await begin();
			tab = await firefox.open();
			await tab.load(start.url());
		}
	});

	it("costs parts that carry nothing no question; those with cookies are asked about, whoever set them", async () => {
		const site = await knownSite();
		const bare = await world.host(`bare${++labels}`);
		const shared = await world.host(`shared${++labels}`);
		for (const one of [bare, shared]) one.route("/image", image()).route("/shared/image", image());
		await tab.load(start.url());
		await askedLess(bare);
		expect(await askedAbout(pictures(site))).toBe(10);
		// A cookie for all names of the domain, set by one of them a moment ago.
		start.route("/all", html("<h1>all</h1>", { "set-cookie": `all=secret; Secure; Path=/shared; Domain=${SUFFIX}` }));
		await tab.load(start.url("/all"));
		await changeNetwork();
		const log = since(shared);
		await showPictures(pictures(shared, "/shared/image"));
		expect(log()[0]).toBe("HEAD /");
		expect(log().filter((one) => one.endsWith(" cookie"))).toHaveLength(10);
		await switchToRefused(shared);
		await changeNetwork();
		const after = since(shared);
		await expect(showPictures(pictures(shared, "/shared/image"))).rejects.toThrow();
		expect(after()).toEqual(["HEAD /"]);
		// Other tests have hosts without cookies.
		start.route("/none", html("<h1>none</h1>", { "set-cookie": `all=; Max-Age=0; Path=/shared; Domain=${SUFFIX}` }));
		await tab.load(start.url("/none"));
	});

	it("knows of the cookies of a container that is opened long after the start", async () => {
		const container = await firefox.newContainer();
		const bare = (await world.host(`bare${++labels}`)).route("/image", image());
		await tab.close();
		tab = await firefox.open(undefined, { container });
		const site = await knownSite();
		// The background starts anew, as with Firefox, and no tab is open in the container.
		await tab.close();
		const before = await firefox.extensionPid();
		process.kill(before, "SIGKILL");
		await until(firefox, "another process", async () => ((await firefox.extensionPid()) === before ? undefined : true));
		await firefox.extensionRunning();
		await begin();
		tab = await firefox.open();
		await tab.load(start.url());
		await askedLess(bare);
		await tab.close();
		tab = await firefox.open(undefined, { container });
		await tab.load(start.url("/?container"));
		const log = since(site);
		await showPictures(pictures(site));
		const [first, ...rest] = log();
		expect(first).toBe("HEAD /");
		expect(rest).toHaveLength(10);
		expect(rest.every((one) => one.endsWith(" cookie"))).toBe(true);
	});

	it("brings no cookie, no password, no referrer, nothing of the address, and follows no redirect", async () => {
		const site = await knownSite();
		const elsewhere = await knownSite();
		site.route("/", redirect(elsewhere.url("/")));
		await changeNetwork();
		const [log, other] = [since(site), since(elsewhere)];
		await tab.load(site.url("/page"));
		expect(log()).toEqual(["HEAD /", "GET /page cookie"]);
		expect(other()).toEqual([]);
		const { headers } = site.requests().at(-2) as LoggedRequest;
		expect(
			Object.keys(headers)
				.filter((name) => !name.startsWith(":"))
				.toSorted(),
		).toMatchInlineSnapshot(`
			[
			  "accept",
			  "accept-encoding",
			  "accept-language",
			  "cache-control",
			  "pragma",
			  "priority",
			  "sec-fetch-dest",
			  "sec-fetch-mode",
			  "sec-fetch-site",
			  "te",
			  "user-agent",
			]
		`);
	});

	it("goes before nothing that carries nothing, unless the setting is always; and before nothing when it is off", async () => {
		labels += 1;
		const site = await world.host(`plain${labels}`);
		const visit = async (): Promise<string[]> => {
			await changeNetwork();
			const log = since(site);
			await tab.load(start.url());
			await tab.load(site.url());
			return log();
		};
		expect(await visit()).toEqual(["GET /"]);
		await use({ preflight: "always" });
		expect(await visit()).toEqual(["HEAD /", "GET /"]);
		await use({ preflight: "off" });
		const known = await knownSite();
		await changeNetwork();
		const log = since(known);
		await tab.load(known.url());
		expect(log()).toEqual(["GET / cookie"]);
		// Switched on again, it listens again.
		await use();
		await tab.load(start.url());
		await tab.load(known.url());
		expect(log()).toEqual(["GET / cookie", "HEAD /", "GET / cookie"]);
	});

	it("is never sent for private windows", async () => {
		const window = await firefox.openPrivate(start.url());
		await window.waitForUrl(start.url());
		const site = await world.host(`secret${++labels}`);
		site.route("/sign-in", html("<h1>welcome</h1>", { "set-cookie": "session=secret; Secure; Path=/" }));
		await window.load(site.url("/sign-in"));
		await changeNetwork();
		await window.load(site.url());
		expect(site.requests().map(brief)).toEqual(["GET /sign-in", "GET / cookie"]);
		await closePrivateWindows(firefox);
	});

	it("is never sent to this machine, to private addresses, or to local names for another site's page", async () => {
		const names = ["localhost", "127.0.0.1", "10.0.0.1", "[::1]", "printer", "nas.local"] as const;
		const hosts: LabHost[] = [];
		for (const name of names) {
			const bare = name.replace(/[[\]]/g, "");
			const host = world.lab.host(bare, await world.goodCa.leaf({ names: [bare] }));
			hosts.push(host.route("/", html("<h1>local</h1>")).route("/echo", echo({ "access-control-allow-origin": "*" })));
		}
		for (const [index, host] of hosts.entries()) {
			const address = `https://${names[index]}`;
			await tab.load(start.url());
			await tab.evaluate(async (url) => {
				await fetch(url, { method: "POST", body: "knock", mode: "no-cors" }).catch(() => undefined);
			}, `${address}/echo`);
			expect(
				host.requests().filter(({ method }) => method === "HEAD"),
				`${address} from outside`,
			).toEqual([]);
		}
		// The control: the person's own visit to a local name is probed like others.
		const printer = hosts[4] as LabHost;
		await changeNetwork();
		await tab.load("https://printer/");
		await changeNetwork();
		await tab.evaluate(() => fetch("/echo", { method: "POST", body: "mine" }).then(() => undefined));
		expect(printer.requests().map(brief)).toEqual(expect.arrayContaining(["HEAD /", "POST /echo body"]));
	});

	it("says nothing about what goes by another proxy", async () => {
		const site = await knownSite();
		const container = await firefox.newContainer();
		const proxy = await startProxy();
		// Sends one container by a proxy, as extensions for that do.
		await firefox.chrome(
			(window: ChromeWindow, port, userContextId) => {
				const { Cc, Ci } = window;
				const service = Cc["@mozilla.org/network/protocol-proxy-service;1"].getService(Ci.nsIProtocolProxyService);
				const by = service.newProxyInfo("http", "127.0.0.1", port, "", "", 0, 30, null);
				service.registerChannelFilter(
					{
						applyFilter(channel: ChromeWindow, direct: unknown, callback: ChromeWindow) {
							const { originAttributes } = channel.loadInfo;
							callback.onProxyFilterResult(originAttributes.userContextId === userContextId ? by : direct);
						},
					},
					0,
				);
			},
			proxy.port,
			await containerNumber(container),
		);
		const inside = await firefox.open(site.url("/sign-in"), { container });
		await inside.waitForText("welcome");
		await changeNetwork();
		const log = since(site);
		await inside.load(site.url());
		expect(log()).toEqual(["GET / cookie"]);
		expect(proxy.asked).toContain(`${site.name}:443`);
		await tab.load(site.url());
		expect(log()).toEqual(["GET / cookie", "HEAD /", "GET / cookie"]);
		await inside.close();
		proxy.close();
	});
});

/** A proxy for TLS, to the lab whatever it is asked for. */
async function startProxy(): Promise<{ port: number; asked: string[]; close: () => void }> {
	const asked: string[] = [];
	const server = createServer();
	server.on("connect", (request, socket, head) => {
		asked.push(request.url ?? "");
		const site = connect(world.lab.tlsPort, world.lab.address, () => {
			socket.write("HTTP/1.1 200 OK\r\n\r\n");
			site.write(head);
			site.pipe(socket).pipe(site);
		});
		for (const [one, other] of [
			[site, socket],
			[socket, site],
		])
			one?.on("error", () => other?.destroy());
	});
	await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
	return { port: (server.address() as AddressInfo).port, asked, close: () => void server.close() };
}

/** The number that Firefox gives a container. */
const containerNumber = (container: string): Promise<number> =>
	firefox.chrome((window: ChromeWindow, id) => {
		const { UserContextManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/UserContextManager.sys.mjs",
		);
		return UserContextManager.getInternalIdById(id) as number;
	}, container);

describe("a site that does not answer the probe", { timeout: 120_000 }, () => {
	it("gets the page's request without credentials, and the page is loaded again signed in before it is shown", async () => {
		const site = await knownSite();
		site.turnDeaf();
		await changeNetwork();
		const log = since(site);
		await tab.go(site.url("/page"));
		await tab.waitForText("signed in");
		expect(log()).toEqual(["HEAD /", "GET /page", "GET /page cookie"]);
		expect((await firefox.entries(tab)).urls.slice(-2)).toEqual([start.url(), site.url("/page")]);
	});

	it("cannot end the sign-in by a cookie", async () => {
		const site = await knownSite();
		site.turnDeaf();
		await changeNetwork();
		const route = site.find("/sign-out") as (request: LoggedRequest) => ReturnType<typeof html>;
		// Signs out whoever comes without a cookie, as sites do.
		site.route("/page", (request) => (request.headers.cookie ? html("<h1>signed in</h1>") : route(request)));
		await tab.go(site.url("/page"));
		await tab.waitForText("signed in");
		expect((await firefox.cookies(SUFFIX)).filter(({ host }) => host === site.name)).toHaveLength(1);
	});

	it("does not get what was typed; the page says so, asks again, and sends when told to", async () => {
		const site = await knownSite();
		site.turnDeaf();
		await changeNetwork();
		const log = since(site);
		await act("form", site, tab);
		await tab.waitForUrl(isBlockPage);
		expect(log()).toEqual(["HEAD /"]);
		const id = new URL((await tab.state()).url).searchParams.get("id") ?? "";
		expect(await countersign.ask("refusal", id)).toMatchObject({
			outcome: "unanswered",
			host: site.name,
			page: true,
			wayThrough: "send-anyway",
			sent: { method: "POST", cookies: false, body: false, authorization: false },
		});
		expect(await countersign.ask("tryAgain", id)).toBe("unanswered");
		expect(await countersign.ask("sendAnyway", id)).toEqual({ ok: true });
		await act("form", site, tab);
		await tab.waitForUrl(site.url("/echo"));
		expect(log()).toEqual(["HEAD /", "HEAD /", "POST /echo cookie body"]);
	});

	it("is tried again: accepted, what is sent then goes; refused, the block page says why", async () => {
		const [good, bad] = [await knownSite(), await knownSite()];
		for (const site of [good, bad]) site.turnDeaf();
		await changeNetwork();
		const other = await firefox.open();
		await act("form", good, tab);
		await act("form", bad, other);
		for (const one of [tab, other]) await one.waitForUrl(isBlockPage);
		const ids = await Promise.all(
			[tab, other].map(async (one) => new URL((await one.state()).url).searchParams.get("id") ?? ""),
		);
		for (const site of [good, bad]) site.route("/", html("<h1>well again</h1>"));
		await switchToRefused(bad);
		expect(await countersign.ask("tryAgain", ids[0] ?? "")).toBe("accepted");
		const answer = await other
			.evaluate(
				(id) =>
					// biome-ignore lint/suspicious/noExplicitAny: the extension's own global
					(globalThis as any).browser.runtime.sendMessage({ to: "background", method: "tryAgain", args: [id] }),
				ids[1] ?? "",
			)
			.catch(() => "refused");
		expect(answer).toBe("refused");
		await other.waitFor(
			({ url }) => isBlockPage(url) && !url.includes(ids[1] ?? "none"),
			"the block page of the refusal",
		);
		await other.close();
		const log = since(good);
		await act("form", good, tab);
		await tab.waitForUrl(good.url("/echo"));
		expect(log()).toEqual(["POST /echo cookie body"]);
	});

	it("gets no part with a body; the popup lists it", async () => {
		const site = await knownSite();
		site.turnDeaf();
		await changeNetwork();
		await act("fetch", site, tab);
		await over("fetch", site, tab, false);
		const { parts } = await reported(firefox, countersign, tab, "the part", ({ partsCount }) => partsCount === 1);
		expect(parts).toMatchObject([{ unanswered: true, rule: null, hosts: [{ host: site.name, count: 1 }] }]);
	});

	it("is never asked without TLS, though Firefox would try that for a load that takes so long", async () => {
		const site = await knownSite();
		site.turnDeaf();
		site.plain.route("/", html("<h1>without TLS</h1>"));
		await changeNetwork();
		const log = since(site);
		await typeAddress(firefox, tab, site.name);
		await tab.waitForText("signed in");
		expect(log()).toEqual(["HEAD /", "GET /", "GET / cookie"]);
	});

	it("that does not listen at all: Firefox's own error page, and no credentials to it", async () => {
		const site = await knownSite();
		await setPreference(firefox, "network.socket.forcePort", `443=9;80=${world.lab.httpPort}`);
		world.lab.forget(site);
		await changeNetwork();
		await tab.go(site.url());
		await tab.waitFor(({ documentUri }) => documentUri.startsWith("about:neterror"), "Firefox's own error page");
		await setPreference(firefox, "network.socket.forcePort", `443=${world.lab.tlsPort};80=${world.lab.httpPort}`);
		await until(firefox, "the page", async () => {
			await tab.go(site.url());
			await tab.waitForText("signed in");
			return true;
		});
	});
});
