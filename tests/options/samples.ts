/** Things for the options page to show, in tests and in pictures. */
import type { Rule } from "../../src/core/policy.ts";
import type { AdminView, ExceptionView, ListPreview, ListView, OptionsView } from "../../src/protocol.ts";

/** 22 November 2026, 14:05 UTC. */
const NOW = Date.UTC(2026, 10, 22, 14, 5);

export const KEY = "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=";
export const OTHER_KEY = "Lgxo3yN4EA1dEFgPIwD4pt1QXBGIV/u1xBct4k9rgYM=";
export const FINGERPRINT = "7d15c49df37cd7e35cc3a55e5d92b6ddad323000610b9be25d879c25b4f6ce76";

export const authorities: OptionsView["authorities"] = [
	{ id: "cnnic", name: "CNNIC", country: "CN", keys: 6 },
	{ id: "kazakhstan", name: "Kazakhstan (state interception)", country: "KZ", keys: 3 },
];

export const cnnic: Rule = {
	id: "cnnic",
	title: "CNNIC",
	reason: "In 2015 it let a firm make identity documents for Google’s sites. Firefox dropped it in 2017.",
	match: [{ authority: "cnnic" }],
	action: "block",
	enabled: true,
};

export const clicked: Rule = {
	id: "clicked-through",
	title: "Clicked-through certificate errors",
	match: [{ overridden: "any" }],
	action: "block",
	acceptFor: ["localhost", "<local>", "local", "lan", "home.arpa", "internal", "fritz.box", "10.0.0.0/8"],
	enabled: true,
};

export const full: Rule = {
	id: "diginotar",
	title: "DigiNotar",
	reason: "Broken into in 2011.",
	match: [{ organization: "DigiNotar" }, { spki: KEY }, { certificate: FINGERPRINT }, { country: "NL" }],
	except: [{ spki: OTHER_KEY }],
	action: "strict",
	acceptFor: ["nl"],
	sites: ["google.com", "gmail.com"],
	issuedAfter: "2011-07-10T19:06:30Z",
	enabled: false,
};

export const warn: Rule = {
	id: "authorities-from-china",
	title: "Authorities from China",
	match: [{ country: "CN" }],
	action: "warn",
	enabled: true,
};

export const rules: readonly Rule[] = [cnnic, clicked, full, warn];

const exception: ExceptionView = {
	id: "e1",
	host: "outlook.example",
	port: 443,
	rule: "cnnic",
	ruleTitle: "CNNIC",
	key: KEY,
	leaf: null,
	found: "CNNIC ROOT",
	lasts: "day",
	until: NOW + 86_400_000,
	created: NOW,
	private: false,
	suspended: false,
};

export const exceptions: readonly ExceptionView[] = [
	exception,
	{
		...exception,
		id: "e2",
		host: "nas.example",
		port: 8443,
		rule: "clicked-through",
		ruleTitle: clicked.title,
		found: "nas.example",
		lasts: "session",
		until: null,
		private: true,
	},
	{ ...exception, id: "e3", host: "news.example", lasts: "always", until: null, suspended: true },
	{
		...exception,
		id: "e4",
		host: "odd.example",
		rule: null,
		ruleTitle: null,
		key: null,
		lasts: "session",
		until: null,
	},
];

const adminRules: readonly Rule[] = [
	{ ...cnnic, action: "strict", reason: "Example News Foundation, digital safety desk." },
	{ ...warn, id: "added", title: "Authorities that Firefox does not ship", match: [{ root: "not-built-in" }] },
];

export const admin: AdminView = {
	locked: false,
	rules: [],
	policy: { version: 1, rules: adminRules, settings: { unverifiable: "block" } },
	reported: ["policy.rules[0].match[1]: authority example is not known here and matches nothing"],
	error: null,
};

/** A list that is followed. */
export const careful: ListView = {
	id: "careful-people",
	title: "Careful People’s List",
	description: "Authorities that issued certificates for names whose owners never asked.",
	url: "https://lists.example/careful-people.json",
	key: "8Zl0Jm2l5l1oQ0cXv2eQ7n3pE4m8o9Yt6b1s5d7f9gA=",
	sequence: 12,
	expires: Date.UTC(2027, 4, 1),
	expired: false,
	reported: ['policy.rules[1].match[1]: "color" is not known here and matches nothing'],
	rules: [
		{ rule: cnnic, switchedOff: false },
		{ rule: { ...full, action: "block", enabled: true }, switchedOff: true },
		{ rule: warn, switchedOff: false },
	],
	automatic: true,
	updated: NOW - 86_400_000,
	good: NOW,
	failure: null,
	pending: null,
};

/** One that has expired, whose server shows an old one now. */
export const forgotten: ListView = {
	...careful,
	id: "forgotten",
	title: "A list nobody looks after",
	description: null,
	sequence: 3,
	expires: Date.UTC(2026, 1, 1),
	expired: true,
	reported: [],
	rules: [{ rule: warn, switchedOff: false }],
	automatic: false,
	failure: { time: NOW, why: "older", detail: "list.sequence: expected at least 3, got 2" },
};

/** One with a newer document that would stop sites. */
export const asking: ListView = {
	...careful,
	id: "asking",
	title: "Newsroom",
	reported: [],
	pending: {
		sequence: 13,
		added: [warn],
		changed: [{ ...full, action: "block", enabled: true }],
		removed: [cnnic],
		impact: {
			since: NOW - 30 * 86_400_000,
			total: 812,
			stopped: 3,
			sites: ["a.example", "b.example", "c.example"],
			parts: 1,
		},
	},
};

/** What is at an address that was not followed before. */
export const offered: ListPreview = {
	id: "careful-people",
	title: "Careful People’s List",
	description: careful.description,
	url: careful.url,
	key: careful.key,
	sequence: 12,
	expires: careful.expires,
	expired: false,
	reported: [],
	preview: "p1",
	rules: [cnnic, warn],
	impact: { since: NOW - 30 * 86_400_000, total: 812, stopped: 1, sites: ["outlook.example"], parts: 0 },
};
