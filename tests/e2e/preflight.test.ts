/** Preflight in real Firefox: what would be lost does not leave before it is known who vouches. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { echo, html, image, type LabHost, type LoggedRequest } from "../lab/index.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { blocked } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

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
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	tab = await firefox.open();
});

afterEach(async () => {
	await tab.close().catch(() => undefined);
});

async function begin(settings?: object): Promise<void> {
	countersign = await Countersign.open(firefox);
	await use(settings);
}

/** Puts the rule against the refused authority in force, with other settings if need be. */
const use = (settings: object = {}): Promise<void> => {
	const document = JSON.parse(refusing([world.refusedRoot.spki]));
	return countersign.use(JSON.stringify({ ...document, settings: { preflight: "credentials", ...settings } }));
};

/** As when the computer comes to another network. */
const changeNetwork = (): Promise<void> =>
	firefox.background(() => {
		dispatchEvent(new Event("online"));
	});

const switchToRefused = async (site: LabHost): Promise<void> =>
	site.present(await world.refusedCa.leaf({ names: [site.name] }));

/** What a request must not bring to a server that nobody was asked about. */
const treasure = ({ headers, bodyLength }: LoggedRequest): string[] =>
	[
		headers.cookie && `cookie ${headers.cookie}`,
		headers.authorization && `authorization ${headers.authorization}`,
		bodyLength > 0 && `body of ${bodyLength}`,
	].filter((one): one is string => typeof one === "string" && one !== "");

const brief = ({ method, path, headers }: LoggedRequest): string =>
	`${method} ${path}${headers.cookie ? " with a cookie" : ""}`;

/** A site that knows the person: a cookie, a password, a page with everything that would give them away. */
async function knownSite(label = "known"): Promise<LabHost> {
	labels += 1;
	const site = await world.host(`${label}${labels}`);
	site
		.route("/", ({ headers }) => html(`<h1>${headers.cookie ? "signed in" : "signed out"}</h1>`))
		.route("/sign-in", html("<h1>welcome</h1>", { "set-cookie": "session=secret; Secure; Path=/; Max-Age=3600" }))
		.route("/image", image())
		.route("/echo", echo())
		.route("/form", html(`<form method="post" action="/echo"><input name="text"><button>send</button></form>`))
		.route("/password", ({ headers }) =>
			headers.authorization
				? html("<h1>let in</h1>")
				: { status: 401, headers: { "www-authenticate": 'Basic realm="lab"' }, body: "password?" },
		)
		.socket("/socket");
	await tab.load(site.url("/sign-in"));
	await tab.load(start.url());
	return site;
}

describe("a good site", () => {
	it("is probed once before cookies leave, then not again; never with them", async () => {
		const site = await knownSite();
		await changeNetwork();
		const before = site.requests().length;
		await tab.load(site.url());
		expect((await tab.state()).text).toContain("signed in");
		await tab.load(site.url());
		expect(site.requests().slice(before).map(brief)).toEqual(["HEAD /", "GET / with a cookie", "GET / with a cookie"]);
		const probe = site.requests()[before] as LoggedRequest;
		expect(treasure(probe)).toEqual([]);
		expect(Object.keys(probe.headers).filter((name) => /^(referer|origin|cookie|authorization)$/.test(name))).toEqual(
			[],
		);
	});
});

describe("a switched host", () => {
	it("never gets the cookie", async () => {
		const site = await knownSite();
		await changeNetwork();
		await switchToRefused(site);
		const before = site.requests().length;
		await tab.go(site.url());
		await blocked(tab, site.name);
		expect(site.requests().slice(before).map(brief)).toEqual(["HEAD /"]);
	});
});

describe("a site that does not answer the probe", () => {
	it("gets the page's request without the cookie, and the page is loaded again signed in", async () => {
		const site = await knownSite();
		site.route("*", html("other"));
		const plain = site.find("/") as (request: unknown) => never;
		site.route("/", (request) => (request.method === "HEAD" ? new Promise(() => undefined) : plain(request)));
		await changeNetwork();
		const before = site.requests().length;
		await tab.go(site.url());
		await tab.waitForText("signed in");
		expect(site.requests().slice(before).map(brief)).toEqual(["HEAD /", "GET /", "GET / with a cookie"]);
	}, 60_000);
});
