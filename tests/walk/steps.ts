/**
 * The steps of the walk. A step is plain data that means something in any state: numbers are taken
 * modulo what is there, and a step that has nothing to act on does nothing. So any list of steps can be
 * run, whatever was removed from it.
 */
import fc from "fast-check";

/** How many hosts and authorities there are. */
export const HOSTS = 6;
export const AUTHORITIES = 4;
/** Tabs that the walk keeps open at most. */
export const MAX_TABS = 4;

/**
 * What an address of a host answers with:
 * - `plain`: a page that no cache keeps, not even the one of Back and Forward
 * - `page`: one that Back and Forward keep, and no other cache
 * - `kept`: one that the disk cache keeps for an hour
 * - `made`: one that the host's service worker makes up, and that the server has as well
 */
export const PATHS = ["plain", "page", "kept", "made"] as const;
export type Path = (typeof PATHS)[number];

/** A part of a page; `image-kept` is one that the memory and disk caches keep. */
export const PARTS = ["image", "image-kept", "script", "style", "fetch", "frame", "socket"] as const;
export type PartKind = (typeof PARTS)[number];

export const ACTIONS = ["warn", "block", "strict"] as const;
/** What a rule names of an authority. */
export const SELECTORS = ["root", "intermediate", "organization"] as const;
/** Whether a rule is for one host only, or for all but one. */
export const SCOPES = ["all", "sites", "acceptFor"] as const;

export interface Page {
	readonly host: number;
	readonly path: Path;
	/** Tells one address of the kind from another. */
	readonly key: number;
}

export type Step =
	| { readonly kind: "navigate"; readonly tab: number; readonly page: Page; readonly how: "link" | "typed" | "script" }
	/** An http address, which HTTPS-First upgrades. */
	| { readonly kind: "http"; readonly tab: number; readonly host: number; readonly how: "link" | "typed" }
	/** Each of the hosts redirects to the next; the last one to the page. */
	| { readonly kind: "redirect"; readonly tab: number; readonly over: readonly number[]; readonly page: Page }
	/** A form that is posted and answered with a redirect to the page. */
	| { readonly kind: "post"; readonly tab: number; readonly host: number; readonly page: Page }
	| { readonly kind: "traverse"; readonly tab: number; readonly delta: -1 | 1 }
	| { readonly kind: "reload"; readonly tab: number; readonly anew: boolean }
	| {
			readonly kind: "part";
			readonly tab: number;
			readonly host: number;
			readonly part: PartKind;
			readonly key: number;
	  }
	| { readonly kind: "open"; readonly page: Page }
	| { readonly kind: "close"; readonly tab: number }
	/** Registers the service worker of the host that the tab shows. */
	| { readonly kind: "register"; readonly tab: number }
	/** The host shows a chain of another authority from now on. */
	| { readonly kind: "switch"; readonly host: number; readonly authority: number }
	/** Adds a rule, or changes the one of that number. */
	| {
			readonly kind: "rule";
			readonly id: number;
			readonly authority: number;
			readonly selector: (typeof SELECTORS)[number];
			readonly action: (typeof ACTIONS)[number];
			readonly scope: (typeof SCOPES)[number];
			readonly host: number;
	  }
	| { readonly kind: "remove"; readonly rule: number }
	| { readonly kind: "toggle"; readonly rule: number }
	| { readonly kind: "undo" }
	/** The way through of the block page in a tab. */
	| { readonly kind: "except"; readonly tab: number; readonly lasts: "session" | "always" }
	| { readonly kind: "revoke"; readonly exception: number }
	/** Eleven minutes pass, on the clock that the extension looks at: longer than it remembers anything. */
	| { readonly kind: "clock" }
	/** Firefox says that the network is another. */
	| { readonly kind: "network" }
	/** Firefox is ended and started again with these pages; `killed`: as by a power cut. */
	| { readonly kind: "restart"; readonly killed: boolean; readonly pages: readonly Page[] }
	/** The process that the extension runs in is killed. */
	| { readonly kind: "crash" };

export type Kind = Step["kind"];

const tab = fc.nat({ max: MAX_TABS - 1 });
const host = fc.nat({ max: HOSTS - 1 });
const which = fc.nat({ max: 999 });
const page = fc.record({
	host,
	path: fc.constantFrom(...PATHS, "plain", "page", "kept", "page", "kept") as fc.Arbitrary<Path>,
	key: fc.nat({ max: 1 }),
});

const just = <const K extends Kind, Rest extends object>(
	kind: K,
	rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
) => fc.record({ kind: fc.constant(kind), ...rest } as never) as unknown as fc.Arbitrary<Extract<Step, { kind: K }>>;

/** How often each kind of step comes, in 1,080 steps. */
export const WEIGHTS: Readonly<Record<Kind, number>> = {
	navigate: 230,
	http: 40,
	redirect: 40,
	post: 30,
	traverse: 120,
	reload: 50,
	part: 240,
	open: 30,
	close: 15,
	register: 20,
	switch: 75,
	rule: 45,
	remove: 40,
	toggle: 15,
	undo: 15,
	except: 30,
	revoke: 15,
	clock: 10,
	network: 10,
	restart: 6,
	crash: 4,
};

const ARBITRARIES: { readonly [K in Kind]: fc.Arbitrary<Extract<Step, { kind: K }>> } = {
	navigate: just("navigate", { tab, page, how: fc.constantFrom("link", "typed", "script") }),
	http: just("http", { tab, host, how: fc.constantFrom("link", "typed") }),
	redirect: just("redirect", { tab, over: fc.array(host, { minLength: 1, maxLength: 4 }), page }),
	post: just("post", { tab, host, page }),
	traverse: just("traverse", { tab, delta: fc.constantFrom(-1, -1, 1) }),
	reload: just("reload", { tab, anew: fc.boolean() }),
	part: just("part", {
		tab,
		host,
		part: fc.constantFrom(...PARTS, "frame", "frame", "socket"),
		key: fc.nat({ max: 1 }),
	}),
	open: just("open", { page }),
	close: just("close", { tab }),
	register: just("register", { tab }),
	switch: just("switch", { host, authority: fc.nat({ max: AUTHORITIES - 1 }) }),
	rule: just("rule", {
		id: fc.nat({ max: 7 }),
		authority: fc.nat({ max: AUTHORITIES - 1 }),
		selector: fc.constantFrom(...SELECTORS),
		action: fc.constantFrom(...ACTIONS),
		scope: fc.constantFrom(...SCOPES, "all", "all", "all"),
		host,
	}),
	remove: just("remove", { rule: which }),
	toggle: just("toggle", { rule: which }),
	undo: just("undo", {}),
	except: just("except", { tab, lasts: fc.constantFrom("session", "always") }),
	revoke: just("revoke", { exception: which }),
	clock: just("clock", {}),
	network: just("network", {}),
	restart: just("restart", { killed: fc.boolean(), pages: fc.array(page, { maxLength: 3 }) }),
	crash: just("crash", {}),
};

/** Draws a step. Not shrunk itself: fewer steps are what makes a failure readable. */
export const step: fc.Arbitrary<Step> = fc.noShrink(
	fc.oneof(
		...(Object.keys(ARBITRARIES) as Kind[]).map((kind) => ({
			weight: WEIGHTS[kind],
			arbitrary: ARBITRARIES[kind] as fc.Arbitrary<Step>,
		})),
	),
);
