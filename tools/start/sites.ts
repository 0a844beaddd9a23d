/** The sites of the lab: how each is made, and what should happen there. */
import { download, image, redirect, script } from "../../tests/lab/index.ts";
import { type Demo, dateLimit, early, late } from "./lab.ts";
import { page, partPage, partsPage, socketPage } from "./pages.ts";

/** What a visit came to. */
export interface Happened {
	/** The page itself, the block page in its place, or the block page of a rule that only warns. */
	readonly outcome: "shown" | "stopped" | "warned";
	/** Parts of the page that were stopped. */
	readonly parts: number;
	/** What the toolbar button says. */
	readonly state: "protected" | "stopped" | "local-root";
	/** What the block page asks for to go on. */
	readonly way: "none" | "click" | "type-name" | "none-strict";
}

/** One site as the table has it. */
export interface Site {
	readonly id: string;
	readonly title: string;
	/** What should happen there, for people. */
	readonly should: string;
	readonly expected: Happened;
	/** Text that is there once everything of a shown page has been decided. */
	readonly settled: string;
	/** Where to go. */
	readonly url: string;
	/** Names whose requests belong to the visit. */
	readonly hosts: readonly string[];
}

const SHOWN: Happened = { outcome: "shown", parts: 0, state: "protected", way: "none" };
const STOPPED: Happened = { outcome: "stopped", parts: 0, state: "stopped", way: "type-name" };

/** A site with its servers not started yet. */
interface Plan extends Omit<Site, "url" | "hosts" | "settled"> {
	readonly settled?: string;
	/** Starts what answers; gives the address, and further names that belong to it. */
	readonly start: (demo: Demo) => Promise<{ readonly url: string; readonly also?: readonly string[] }>;
}

/** A site that is one page, signed by `signer`. */
const single =
	(label: string, signer: (demo: Demo) => Parameters<Demo["host"]>[1], words: string): Plan["start"] =>
	async (demo) => {
		const host = await demo.host(label, signer(demo), { "/": page(label, words) });
		return { url: host.url() };
	};

/** A site that must be stopped: its page would report that it ran. */
const trapped =
	(label: string, signer: (demo: Demo) => Parameters<Demo["host"]>[1]): Plan["start"] =>
	async (demo) => {
		const host = await demo.host(label, signer(demo), { "/": demo.trapPage(label) });
		return { url: host.url() };
	};

const day = dateLimit.toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });

const PLANS: readonly Plan[] = [
	{
		id: "good",
		title: "A good site",
		should: "It is shown. The toolbar button says who vouches for it.",
		expected: SHOWN,
		start: single("good", ({ authorities }) => authorities.good, "Nobody you refuse vouches for this page."),
	},
	{
		id: "refused",
		title: "A refused authority",
		should: "It is stopped. Advanced has the way through: type the name of the site.",
		expected: STOPPED,
		start: trapped("refused", ({ authorities }) => authorities.refused),
	},
	{
		id: "crossed",
		title: "Refused, but vouched for by a good one",
		should: "It is stopped all the same: a good authority signed the refused one's key.",
		expected: STOPPED,
		start: trapped("crossed", ({ authorities }) => authorities.crossed),
	},
	{
		id: "parts",
		title: "A good page with refused parts",
		should: "The page is shown without an image, a script and a frame. The button counts 3; the popup lists them.",
		expected: { ...SHOWN, parts: 3 },
		settled: "3 parts are missing",
		async start(demo) {
			const parts = await demo.host("parts-elsewhere", demo.authorities.refused, {
				"/image": image(),
				"/script.js": script("tell('script', 'came');"),
				"/frame": partPage(),
			});
			const host = await demo.host("parts", demo.authorities.good, {
				"/": partsPage(parts.url("/image"), parts.url("/script.js"), parts.url("/frame")),
			});
			return { url: host.url(), also: [parts.name] };
		},
	},
	{
		id: "clicked-through",
		title: "A warning that was clicked away",
		should: "It is stopped. Nobody vouches for it, and Firefox's own warning was clicked away earlier.",
		expected: STOPPED,
		start: trapped("self-signed", () => "self"),
	},
	{
		id: "router",
		title: "A router at home",
		should: "It is shown, with the same clicked warning: names such as .lan stay reachable.",
		expected: SHOWN,
		start: single("router.lan", () => "self", "Nobody vouches for this page, as for most routers."),
	},
	{
		id: "named",
		title: "Refused but for one name, at that name",
		should: "It is shown: the rule accepts Narrow Trust for this name.",
		expected: SHOWN,
		start: single("office", ({ authorities }) => authorities.named, "The rule accepts its authority here."),
	},
	{
		id: "named-elsewhere",
		title: "Refused but for one name, elsewhere",
		should: "It is stopped: the rule accepts Narrow Trust for another name only.",
		expected: STOPPED,
		start: trapped("shop", ({ authorities }) => authorities.named),
	},
	{
		id: "dated",
		title: `Refused from ${day} on, from before`,
		should: "It is shown: its identity document is older than that.",
		expected: SHOWN,
		start: single("old", ({ authorities }) => ({ by: authorities.dated, since: early }), "Issued before the limit."),
	},
	{
		id: "dated-late",
		title: `Refused from ${day} on, from after`,
		should: "It is stopped: its identity document was issued after that.",
		expected: STOPPED,
		start: trapped("new", ({ authorities }) => ({ by: authorities.dated, since: late })),
	},
	{
		id: "socket",
		title: "A good page with a refused WebSocket",
		should: "The page is shown, its socket never opens. The button counts 1.",
		expected: { ...SHOWN, parts: 1 },
		settled: "The socket was closed",
		async start(demo) {
			const socket = await demo.host("socket-elsewhere", demo.authorities.refused);
			socket.socket("/");
			const host = await demo.host("socket", demo.authorities.good, { "/": socketPage(socket.url("/", "wss")) });
			return { url: host.url(), also: [socket.name] };
		},
	},
	{
		id: "redirect",
		title: "A good site that leads to a refused one",
		should: "It is stopped at the second step.",
		expected: STOPPED,
		async start(demo) {
			const target = await demo.host("redirected", demo.authorities.refused, { "/": demo.trapPage("redirected") });
			const host = await demo.host("redirect", demo.authorities.good, { "/": redirect(target.url()) });
			return { url: host.url(), also: [target.name] };
		},
	},
	{
		id: "download",
		title: "A download",
		should: "It is stopped, and no file is saved.",
		expected: STOPPED,
		async start(demo) {
			const host = await demo.host("download", demo.authorities.refused, {
				"/setup.bin": download("setup.bin", "not what you wanted\n"),
			});
			return { url: host.url("/setup.bin") };
		},
	},
	{
		id: "typed",
		title: "An address without https",
		should: "Firefox asks for https by itself. It is stopped, and never tried again without protection.",
		expected: STOPPED,
		async start(demo) {
			const host = await demo.host("typed", demo.authorities.refused, { "/": demo.trapPage("typed") });
			host.plain.route("/", demo.trapPage("typed, over http"));
			return { url: host.url("/", "http") };
		},
	},
	{
		id: "warned",
		title: "A rule that warns",
		should: "It is held back. Advanced has the way through: one click.",
		expected: { ...STOPPED, outcome: "warned", way: "click" },
		start: trapped("doubtful", ({ authorities }) => authorities.warned),
	},
	{
		id: "strict",
		title: "A strict rule",
		should: "It is stopped. There is no way through.",
		expected: { ...STOPPED, way: "none-strict" },
		start: trapped("forbidden", ({ authorities }) => authorities.strict),
	},
	{
		id: "company",
		title: "Behind a company's proxy",
		should: "It is shown. The button says that an authority added to this computer hides the real one.",
		expected: { ...SHOWN, state: "local-root" },
		start: single("proxied", ({ authorities }) => authorities.company, "An added authority vouches for this page."),
	},
];

/** Starts all sites. */
export async function startSites(demo: Demo): Promise<Site[]> {
	const sites: Site[] = [];
	for (const { start, settled = "This page was shown", ...plan } of PLANS) {
		const { url, also = [] } = await start(demo);
		sites.push({ ...plan, settled, url, hosts: [new URL(url).hostname, ...also] });
	}
	return sites;
}
