import { readdir } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { download, html, type LabHost, redirect } from "../lab/index.ts";
import { forgetRefused, reportOf, shownHistory, typeAddress, until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { createWorld, refusing, SUFFIX, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let refused: LabHost;
let tab: Tab;
let label = "";
let count = 0;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	refused = await world.host("refused", world.refusedCa);
	for (const host of [good, refused]) {
		host
			.route("/page", ({ path }) => page(host, path))
			.route("/file", download("file.bin", "a file"))
			.route("/hop", ({ path }) => redirect(new URL(path, host.url()).searchParams.get("to") ?? "/"));
	}
	good.route("/empty", html("<h1>empty</h1>"));
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
	// Requests shall leave and be answered: what is stopped before that is for other tests.
	const { rules } = JSON.parse(refusing([world.refusedRoot.spki]));
	await countersign.use(JSON.stringify({ version: 1, rules, settings: { preflight: "off" } }));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	label = `run-${++count}`;
	await forgetRefused(countersign);
	tab = await firefox.open();
	await tab.load(good.url("/empty"));
});

afterEach(async () => {
	const [first, ...others] = await firefox.tabs();
	for (const other of others) if (other.id !== first?.id) await other.close();
	countersign = await Countersign.open(firefox);
});

/** A page that tells of itself in every way there is, as soon as anything of it runs. */
function page(host: LabHost, path: string) {
	const run = /run-\d+/.exec(path)?.[0] ?? "run-0";
	const to = (what: string) => world.witness.url(`/${run}/${what}`);
	const link = `<${to("preload")}>; rel=preload; as=image`;
	return html(
		`<title>${host.name}</title><h1>content of ${host.name}</h1>
		${world.witness.markup(run)}
		<meta http-equiv="refresh" content="1;url=${to("refresh")}">
		<link rel="preload" as="script" href="${to("preload-script")}">
		<script src="${to("external")}"></script>
		<script>navigator.sendBeacon(${JSON.stringify(to("beacon"))}); document.cookie = "script=1; Secure";</script>
		<iframe src="${to("frame")}"></iframe>`,
		{
			"set-cookie": ["header=1; Secure", `wide=1; Secure; Domain=${SUFFIX}`],
			"strict-transport-security": "max-age=31536000",
			link,
		},
	);
}

const at = (host: LabHost, path = "/"): string => host.url(`${path}?${label}`);

/** What pages of the test at hand reported. */
const reports = (run = label): string[] => world.witness.hits().filter((path) => path.startsWith(`/${run}/`));

/** Whether Firefox wrote down that this host is never to be asked without TLS. */
function isPinnedToTls(host: LabHost): Promise<boolean> {
	return firefox.chrome(
		(window: ChromeWindow, url, site) => {
			const { Cc, Ci, Services } = window;
			const service = Cc["@mozilla.org/ssservice;1"].getService(Ci.nsISiteSecurityService);
			return service.isSecureURI(Services.io.newURI(url), { partitionKey: `(https,${site})` }) as boolean;
		},
		...([host.url(), SUFFIX] as const),
	);
}

/** Tests in which nothing may have run, to be looked at again in the end. */
const stoppedRuns = new Set<string>();

interface Before {
	readonly history: string[];
	readonly entries: string[];
}

async function asItIs(): Promise<Before> {
	return { history: await shownHistory(firefox), entries: (await firefox.entries(tab)).urls };
}

/** The block page is there, nothing ran, nothing was stored, and the way back is as it was. */
async function expectStopped(where: Tab, { history, entries }: Before): Promise<void> {
	await where.waitFor(({ url, text }) => isBlockPage(url) && text.includes(refused.name), "the block page");
	expect(reports()).toEqual([]);
	stoppedRuns.add(label);
	expect((await firefox.cookies(SUFFIX)).filter(({ host }) => host !== good.name)).toEqual([]);
	expect(await isPinnedToTls(refused)).toBe(false);
	expect(await shownHistory(firefox)).toEqual(history);
	const { urls, index } = await firefox.entries(where);
	expect(urls.slice(0, -1)).toEqual(entries);
	expect(urls.at(-1)).toSatisfy(isBlockPage);
	expect(index).toBe(entries.length);
	await world.lab.log.waitFor((request) => request.host === refused.name && request.path.includes(label));
}

async function expectBackWorks(): Promise<void> {
	await tab.traverse(-1);
	await tab.waitForUrl(good.url("/empty"));
	expect((await reportOf(firefox, countersign, tab)).state).toBe("local-root");
}

/** The tab that opened by itself. */
async function newTab(): Promise<Tab> {
	return await until(firefox, "a new tab", async () => {
		for (const one of await firefox.tabs()) {
			if (one.id !== tab.id && isBlockPage((await one.state()).url)) return one;
		}
		return undefined;
	});
}

/** Clicks with the middle button, which opens links in a new tab. */
async function middleClick(selector: string): Promise<void> {
	await tab.waitForSelector(selector);
	const { x, y } = await tab.evaluate((wanted) => {
		const box = document.querySelector(wanted)?.getBoundingClientRect();
		return { x: Math.round(box?.x ?? 0) + 2, y: Math.round(box?.y ?? 0) + 2 };
	}, selector);
	await firefox.remote.send("input.performActions", {
		context: tab.id,
		actions: [
			{
				type: "pointer",
				id: "middle",
				actions: [
					{ type: "pointerMove", x, y },
					{ type: "pointerDown", button: 1 },
					{ type: "pointerUp", button: 1 },
				],
			},
		],
	});
}

/** Puts markup into the good page that the tab shows. */
const show = (markup: string): Promise<void> =>
	tab.evaluate((text) => {
		document.body.innerHTML = text;
	}, markup);

describe("the page of the tests", () => {
	it("runs, sets cookies, is remembered and saves files when its authority is accepted", async () => {
		await tab.load(at(good, "/page"));
		for (const what of ["style", "image", "script", "preload", "external", "beacon", "frame", "refresh"]) {
			await world.lab.log.waitFor(({ path }) => path === `/${label}/${what}`);
		}
		expect((await firefox.cookies(SUFFIX)).map(({ name }) => name).toSorted()).toEqual(["header", "script", "wide"]);
		expect(await shownHistory(firefox)).toContain(at(good, "/page"));
		expect(await isPinnedToTls(good)).toBe(true);
		await tab.go(at(good, "/file"));
		await until(firefox, "the file", async () => (await downloads()).includes("file.bin") || undefined);
		await firefox.chrome((window: ChromeWindow) => window.Services.cookies.removeAll());
	});
});

const downloads = (): Promise<string[]> => readdir(firefox.profile.downloads);

/** Every way to a page. All start on a good page in `tab`. */
const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
	"a typed address": () => typeAddress(firefox, tab, at(refused, "/page")),
	"a bookmark": () => tab.go(at(refused, "/page")),
	"a link": async () => {
		await show(`<a href="${at(refused, "/page")}">link</a>`);
		await tab.click("a");
	},
	"a form": async () => {
		await show(`<form method="post" action="${at(refused, "/page")}"><input name="a" value="b"><button>send</form>`);
		await tab.click("button");
	},
	"a meta refresh": () => show(`<meta http-equiv="refresh" content="0;url=${at(refused, "/page")}">`),
	"location.assign": () => tab.evaluate((url) => location.assign(url), at(refused, "/page")),
	"a frame that takes the whole page": () =>
		show(`<iframe srcdoc="<script>top.location = '${at(refused, "/page")}'</script>"></iframe>`),
	"a redirect at its start": () => tab.go(refused.url(`/hop?${label}&to=${encodeURIComponent(at(good, "/page"))}`)),
	"a redirect in its middle": () =>
		tab.go(
			good.url(
				`/hop?to=${encodeURIComponent(refused.url(`/hop?${label}&to=${encodeURIComponent(at(good, "/page"))}`))}`,
			),
		),
	"a redirect at its end": () => tab.go(good.url(`/hop?to=${encodeURIComponent(at(refused, "/page"))}`)),
	"a file to save": () => tab.go(at(refused, "/file")),
	"a link that saves": async () => {
		// Of the same site, or Firefox takes it for an ordinary link.
		await show(`<a download href="/hop?to=${encodeURIComponent(at(refused, "/file"))}">save</a>`);
		await tab.click("a");
	},
};

const NEW_TABS: Readonly<Record<string, () => Promise<unknown>>> = {
	"a link with a target": async () => {
		await show(`<a target="_blank" href="${at(refused, "/page")}">link</a>`);
		await tab.click("a");
	},
	"a link with an opener": async () => {
		await show(`<a target="other" rel="opener" href="${at(refused, "/page")}">link</a>`);
		await tab.click("a");
	},
	"a link, middle button": async () => {
		await show(`<a href="${at(refused, "/page")}">link</a>`);
		await middleClick("a");
	},
	"window.open": () => tab.evaluate((url) => void window.open(url), at(refused, "/page")),
	"window.open, then an address": () =>
		tab.evaluate(
			(url) => {
				const opened = window.open("about:blank");
				if (opened) opened.location.href = url;
			},
			at(refused, "/page"),
		),
};

describe("a refused page", () => {
	it.each(Object.entries(WAYS))("by %s: nothing of it is shown, run, stored or remembered", async (_, go) => {
		const were = await asItIs();
		await go();
		await expectStopped(tab, were);
		await expectBackWorks();
	});

	it.each(Object.entries(NEW_TABS))("in a new tab by %s: likewise", async (_, go) => {
		const { history } = await asItIs();
		await go();
		const opened = await newTab();
		await expectStopped(opened, { history, entries: [] });
		expect((await tab.state()).url).toBe(good.url("/empty"));
	});

	it("leaves alone what the tab showed earlier, back and forward", async () => {
		await tab.load(good.url("/empty?2"));
		await tab.load(good.url("/empty?3"));
		await tab.traverse(-1);
		await tab.waitForUrl(good.url("/empty?2"));
		await tab.go(at(refused, "/page"));
		await tab.waitForUrl(isBlockPage);
		expect((await firefox.entries(tab)).urls.slice(0, -1)).toEqual([good.url("/empty"), good.url("/empty?2")]);
		await tab.traverse(-2);
		await tab.waitForUrl(good.url("/empty"));
	});

	it("is not shown as source text either", async () => {
		const were = await asItIs();
		await typeAddress(firefox, tab, `view-source:${at(refused, "/page")}`);
		await expectStopped(tab, were);
	});

	it("stops each time it is loaded again, and lets go when the rule does", async () => {
		await tab.go(at(refused, "/page"));
		const { document } = await tab.waitForUrl(isBlockPage);
		await tab.go(at(refused, "/page"));
		await tab.waitFor((now) => isBlockPage(now.url) && now.document !== document, "the block page again");
		// One block page takes the place of the other: Back still goes to the good page.
		expect((await firefox.entries(tab)).urls).toHaveLength(2);
		expect(reports()).toEqual([]);
		await countersign.use(refusing([world.refusedRoot.spki], { enabled: false }));
		await tab.waitForUrl(at(refused, "/page"));
		expect((await firefox.entries(tab)).urls).toEqual([good.url("/empty"), at(refused, "/page")]);
		await countersign.use(refusing([world.refusedRoot.spki]));
		await tab.waitForUrl(isBlockPage);
		expect((await firefox.entries(tab)).urls).toHaveLength(2);
		await firefox.chrome((window: ChromeWindow) => window.Services.cookies.removeAll());
	});

	it("has sent nothing to anybody, and saved nothing, by the end either", async () => {
		// All the time since each of these tests went by for something of it to arrive late.
		const late = [...stoppedRuns].flatMap((run) => reports(run));
		expect(late).toEqual([]);
		expect(stoppedRuns.size).toBeGreaterThan(15);
		expect(await downloads()).toEqual(["file.bin"]);
		expect(world.lab.log.strangers).toEqual([]);
	});
});
