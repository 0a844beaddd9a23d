import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cacheable, download, echo, html, image, type LabHost, redirect, script, style, text } from "../lab/index.ts";
import { reported, reportOf, setPreference, typeAddress, until } from "./acts.ts";
import { Countersign, FIRST_RULES, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { createWorld, refusing, SUFFIX, type World } from "./world.ts";

// The first rules are in force here, as they are on a fresh install, and nobody is refused: whatever
// is stopped is a false alarm.

const ROOT = join(import.meta.dirname, "../..");

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let partner: LabHost;
let tab: Tab;

const OPEN = {
	"access-control-allow-origin": "*",
	"access-control-allow-headers": "*",
	"access-control-allow-methods": "*",
};

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	partner = await world.host("partner");
	firefox = await Firefox.start({ lab: world.lab, builtInRoots: [world.goodRoot] });
	await noteAskers();
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
	// Without the extension nothing here would be stopped either; that it looks is the control.
	expect((await countersign.ask("options")).rules.map(({ id }) => id)).toEqual(FIRST_RULES);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	tab = await firefox.open();
	await tab.load(good.url());
});

afterEach(async () => {
	await expectNoAlarm();
	await tab.close();
});

/** Nothing was stopped on any page, and no page was replaced. */
async function expectNoAlarm(): Promise<void> {
	for (const one of await firefox.tabs()) {
		expect((await one.state()).url).not.toSatisfy(isBlockPage);
		expect((await reportOf(firefox, countersign, one)).partsCount).toBe(0);
	}
}

describe("ordinary traffic", () => {
	it("is let through, judged and called protected", async () => {
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({
			state: "protected",
			chain: [{ commonName: good.name }, { commonName: "Good CA 1" }, { commonName: "Good Root" }],
		});
	});

	it("a hundred requests at once, over HTTP/2", async () => {
		partner.route("/many", image(OPEN));
		const loaded = await tab.evaluate(async (url) => {
			const all = Array.from({ length: 100 }, async (_, index) => {
				const one = new Image();
				one.src = `${url}?${index}`;
				await one.decode();
			});
			return (await Promise.allSettled(all)).filter(({ status }) => status === "fulfilled").length;
		}, partner.url("/many"));
		expect(loaded).toBe(100);
	});

	it("every method, preflights, ranges, empty and cached answers", async () => {
		partner
			.route("/echo", echo(OPEN))
			.route("/nothing", { status: 204, headers: OPEN })
			.route("/cached", cacheable(text("cached", OPEN), { maxAge: 3600 }))
			.route("/asked-again", cacheable(text("asked again", OPEN)))
			.route("/part", ({ headers }) => ({
				status: headers.range ? 206 : 200,
				headers: { ...OPEN, "content-range": "bytes 0-3/8" },
				body: "half",
			}));
		const seen = await tab.evaluate(async (base) => {
			const get = async (path: string, options?: RequestInit) => {
				const response = await fetch(`${base}${path}`, options);
				return `${response.status} ${await response.text()}`;
			};
			const methods: string[] = [];
			for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
				// A header of its own makes the browser ask first.
				const options = { method, headers: { "x-own": "1" }, ...(method === "GET" ? {} : { body: "body" }) };
				methods.push(JSON.parse((await get("/echo", options)).slice(4)).method);
			}
			return {
				methods,
				head: await get("/echo", { method: "HEAD" }),
				nothing: await get("/nothing"),
				cached: [
					await get("/cached"),
					await get("/cached"),
					await get("/cached", { cache: "only-if-cached", mode: "cors" }).catch(() => "same origin only"),
				],
				again: [await get("/asked-again"), await get("/asked-again"), await get("/asked-again", { cache: "no-cache" })],
				part: await get("/part", { headers: { range: "bytes=0-3" } }),
			};
		}, partner.url(""));
		expect(seen).toEqual({
			methods: ["GET", "POST", "PUT", "DELETE", "PATCH"],
			head: "200 ",
			nothing: "204 ",
			cached: ["200 cached", "200 cached", "same origin only"],
			again: ["200 asked again", "200 asked again", "200 asked again"],
			part: "206 half",
		});
		const asked = partner.requests().map(({ method, path }) => `${method} ${path}`);
		expect(asked).toContain("OPTIONS /echo");
		expect(asked.filter((one) => one === "GET /cached")).toHaveLength(1);
		expect(asked.filter((one) => one === "GET /asked-again")).toHaveLength(3);
	});

	it("an answer of 204 to a page leaves the old one", async () => {
		good.route("/no-content", { status: 204 });
		await tab.go(good.url("/no-content"));
		await world.lab.log.waitFor(({ path }) => path === "/no-content");
		await tab.evaluate(() => fetch("/"));
		expect((await tab.state()).url).toBe(good.url());
		expect((await reportOf(firefox, countersign, tab)).state).toBe("protected");
	});

	it("redirects, forms and pages out of the cache", async () => {
		good
			.route("/hop", redirect(partner.url("/hop")))
			.route("/form", html(`<form method="post" action="${partner.url("/echo")}"><button>send</button></form>`))
			.route("/stored", cacheable(html("<h1>stored</h1>"), { maxAge: 3600 }));
		partner.route("/hop", redirect(good.url("/landed"))).route("/echo", echo());
		good.route("/landed", html("<h1>landed</h1>"));
		await tab.go(good.url("/hop"));
		await tab.waitForText("landed");
		await tab.load(good.url("/form"));
		await tab.click("button");
		await tab.waitForUrl(partner.url("/echo"));
		await tab.traverse(-1);
		await tab.waitForUrl(good.url("/form"));
		expect((await reportOf(firefox, countersign, tab)).state).toBe("protected");
		await tab.load(good.url("/stored"));
		await tab.load(good.url());
		await tab.load(good.url("/stored"));
		expect(good.requests().filter(({ path }) => path === "/stored")).toHaveLength(1);
		expect((await reportOf(firefox, countersign, tab)).state).toBe("protected");
	});

	it("WebSockets, event streams, workers and frames in frames", async () => {
		partner
			.socket("/socket")
			.route("/events", { headers: { ...OPEN, "content-type": "text/event-stream" }, body: "data: hello\n\n" })
			.route("/frame", html(`<iframe src="${good.url("/inner")}"></iframe>`));
		good
			.route("/inner", html(world.witness.markup("inner")))
			.route("/worker.js", script(`fetch(${JSON.stringify(partner.url("/events"))}).then(() => postMessage("done"))`));
		const seen = await tab.evaluate(
			async (socket, events, frame) => {
				const one = new WebSocket(socket);
				const echoed = new Promise((resolve) => {
					one.onopen = () => one.send("echo");
					one.onmessage = ({ data }) => resolve(data);
					one.onerror = () => resolve("failed");
				});
				const source = new EventSource(events);
				const event = new Promise((resolve) => {
					source.onmessage = ({ data }) => resolve(data);
					source.onerror = () => resolve("failed");
				});
				const worker = new Promise((resolve) => {
					new Worker("/worker.js").onmessage = ({ data }) => resolve(data);
				});
				const element = document.createElement("iframe");
				element.src = frame;
				document.body.append(element);
				const all = await Promise.all([echoed, event, worker]);
				source.close();
				return all;
			},
			partner.url("/socket", "wss"),
			partner.url("/events"),
			partner.url("/frame"),
		);
		expect(seen).toEqual(["echo", "hello", "done"]);
		await world.lab.log.waitFor(({ path }) => path === "/inner/script");
	});

	it("a site that answers itself by a service worker", async () => {
		const site = await world.host("worked");
		site.route("/", html("<h1>from the server</h1>")).route(
			"/service.js",
			script(`addEventListener("install", () => skipWaiting());
				addEventListener("activate", (event) => event.waitUntil(clients.claim()));
				addEventListener("fetch", (event) => {
					const { pathname } = new URL(event.request.url);
					const type = { headers: { "content-type": "text/html" } };
					if (pathname === "/made") event.respondWith(new Response("<h1>made up</h1><img src=/picture>", type));
					if (pathname === "/picture") event.respondWith(new Response("<svg xmlns='http://www.w3.org/2000/svg'/>",
						{ headers: { "content-type": "image/svg+xml" } }));
				});`),
		);
		await tab.load(site.url());
		await tab.evaluate(async () => {
			await navigator.serviceWorker.register("/service.js");
			await navigator.serviceWorker.ready;
		});
		await tab.load(site.url("/made"));
		await tab.waitForText("made up");
		expect(site.requests().map(({ path }) => path)).not.toContain("/made");
		// By the site's own connection of just before, and never an alarm.
		await reported(firefox, countersign, tab, "checked by probe", ({ state, probed }) => {
			return state === "protected" && probed !== null;
		});
	});

	it("early hints", async () => {
		partner.route("/hinted", style("body { color: green }", OPEN));
		good.route("/hints", {
			...html(`<link rel="stylesheet" href="${partner.url("/hinted")}"><h1>hints</h1>`),
			earlyHints: [`<${partner.url("/hinted")}>; rel=preload; as=style`],
		});
		await tab.load(good.url("/hints"));
		expect(await tab.evaluate(() => getComputedStyle(document.body).color)).toBe("rgb(0, 128, 0)");
	});

	it("a site that asks for a password, and one that pins itself to TLS", async () => {
		good
			.route("/password", ({ headers }) =>
				headers.authorization
					? text("let in")
					: { status: 401, headers: { "www-authenticate": 'Basic realm="lab"' }, body: "password?" },
			)
			.route("/pinned", html("<h1>pinned</h1>", { "strict-transport-security": "max-age=31536000" }));
		good.plain.route("/pinned", html("plain"));
		const answer = await tab.evaluate(
			() =>
				new Promise((resolve) => {
					const request = new XMLHttpRequest();
					request.open("GET", "/password", true, "user", "word");
					request.onloadend = () => resolve(`${request.status} ${request.responseText}`);
					request.send();
				}),
		);
		expect(answer).toBe("200 let in");
		await tab.load(good.url("/pinned"));
		await tab.load(good.url());
		await typeAddress(firefox, tab, good.url("/pinned", "http"));
		await tab.waitForUrl(good.url("/pinned"));
		expect(good.requests().filter(({ scheme }) => scheme === "http")).toEqual([]);
	});

	it("downloads", async () => {
		good.route("/file", download("file.bin", "a whole file"));
		await tab.go(good.url("/file"));
		const saved = await until(firefox, "the file", () =>
			readFile(join(firefox.profile.downloads, "file.bin"), "utf8").then((body) => body || undefined),
		);
		expect(saved).toBe("a whole file");
		expect((await tab.state()).url).toBe(good.url());
	});

	it("errors of servers and of the network, which Firefox tells of itself", async () => {
		good.route("/broken", { status: 500, headers: { "content-type": "text/html" }, body: "<h1>broken</h1>" });
		await tab.load(good.url("/broken"));
		expect((await reportOf(firefox, countersign, tab)).state).toBe("protected");
		const distrusted = await world.host("distrusted", world.refusedCa);
		await tab.load(distrusted.url());
		expect(await firefox.errorPage(tab)).toBe("SEC_ERROR_UNKNOWN_ISSUER");
	});
});

describe("a domain that Firefox quarantines from extensions", () => {
	const NAME = `quarantined.${SUFFIX}`;

	beforeAll(() => setPreference(firefox, "extensions.quarantinedDomains.list", NAME));
	afterAll(() => setPreference(firefox, "extensions.quarantinedDomains.list", null));

	it("is shown as not checked, since nobody says who vouches for it", async () => {
		const site = await world.host("quarantined");
		site.route("/image", image(OPEN));
		await tab.load(site.url());
		await reported(firefox, countersign, tab, "restricted", ({ state, why }) => {
			return state === "not-checked" && why === "restricted";
		});
		await tab.load(good.url());
		const loaded = await tab.evaluate(async (src) => {
			const one = new Image();
			one.src = src;
			await one.decode();
			return one.complete;
		}, site.url("/image"));
		expect(loaded).toBe(true);
		// Others are judged as before.
		expect((await reportOf(firefox, countersign, tab)).state).toBe("protected");
	});
});

describe("a proxy that asks for a password", () => {
	let proxy: Server;
	let logins: string[];

	beforeAll(async () => {
		logins = [];
		proxy = createServer();
		proxy.on("connect", (request, socket, head) => {
			socket.on("error", () => undefined);
			const login = request.headers["proxy-authorization"];
			if (!login) {
				const body = "<h1>the proxy's own words</h1>";
				socket.end(
					`HTTP/1.1 407 Password\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
				);
				return;
			}
			logins.push(login);
			const site = connect(world.lab.tlsPort, world.lab.address, () => {
				socket.write("HTTP/1.1 200 OK\r\n\r\n");
				site.write(head);
				site.pipe(socket).pipe(site);
			});
			site.on("error", () => socket.destroy());
		});
		await new Promise<void>((done) => {
			proxy.listen(0, "127.0.0.1", done);
		});
		await setPreference(firefox, "network.proxy.ssl", "127.0.0.1");
		await setPreference(firefox, "network.proxy.ssl_port", (proxy.address() as AddressInfo).port);
	});

	afterAll(() => {
		proxy.closeAllConnections();
		proxy.close();
	});

	beforeEach(() => setPreference(firefox, "network.proxy.type", 1));
	afterEach(() => setPreference(firefox, "network.proxy.type", null));

	/** Answers Firefox's question for name and password. */
	const answer = (accept: boolean): Promise<true> =>
		until(firefox, "the proxy's question", () =>
			firefox.chrome((window: ChromeWindow, log) => {
				for (const { contentWindow } of window.document.querySelectorAll(".dialogFrame")) {
					const document = contentWindow?.document;
					if (!document?.getElementById("loginTextbox")) continue;
					document.getElementById("loginTextbox").value = "user";
					document.getElementById("password1Textbox").value = "word";
					const dialog = document.querySelector("dialog");
					if (log) dialog.acceptDialog();
					else dialog.cancelDialog();
					return true as const;
				}
				return undefined;
			}, accept),
		);

	it("is asked by Firefox, and its answer never shown as the site's", async () => {
		const site = await world.host("behind-a-proxy");
		await tab.activate();
		await tab.go(site.url());
		await answer(false);
		await tab.waitFor(({ documentUri }) => documentUri.startsWith("about:neterror"), "Firefox's own error page");
		expect((await tab.state()).text).not.toContain("own words");
		expect(site.requests()).toEqual([]);

		await tab.go(site.url("/?again"));
		await answer(true);
		await tab.waitForText("behind-a-proxy");
		expect(logins).toEqual([`Basic ${btoa("user:word")}`]);
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({
			state: "protected",
			connection: { proxied: true },
		});
	});

	it("does not excuse a site that answers like a proxy", async () => {
		// Clicked through or not, who vouched for it is known: it came over TLS.
		const site = await world.host("like-a-proxy");
		site.route("/", { status: 407, headers: { "content-type": "text/html" }, body: "<h1>like a proxy</h1>" });
		const kept = await countersign.ask("exportPolicy");
		await countersign.use(
			// For this site alone: pages open in other tabs are none of its business.
			refusing([world.goodRoot.spki], { sites: [site.name] }),
		);
		await tab.go(site.url());
		await tab.waitForUrl(isBlockPage);
		await countersign.use(kept);
		await tab.load(good.url("/?after"));
	});
});

describe("the extension itself", () => {
	it("asks nobody anything but sites that are open or opening, for their root and without cookies", async () => {
		const askers = await firefox.chrome((window: ChromeWindow) => [...window.countersignAskers] as string[]);
		// The control: pages' requests were seen by this.
		expect(askers).toContain(`${new URL(good.url()).origin} ${partner.url("/echo")}`);
		// One page was loaded for the person, when the rule that had stopped it was taken back.
		const freed = `${firefox.extensionUrl().slice(0, -1)} https://like-a-proxy.${SUFFIX}/`;
		const own = askers.filter((one) => one.startsWith("moz-extension:") && one !== freed);
		// A tab showed each of these.
		const opened = world.lab.log.all(({ method }) => method !== "HEAD").map(({ host }) => host);
		// This one's page was asked for as well, and Firefox itself turned away from it.
		opened.push(`distrusted.${SUFFIX}`);
		for (const one of own) {
			const address = new URL(one.split(" ")[1] ?? "");
			expect(address.href).toBe(`https://${address.host}/`);
			expect(opened).toContain(address.host);
		}
		const probes = world.lab.log.all(({ method, path }) => method === "HEAD" && path === "/");
		expect(probes.length).toBeGreaterThan(0);
		for (const { headers, bodyLength } of probes) {
			expect([headers.cookie, headers.authorization, headers.referer, bodyLength]).toEqual([
				undefined,
				undefined,
				undefined,
				0,
			]);
		}
		expect(world.lab.log.strangers).toEqual([]);
	});

	it("sends and keeps what the privacy statement says, and nothing else", async () => {
		const statement = await readFile(join(ROOT, "docs/privacy.md"), "utf8");
		/** The first cells of the table below a heading, each without its marks; what stands in them is code. */
		const firstCells = (heading: string): string[] =>
			(statement.split(`## ${heading}`)[1]?.split("\n## ")[0] ?? "")
				.split("\n")
				.filter((line) => line.startsWith("| `"))
				.flatMap((line) => [...(line.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ""));
		const sent = firstCells("What leaves your browser");
		// Nothing here follows a list (lists.test.ts does), so that probes are all there is.
		expect(sent).toEqual(["HEAD https://<site>/", "GET <list>", "GET <list>.sig"]);
		const own = await firefox.chrome((window: ChromeWindow) => [...window.countersignRequests] as string[]);
		expect(own.length).toBeGreaterThan(1);
		// That one page was loaded for the person, when the rule that had stopped it was taken back.
		const freed = `GET https://like-a-proxy.${SUFFIX}/`;
		expect(own.filter((one) => one !== freed && !/^HEAD https:\/\/[^/]+\/$/.test(one))).toEqual([]);
		const kept = firstCells("What is kept on your device");
		const patterns = kept.map((key) => new RegExp(`^${key.replace("/*", "/.+")}$`));
		const stored = await firefox.background(async (browser) => Object.keys(await browser.storage.local.get(null)));
		expect(stored).toContain("state");
		expect(stored.filter((key) => !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
		const others = await firefox.background(async (browser) => [
			...Object.keys(localStorage),
			...Object.keys(await browser.storage.sync.get(null)),
			...Object.keys(await browser.storage.session.get(null)),
			...(await indexedDB.databases()).map(({ name }) => `indexedDB ${name}`),
			...(await caches.keys()).map((name) => `cache ${name}`),
		]);
		expect(others.filter((key) => !kept.includes(key))).toEqual([]);
	});
});

/** Notes from now on in whose name requests leave Firefox. */
async function noteAskers(): Promise<void> {
	await firefox.chrome((window: ChromeWindow) => {
		const { Ci, Services } = window;
		const askers = new Set<string>();
		/** What the extension itself asks for. */
		const requests = new Set<string>();
		window.countersignAskers = askers;
		window.countersignRequests = requests;
		Services.obs.addObserver((subject: ChromeWindow) => {
			const { loadInfo, requestMethod, URI } = subject.QueryInterface(Ci.nsIHttpChannel);
			for (const principal of [loadInfo.triggeringPrincipal, loadInfo.loadingPrincipal]) {
				if (!principal) continue;
				askers.add(`${principal.origin} ${URI.spec}`);
				if (principal.origin.startsWith("moz-extension:")) requests.add(`${requestMethod} ${URI.spec}`);
			}
		}, "http-on-opening-request");
	});
}
