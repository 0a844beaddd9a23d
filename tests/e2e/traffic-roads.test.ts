import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TabReport } from "../../src/protocol.ts";
import { html, image, type LabHost, redirect, style } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { endOf, forgetEnds, noteEnds, reported, reportOf, until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { createWorld, NO_RULES, refusing, SUFFIX, type World } from "./world.ts";

// The roads that answers come by: redirects, shared and resumed connections, caches in memory, hints that
// come before an answer, passwords that a server asks for, and what Firefox fetches of its own.

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let tab: Tab;
let rules: string;
let lateRoot: Authority;

const OPEN = { "access-control-allow-origin": "*", "cache-control": "no-store" };

/** Requests shall leave and be answered: what is stopped before that is for other tests. */
const withoutPreflight = (document: string): string =>
	JSON.stringify({ ...JSON.parse(document), settings: { preflight: "off" } });

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	lateRoot = await world.pki.root({ name: "CN=Late Root,O=Late Trust,C=US" });
	rules = withoutPreflight(refusing([world.refusedRoot.spki]));
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot, lateRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	await countersign.use(rules);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	tab = await firefox.open();
	await tab.load(good.url());
	await forgetEnds(firefox);
});

afterEach(() => tab.close());

const told = (label: string): string[] => world.witness.hits().filter((path) => path.startsWith(`/${label}/`));

const loadsImage = async (url: string): Promise<boolean> =>
	await tab.evaluate(
		(src) =>
			new Promise<boolean>((resolve) => {
				const one = new Image();
				one.onload = () => resolve(true);
				one.onerror = () => resolve(false);
				one.src = src;
			}),
		url,
	);

const stoppedPart = () => reported(firefox, countersign, tab, "the stopped part", ({ partsCount }) => partsCount > 0);

const handshakes = (host: LabHost): { resumed: boolean }[] =>
	world.lab.log.handshakes.filter((one) => one.host === host.name);

describe("twenty redirects", () => {
	/** As many as Firefox follows. */
	const HOPS = 20;
	const names = Array.from({ length: HOPS + 1 }, (_, index) => index);

	/** A chain of hosts, of which one, if any, is refused. Answers with the address it begins at. */
	async function chain(
		label: string,
		refusedAt: number | null,
	): Promise<{ start: string; refused: LabHost | null; after: LabHost | null }> {
		// Two hosts that take turns are enough for the good ones.
		const [even, odd] = [await world.host(`${label}-even`), await world.host(`${label}-odd`)];
		const refused = refusedAt === null ? null : await world.host(`${label}-refused`, world.refusedCa);
		const hosts = names.map((index) => (index === refusedAt && refused ? refused : index % 2 ? odd : even));
		for (const [index, host] of hosts.entries()) {
			const next = hosts[index + 1];
			host.route(`/${index}`, next ? redirect(next.url(`/${index + 1}`), 302, OPEN) : image(OPEN));
			host.route(`/page-${index}`, next ? redirect(next.url(`/page-${index + 1}`)) : html(world.witness.markup(label)));
		}
		return {
			start: hosts[0]?.url("/0") ?? "",
			refused,
			after: refusedAt === null ? null : (hosts[refusedAt + 1] ?? null),
		};
	}

	const toPage = (url: string): string => url.replace(/\/0$/, "/page-0");

	it("are followed to the end where nobody is refused", async () => {
		const { start } = await chain("all", null);
		expect(await loadsImage(start)).toBe(true);
		await tab.go(toPage(start));
		await world.lab.log.waitFor(() => told("all").length === 3);
	});

	it("end at a refused host, wherever it stands: an image", async () => {
		const stopped: string[] = [];
		for (const at of names) {
			const { start, refused, after } = await chain(`image-${at}`, at);
			expect([at, await loadsImage(start)]).toEqual([at, false]);
			expect(refused?.requests().map(({ path }) => path)).toEqual([`/${at}`]);
			expect(after?.requests().map(({ path }) => path) ?? []).not.toContain(`/${at + 1}`);
			stopped.push(refused?.name ?? "");
		}
		const { parts } = await reported(firefox, countersign, tab, "all parts", ({ partsCount }) => partsCount > HOPS);
		expect(parts.flatMap(({ hosts }) => hosts.map(({ host }) => host)).toSorted()).toEqual(stopped.toSorted());
	});

	it.each([0, 1, 7, 19, 20])("end at a refused host, number %i: a page", async (at) => {
		const { start, refused, after } = await chain(`page-${at}`, at);
		await tab.go(toPage(start));
		await tab.waitFor(({ url, text }) => isBlockPage(url) && text.includes(refused?.name ?? "-"), "the block page");
		expect(refused?.requests().map(({ path }) => path)).toEqual([`/page-${at}`]);
		expect(after?.requests().map(({ path }) => path) ?? []).not.toContain(`/page-${at + 1}`);
		expect(told(`page-${at}`)).toEqual([]);
		expect((await firefox.history()).filter((url) => url.startsWith(refused?.url() ?? "-"))).toEqual([]);
	});
});

describe("a connection that two hosts share (HTTP/2)", () => {
	/** With the real port: Firefox shares no connection whose port it was told to replace. */
	const imageOf = ({ name }: LabHost): string => `https://${name}:${world.lab.tlsPort}/image`;

	/** Two hosts with one certificate: Firefox asks for the second over the first one's connection. */
	async function pair(label: string, authority = world.goodCa): Promise<[LabHost, LabHost]> {
		const names = [`${label}-a.${SUFFIX}`, `${label}-b.${SUFFIX}`] as const;
		const leaf = await authority.leaf({ names: [...names] });
		const hosts = names.map((name) => world.lab.host(name, leaf).route("/image", image(OPEN)));
		hosts[0]?.origins.push(`https://${names[1]}:${world.lab.tlsPort}`);
		return hosts as [LabHost, LabHost];
	}

	/** The second came over the first one's connection, and was asked. */
	function expectShared(one: LabHost, two: LabHost): void {
		expect([handshakes(one).length, handshakes(two).length]).toEqual([1, 0]);
		expect(two.requests().map(({ protocol }) => protocol)).toEqual(["h2"]);
	}

	it("is accepted for both", async () => {
		const [one, two] = await pair("shared");
		expect([await loadsImage(imageOf(one)), await loadsImage(imageOf(two))]).toEqual([true, true]);
		expectShared(one, two);
		expect((await reportOf(firefox, countersign, tab)).parts).toEqual([]);
	});

	it("is refused for both", async () => {
		const [one, two] = await pair("shared-refused", world.refusedCa);
		expect([await loadsImage(imageOf(one)), await loadsImage(imageOf(two))]).toEqual([false, false]);
		expectShared(one, two);
		const { parts } = await reported(firefox, countersign, tab, "two parts", ({ partsCount }) => partsCount === 2);
		expect(parts[0]?.hosts.map(({ host }) => host).toSorted()).toEqual([one.name, two.name]);
	});

	it("is judged for each by its own name", async () => {
		const [one, two] = await pair("shared-named");
		await countersign.use(withoutPreflight(refusing([world.goodRoot.spki], { sites: [two.name] })));
		expect([await loadsImage(imageOf(one)), await loadsImage(imageOf(two))]).toEqual([true, false]);
		expectShared(one, two);
		expect((await stoppedPart()).parts).toMatchObject([{ hosts: [{ host: two.name, count: 1 }] }]);
		await countersign.use(rules);
	});
});

describe("a connection that is resumed", () => {
	it("is judged by the chain that it began with", async () => {
		const one = await world.host("resumed");
		one.route("/image", image(OPEN)).route("/again", image(OPEN));
		expect(await loadsImage(one.url("/image"))).toBe(true);
		await world.lab.disconnect(one);
		expect(await loadsImage(one.url("/again"))).toBe(true);
		expect(handshakes(one).map(({ resumed }) => resumed)).toEqual([false, true]);

		await world.lab.disconnect(one);
		// A page that has a part of it would be loaded again in the middle of what follows.
		await tab.load(good.url("/?resumed"));
		await reported(firefox, countersign, tab, "the next page", ({ url }) => url === good.url("/?resumed"));
		await countersign.use(withoutPreflight(refusing([world.goodRoot.spki], { sites: [one.name] })));
		await world.lab.disconnect(one);
		one.route("/refused", image(OPEN));
		const since = handshakes(one).length;
		expect(await loadsImage(one.url("/refused"))).toBe(false);
		expect(
			handshakes(one)
				.slice(since)
				.map(({ resumed }) => resumed),
		).toEqual([true]);
		expect((await stoppedPart()).parts).toMatchObject([{ hosts: [{ host: one.name, count: 1 }] }]);
		await countersign.use(rules);
	});
});

describe("a style in memory", () => {
	it("is used without anybody being asked, and not any more once it is refused", async () => {
		const one = await world.host("kept-style", world.refusedCa);
		one.route("/style", style("body { color: rgb(255, 0, 0) }", { "cache-control": "max-age=3600" }));
		const color = () =>
			tab.evaluate(async (href) => {
				const link = document.createElement("link");
				await new Promise((resolve) => {
					link.onload = link.onerror = resolve;
					link.rel = "stylesheet";
					link.href = href;
					document.head.append(link);
				});
				const found = getComputedStyle(document.body).color;
				link.remove();
				return found;
			}, one.url("/style"));
		await countersign.use(withoutPreflight(NO_RULES));
		expect([await color(), await color()]).toEqual(["rgb(255, 0, 0)", "rgb(255, 0, 0)"]);
		expect(one.requests()).toHaveLength(1);
		await countersign.use(rules);
		// The page showed a part that is refused now, so it is loaded again, and may be in the middle of that.
		await tab.waitForUrl(good.url());
		// What was stopped before that is gone with the page: so both are looked for together.
		await until(firefox, "the end of the style", async () => {
			const isGone = (await color()) === "rgb(0, 0, 0)";
			return (isGone && (await reportOf(firefox, countersign, tab)).partsCount > 0) || undefined;
		});
	});
});

describe("a refused site that asks for a password", () => {
	const ASKS = {
		status: 401,
		headers: { ...OPEN, "www-authenticate": 'Basic realm="lab"', "content-type": "text/html" },
		body: "<h1>password?</h1>",
	};

	/** Dialogs that ask for a name and a password, in all windows. */
	const dialogs = (): Promise<number> =>
		firefox.chrome((window: ChromeWindow) => {
			let count = 0;
			for (const one of window.Services.wm.getEnumerator("navigator:browser")) {
				for (const { contentWindow } of one.document.querySelectorAll(".dialogFrame")) {
					if (contentWindow?.document?.getElementById("loginTextbox")) count++;
				}
			}
			return count;
		});

	const asking = async (label: string, authority = world.refusedCa): Promise<LabHost> =>
		(await world.host(label, authority)).route("/", ASKS).route("*", ASKS);

	/** No request had the header, and no dialog is there, after everything has been answered. */
	async function expectNoQuestion(one: LabHost): Promise<void> {
		expect(one.requests().length).toBeGreaterThan(0);
		expect(one.requests().filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
		expect(await dialogs()).toBe(0);
	}

	it("is asked about by Firefox when it is accepted", async () => {
		const one = await asking("asks-good", world.goodCa);
		await tab.activate();
		await tab.go(one.url());
		await until(firefox, "the question", async () => (await dialogs()) === 1 || undefined);
		await firefox.chrome((window: ChromeWindow) => {
			for (const { contentWindow } of window.document.querySelectorAll(".dialogFrame")) {
				contentWindow?.document?.querySelector("dialog")?.cancelDialog();
			}
		});
		await tab.waitForText("password?");
		expect(await dialogs()).toBe(0);
	});

	it("as a page: no dialog, and nothing of the password in the address is sent", async () => {
		const one = await asking("asks-page");
		await tab.activate();
		await tab.go(one.url());
		await tab.waitFor(({ url, text }) => isBlockPage(url) && text.includes(one.name), "the block page");
		await expectNoQuestion(one);
		const two = await asking("asks-named");
		await tab.go(two.url().replace("//", "//user:word@"));
		await tab.waitFor(({ url, text }) => isBlockPage(url) && text.includes(two.name), "the block page");
		await expectNoQuestion(two);
		// The control: an accepted host is sent it when it asks.
		const three = await asking("asks-named-good", world.goodCa);
		three.route("/", ({ headers }) => (headers.authorization ? html("<h1>let in</h1>") : ASKS));
		await tab.go(three.url().replace("//", "//user:word@"));
		await world.lab.log.waitFor(({ host, headers }) => host === three.name && headers.authorization !== undefined);
	});

	it("as a part: no dialog", async () => {
		const one = await asking("asks-part");
		await tab.activate();
		expect(await loadsImage(one.url("/image"))).toBe(false);
		const fetched = await tab.evaluate(
			(url) =>
				new Promise<number>((resolve) => {
					const request = new XMLHttpRequest();
					request.open("GET", url, true, "user", "word");
					request.onloadend = () => resolve(request.status);
					request.send();
				}),
			one.url("/fetched"),
		);
		expect(fetched).toBe(0);
		await stoppedPart();
		await expectNoQuestion(one);
	});
});

describe("what a refused page asks for before and beside itself", () => {
	it("hints that come before it: asked for, judged, and never used", async () => {
		const [page, near] = [await world.host("hinting", world.refusedCa), await world.host("hinted-near")];
		const farName = "hinted.countersign-lab.org";
		const far = world.lab.host(farName, await world.goodCa.leaf({ names: [farName] }));
		const [connected, bad] = [await world.host("connected"), await world.host("hinted-bad", world.refusedCa)];
		for (const one of [near, far, bad]) {
			one
				.route("/", html("<h1>hinted</h1>", { "set-cookie": ["none=1; Secure; SameSite=None", "lax=1; Secure"] }))
				.route("/style", style("body { color: red }"));
		}
		await tab.load(near.url());
		await tab.load(far.url());
		await tab.load(good.url());
		const hint = (one: LabHost) => `<${one.url("/style")}>; rel=preload; as=style`;
		const asked = async (one: LabHost) => {
			const { headers } = await world.lab.log.waitFor(({ host, path }) => host === one.name && path === "/style");
			return { cookie: headers.cookie, referer: headers.referer };
		};
		page.route("/", {
			...html(world.witness.markup("hinting")),
			earlyHints: [hint(near), hint(far), hint(bad), `<${connected.url()}>; rel=preconnect`],
			// A server may take its time between the two.
			afterHints: () => Promise.all([near, far, bad].map(asked)),
		});
		await forgetEnds(firefox);
		await tab.go(page.url());
		await tab.waitFor(({ url, text }) => isBlockPage(url) && text.includes(page.name), "the block page");
		// They leave with the hint, in the name of the page that is refused, and with the cookies that a part has.
		expect(await asked(near)).toEqual({ cookie: expect.stringContaining("none=1"), referer: page.url() });
		expect(await asked(far)).toEqual({ cookie: undefined, referer: page.url() });
		await until(firefox, "the connection", async () => handshakes(connected).length > 0 || undefined);
		expect(connected.requests()).toEqual([]);
		// Each is judged as well.
		expect(await endOf(firefox, bad.url("/style"))).toMatch(/ABORT/);
		expect(told("hinting")).toEqual([]);
		expect((await tab.evaluate(() => getComputedStyle(document.body).color)) === "rgb(255, 0, 0)").toBe(false);
	});

	it("hints of a page that is accepted: what was stopped counts for that page, not for the one before", async () => {
		const [page, bad] = [await world.host("hints"), await world.host("hints-bad", world.refusedCa)];
		const [fine, late] = [await world.host("hints-fine"), await world.host("hints-late", lateRoot)];
		for (const one of [bad, fine, late]) one.route("/style", style("body { color: red }"));
		const styles = [bad, fine, late].map((one) => one.url("/style"));
		await firefox.background(({ webRequest }) => {
			const started: string[] = [];
			Object.assign(globalThis, { started });
			webRequest.onResponseStarted.addListener(({ url }) => void started.push(url), { urls: ["https://*/style"] });
		});
		const isAccepted = async (one: LabHost) => {
			const started = await firefox.background(() => (globalThis as unknown as { started: string[] }).started);
			return started.includes(one.url("/style")) || undefined;
		};
		let before: TabReport | undefined;
		page.route("/", {
			...html(`${styles.map((url) => `<link rel="stylesheet" href="${url}">`).join("")}<h1>hints</h1>`),
			earlyHints: styles.map((url) => `<${url}>; rel=preload; as=style`),
			// All are judged before the page is there to be judged.
			afterHints: async () => {
				await endOf(firefox, bad.url("/style"));
				for (const one of [fine, late]) await until(firefox, "an accepted hint", () => isAccepted(one));
				before ??= await reportOf(firefox, countersign, tab);
			},
		});
		const { document } = await tab.load(page.url());
		expect(before).toMatchObject({ url: good.url(), partsCount: 0, accepted: [] });
		const report = await stoppedPart();
		expect(report).toMatchObject({
			url: page.url(),
			partsCount: 1,
			parts: [{ hosts: [{ host: bad.name, count: 1 }] }],
		});
		expect(report.accepted.map(({ by }) => by?.commonName).toSorted()).toEqual(["Good Root", "Late Root"]);
		// What came by a hint is judged anew like any other part.
		await countersign.use(withoutPreflight(refusing([world.refusedRoot.spki, lateRoot.spki])));
		await tab.waitFor((state) => state.complete && state.document !== document, "the page, loaded again");
		await reported(firefox, countersign, tab, "both stopped parts", ({ partsCount }) => partsCount === 2);
		await countersign.use(rules);
	});

	it("Clear-Site-Data: nothing is cleared", async () => {
		const one = await world.host("clearing");
		one
			.route("/", html("<h1>kept</h1>", { "set-cookie": "kept=1; Secure" }))
			.route("/out", html("<h1>out</h1>", { "clear-site-data": '"cookies", "storage"' }));
		await tab.load(one.url());
		expect(await firefox.cookies(one.name)).toHaveLength(1);
		await one.presentAnew(await world.refusedCa.leaf({ names: [one.name] }));
		await tab.go(one.url("/out"));
		await tab.waitFor(({ url, text }) => isBlockPage(url) && text.includes(one.name), "the block page");
		expect(await firefox.cookies(one.name)).toHaveLength(1);
		// The control: an accepted answer clears.
		const two = await world.host("clearing-good");
		two
			.route("/", html("<h1>kept</h1>", { "set-cookie": "kept=1; Secure" }))
			.route("/out", html("<h1>out</h1>", { "clear-site-data": '"cookies", "storage"' }));
		await tab.load(two.url());
		expect(await firefox.cookies(two.name)).toHaveLength(1);
		await tab.load(two.url("/out"));
		await until(firefox, "no cookie", async () => (await firefox.cookies(two.name)).length === 0 || undefined);
	});

	it("preconnect: a handshake, and nothing in it", async () => {
		const one = await world.host("preconnected", world.refusedCa);
		await tab.evaluate((href) => {
			const link = document.createElement("link");
			link.rel = "preconnect";
			link.href = href;
			document.head.append(link);
		}, one.url());
		await until(firefox, "the handshake", async () => handshakes(one).length > 0 || undefined);
		expect(one.requests()).toEqual([]);
	});
});

describe("what Firefox saves for a person", () => {
	/** Files in the folder for downloads, whatever they are called, by what is in them. */
	const saved = async (): Promise<string[]> => {
		const all = await readdir(firefox.profile.downloads, { recursive: true, withFileTypes: true });
		const files = all.filter((one) => one.isFile());
		return await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), "utf8")));
	};

	const keeps = async (label: string, authority = world.goodCa): Promise<LabHost> =>
		(await world.host(label, authority))
			.route("/file", {
				headers: { "content-type": "text/plain", "set-cookie": "left=1; Secure; SameSite=None" },
				body: `file of ${label}`,
			})
			.route("/image", { ...image(OPEN), body: `<svg xmlns="http://www.w3.org/2000/svg"><!--${label}--></svg>` });

	/** Opens the menu of a link and chooses to save what it leads to. */
	async function saveLink(one: LabHost): Promise<void> {
		good.route("/link", html(`<a id="start" href="${one.url("/file")}">link</a>`));
		await tab.load(good.url("/link"));
		await tab.activate();
		await (await firefox.page(tab)).click("#start", { button: "right" });
		await until(firefox, "the menu", () =>
			firefox.chrome((window: ChromeWindow, url) => {
				const menu = window.document.getElementById("contentAreaContextMenu");
				if (menu.state !== "open" || window.gContextMenu?.linkURL !== url) return undefined;
				window.gContextMenu.saveLink();
				menu.hidePopup();
				return true as const;
			}, one.url("/file")),
		);
		await world.lab.log.waitFor(({ url }) => url === one.url("/file"));
	}

	/** Waits for Firefox's own words that the file could not be saved, and closes them. */
	const dismissAlert = (): Promise<true> =>
		until(firefox, "Firefox's alert", () =>
			firefox.chrome((window: ChromeWindow) => {
				for (const one of window.Services.wm.getEnumerator(null)) {
					if (!one.location.href.endsWith("/commonDialog.xhtml")) continue;
					const dialog = one.document.querySelector("dialog");
					if (!dialog?.acceptDialog) continue;
					dialog.acceptDialog();
					return true as const;
				}
				return undefined;
			}),
		);

	it("Save link as: not from a refused host, and the popup says so", async () => {
		const [yes, no] = [await keeps("saves"), await keeps("saves-not", world.refusedCa)];
		await saveLink(yes);
		await until(firefox, "the file", async () => (await saved()).includes("file of saves") || undefined);
		await forgetEnds(firefox);
		await saveLink(no);
		await dismissAlert();
		expect(await endOf(firefox, no.url("/file"))).toBe("NS_ERROR_ABORT");
		expect((await stoppedPart()).parts).toMatchObject([{ hosts: [{ host: no.name, count: 1 }] }]);
		expect(await saved()).not.toContain("file of saves-not");
		expect(await firefox.cookies(no.name)).toEqual([]);
	});

	it("Save page as: without the parts of a refused host", async () => {
		const [yes, no] = [await keeps("persists"), await keeps("persists-not", world.refusedCa)];
		good.route("/whole", html(`<img src="${no.url("/image")}"><img src="${yes.url("/image")}">`));
		await tab.load(good.url("/whole"));
		await endOf(firefox, no.url("/image"));
		await forgetEnds(firefox);
		await firefox.chrome(
			async (window: ChromeWindow, id, directory) => {
				const { Cc, ChromeUtils, Ci } = window;
				const { NavigableManager } = ChromeUtils.importESModule(
					"chrome://remote/content/shared/NavigableManager.sys.mjs",
				);
				const { embedderElement } = NavigableManager.getBrowsingContextById(id);
				const persist = Cc["@mozilla.org/embedding/browser/nsWebBrowserPersist;1"].createInstance(
					Ci.nsIWebBrowserPersist,
				);
				const file = (name: string) => {
					const one = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
					one.initWithPath(`${directory}/${name}`);
					return one;
				};
				const page = await new Promise((onDocumentReady, onError) => {
					embedderElement.frameLoader.startPersistence(null, { onDocumentReady, onError });
				});
				await new Promise<void>((done) => {
					const { STATE_IS_NETWORK, STATE_STOP } = Ci.nsIWebProgressListener;
					persist.progressListener = {
						QueryInterface: ChromeUtils.generateQI(["nsIWebProgressListener"]),
						onStateChange: (_progress: unknown, _request: unknown, flags: number) => {
							if (flags & STATE_STOP && flags & STATE_IS_NETWORK) done();
						},
						onProgressChange: () => undefined,
						onLocationChange: () => undefined,
						onStatusChange: () => undefined,
						onSecurityChange: () => undefined,
						onContentBlockingEvent: () => undefined,
					};
					persist.saveDocument(page, file("whole.html"), file("whole_files"), null, 0, 0);
				});
			},
			...([tab.id, firefox.profile.downloads] as const),
		);
		expect(await endOf(firefox, no.url("/image"))).toBe("NS_ERROR_ABORT");
		const files = await saved();
		expect(files.filter((body) => body.includes("<!--persists-->"))).toHaveLength(1);
		expect(files.filter((body) => body.includes("<!--persists-not-->"))).toEqual([]);
	});
});
