import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { html, image, type LabHost } from "../lab/index.ts";
import {
	type Answers,
	answerSecurityInfo,
	atRest,
	endOf,
	forgetRefused,
	noteEnds,
	reported,
	reportOf,
	typeAddress,
} from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { arm, disarm } from "./faults.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, refusing, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let refused: LabHost;
let tab: Tab;
let label = 0;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	refused = await world.host("refused", world.refusedCa);
	for (const host of [good, refused]) {
		host.route("/page", ({ path }) => html(`<h1>${host.name}</h1>${world.witness.markup(path.split("?")[1] ?? "")}`));
		host.route("/picture", image({ "cache-control": "no-store" }));
	}
	good.plain.route("/", html("<h1>without TLS</h1>"));
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	await countersign.use(refusing([world.refusedRoot.spki]));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	label++;
	await forgetRefused(countersign);
	tab = await firefox.open();
});

afterEach(async () => {
	await answerSecurityInfo(firefox, "as it does");
	await disarm(firefox);
	await tab.close();
});

type Setting = "block" | "allow";

/** Sets what happens to what cannot be judged. */
async function setUnverifiable(unverifiable: Setting): Promise<void> {
	const changed = await countersign.ask("saveSettings", { preflight: "off", unverifiable, changedCountry: "off" });
	expect(changed).toEqual({ ok: true });
}

/** What a page of the test at hand reported when it ran. */
const reports = (): string[] => world.witness.hits().filter((path) => path.startsWith(`/run-${label}/`));

const page = (host: LabHost): string => host.url(`/page?run-${label}`);

/** Loads an address that must not be shown, and waits for the block page. */
async function expectStopped(host: LabHost): Promise<void> {
	await tab.go(page(host));
	await tab.waitForUrl(isBlockPage);
	// The server had its say; nothing of that was shown or ran.
	await world.lab.log.waitFor((request) => request.url === page(host));
	expect(await endOf(firefox, page(host))).toMatch(/ABORT/);
	expect(reports()).toEqual([]);
}

const certificate = {
	subject: "CN=x",
	issuer: "CN=y",
	validity: { start: 1, end: 2 },
	fingerprint: { sha256: Array(32).fill("AB").join(":") },
	subjectPublicKeyInfoDigest: { sha256: "A".repeat(43).concat("=") },
	isBuiltInRoot: false,
};

const ANSWERS: readonly (readonly [what: string, answers: Answers])[] = [
	["nothing", "with undefined"],
	["an error", "with an error"],
	["an exception", "by throwing"],
	["null", { value: null }],
	["text", { value: "secure" }],
	["an empty object", { value: {} }],
	["no certificates, and no error that was clicked through", { value: { state: "secure", certificates: [] } }],
	["certificates that are no list", { value: { state: "secure", certificates: { 0: certificate } } }],
	["a certificate without a key", { value: { certificates: [{ ...certificate, subjectPublicKeyInfoDigest: {} }] } }],
	["a certificate without dates", { value: { certificates: [{ ...certificate, validity: null }] } }],
	["a chain that never ends", { value: { certificates: Array(17).fill(certificate) } }],
];

describe("an answer that cannot be used", () => {
	it.each(ANSWERS)("%s: the page is stopped, and is one that cannot be checked", async (_, answers) => {
		await setUnverifiable("block");
		await answerSecurityInfo(firefox, answers);
		await expectStopped(good);
		const { refusal } = await reportOf(firefox, countersign, tab);
		expect(await countersign.ask("refusal", refusal ?? "")).toMatchObject({ outcome: "unverifiable", rule: null });
	});

	it("none at all: the page is stopped when the time is up", { timeout: 60_000 }, async () => {
		await setUnverifiable("block");
		await answerSecurityInfo(firefox, "never");
		await expectStopped(good);
		const { refusal } = await reportOf(firefox, countersign, tab);
		expect(await countersign.ask("refusal", refusal ?? "")).toMatchObject({ unreadable: "timeout" });
	});

	it("parts are stopped as well", async () => {
		await setUnverifiable("block");
		await tab.load(page(good));
		await atRest(firefox, tab);
		await answerSecurityInfo(firefox, "with undefined");
		const loaded = await tab.evaluate(async (url) => {
			const picture = new Image();
			picture.src = url;
			return await picture.decode().then(
				() => true,
				() => false,
			);
		}, refused.url("/picture"));
		expect(loaded).toBe(false);
		await reported(firefox, countersign, tab, "the stopped picture", ({ partsCount }) => partsCount === 1);
	});

	it.each([ANSWERS[0], ANSWERS[1], ANSWERS[6]].filter((one) => one !== undefined))(
		"%s: the page is shown, as not checked, where the person prefers that",
		async (_, answers) => {
			await setUnverifiable("allow");
			await answerSecurityInfo(firefox, answers);
			await tab.load(page(good));
			await reported(firefox, countersign, tab, "not checked", ({ state, why }) => {
				return state === "not-checked" && why === "unreadable";
			});
			await setUnverifiable("block");
		},
	);
});

describe("a mistake of ours", () => {
	it.each(["judge", "verdict", "accepted"])("%s: a good page is stopped", async (point) => {
		await arm(firefox, point);
		await expectStopped(good);
		await disarm(firefox);
		// And nothing stays broken.
		await tab.load(page(good));
		await world.lab.log.waitFor((request) => request.path.startsWith(`/run-${label}/`));
	});

	it.each(["judge", "verdict", "stopped"])("%s: a refused page is stopped", async (point) => {
		await arm(firefox, point);
		await expectStopped(refused);
	});

	it("show: where the block page cannot be shown, the old page stays", async () => {
		await tab.load(good.url());
		await arm(firefox, "show");
		await tab.go(page(refused));
		await world.lab.log.waitFor((request) => request.url === page(refused));
		expect(await endOf(firefox, page(refused))).toBe("NS_ERROR_ABORT");
		expect((await tab.state()).url).toBe(good.url());
		expect(reports()).toEqual([]);
		expect((await firefox.entries(tab)).urls).toEqual([good.url()]);
	});
});

describe("what nobody vouches for", () => {
	it("is none of the guard's business, whatever Firefox answers", async () => {
		await setUnverifiable("block");
		await tab.load(good.url());
		await answerSecurityInfo(firefox, "with undefined");
		const inner = await tab.evaluate(async () => {
			const frame = document.createElement("iframe");
			frame.srcdoc = "<p>srcdoc</p>";
			const other = document.createElement("iframe");
			other.src = URL.createObjectURL(new Blob(["<p>blob</p>"], { type: "text/html" }));
			const loaded = [frame, other].map(
				(one) =>
					new Promise<string>((resolve) => {
						one.onload = () => resolve(one.contentDocument?.body.textContent ?? "");
					}),
			);
			document.body.append(frame, other);
			const data = await fetch("data:text/plain,data").then((response) => response.text());
			return [...(await Promise.all(loaded)), data];
		});
		expect(inner).toEqual(["srcdoc", "blob", "data"]);
		await typeAddress(firefox, tab, good.url("/", "http"));
		await tab.waitForText("without TLS");
		await reported(firefox, countersign, tab, "http", ({ why }) => why === "http");
		for (const address of ["about:license", firefox.extensionUrl("src/options/index.html")]) {
			await typeAddress(firefox, tab, address);
			await tab.waitForUrl((url) => url.startsWith(address));
		}
	});
});
