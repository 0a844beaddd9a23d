/** Every state of the options page that a picture is taken of. */
import type { Impact, MailView, OptionsView, SitesView } from "../../src/protocol.ts";
import { details } from "../options/catalogue.ts";
import * as samples from "../options/samples.ts";
import { mailView } from "./samples.ts";

const { authorities, rules, exceptions, admin, cnnic, clicked } = samples;

/** What is shown, and what is done on the page before the picture is taken. */
export interface OptionsState {
	readonly view: Partial<OptionsView>;
	readonly act?:
		| "delete"
		| "edit"
		| "edit-bad"
		| "files"
		| "file-bad"
		| "country"
		| "overridden"
		| "import"
		| "list-new"
		| "list-bad"
		| "import-bad"
		| "search"
		| "search-nothing"
		| "customize"
		| "set"
		| "check"
		| "check-bad"
		| "silent";
	/** Of the page's address. */
	readonly fragment?: string;
	readonly sites?: SitesView;
	/** What is known of mail servers. */
	readonly mail?: Partial<MailView>;
	/** As tests/options/fakeBackground.ts takes them. */
	readonly impacts?: Readonly<Record<string, Partial<Impact>>>;
	/** Everything that folds is open. */
	readonly open?: boolean;
}

const sites: SitesView = {
	on: true,
	since: Date.UTC(2026, 8, 3),
	total: 812,
	byAuthority: { "lets-encrypt": 402, amazon: 171, "authority-3": 96, godaddy: 41, entrust: 8, cnnic: 3 },
};
const impacts: OptionsState["impacts"] = {
	entrust: {
		stopped: 8,
		parts: 2,
		sites: ["bank.example", "tax.example", "rail.example", "post.example", "news.example", "uni.example", "x.example"],
	},
	cnnic: { sites: ["outlook.example", "mail.example", "shop.example"] },
	CN: { sites: ["outlook.example", "mail.example", "shop.example"] },
	DE: { stopped: 1, sites: ["zeitung.example"], parts: 1 },
};

const known = details.map(({ id, name, country, keys }) => ({ id, name, country, keys: keys.length }));
const usual = { authorities, rules, exceptions };

export const optionsStates: Readonly<Record<string, OptionsState>> = {
	first: { view: { authorities, rules: [cnnic, clicked], privateAllowed: false } },
	usual: { view: usual },
	none: { view: { authorities } },
	deleted: { view: usual, act: "delete" },
	edit: { view: usual, act: "edit" },
	"edit-bad": { view: usual, act: "edit-bad" },
	files: { view: { authorities, rules: [cnnic] }, act: "files" },
	"file-bad": { view: { authorities, rules: [cnnic] }, act: "file-bad" },
	country: { view: { authorities, rules: [cnnic] }, act: "country" },
	overridden: { view: { authorities, rules: [cnnic] }, act: "overridden" },
	import: { view: usual, act: "import" },
	"import-bad": { view: usual, act: "import-bad" },
	admin: { view: { ...usual, admin, settingsLocked: ["unverifiable"] } },
	locked: {
		view: {
			...usual,
			exceptions: exceptions.map((exception) => ({ ...exception, suspended: true })),
			admin: { ...admin, locked: true, error: "policy.rules[0].title: expected 1–120 characters, got nothing" },
			settingsLocked: ["unverifiable"],
		},
	},
	trouble: {
		view: {
			...usual,
			trouble: { kind: "fell-back", detail: "state.policy.rules: expected an array of rules, got nothing" },
		},
	},
	authorities: { view: usual, fragment: "#authorities", sites, impacts },
	lists: { view: { ...usual, lists: [samples.asking, samples.careful, samples.forgotten] }, fragment: "#lists" },
	"list-new": { view: { authorities }, fragment: "#lists", act: "list-new" },
	"list-bad": { view: { authorities }, fragment: "#lists", act: "list-bad" },
	mail: { view: usual, fragment: "#mail", mail: mailView },
	"mail-off": { view: usual, fragment: "#mail" },
	"mail-missing": {
		view: usual,
		fragment: "#mail",
		mail: {
			on: true,
			host: { state: "missing", time: 0, version: null, detail: "No such native application countersign" },
		},
	},
	"mail-lost": {
		view: usual,
		fragment: "#mail",
		mail: {
			...mailView,
			allowed: false,
			trouble: { kind: "unreadable", detail: "servers: expected an array, got nothing" },
			host: { state: "too-new", time: 0, version: "9.0.0", detail: "message.protocol: expected 1, got 2" },
			servers: [],
		},
	},
	"authorities-unknown": { view: { authorities, rules: [] }, fragment: "#authorities" },
	"authorities-search": { view: usual, fragment: "#authorities", sites, act: "search" },
	"authorities-none": { view: usual, fragment: "#authorities", sites, act: "search-nothing" },
	"authority-refused": { view: usual, fragment: "#authority/cnnic", sites, impacts, open: true },
	"authority-cost": { view: { authorities, rules: [] }, fragment: "#authority/entrust", sites, impacts },
	"authority-form": {
		view: { authorities: known, rules: [] },
		fragment: "#authority/entrust",
		sites,
		act: "customize",
	},
	"authority-unknown": { view: { authorities, rules: [] }, fragment: "#authority/amazon" },
	check: { view: usual, fragment: "#check", act: "check", open: true },
	"check-bad": {
		view: {
			...usual,
			rules: [],
			settingsInForce: { preflight: "off", unverifiable: "allow", changedCountry: "off" },
			privateAllowed: false,
		},
		fragment: "#check",
		act: "check-bad",
		mail: { on: true, host: { state: "missing", time: 0, version: null, detail: "" } },
	},
	sets: { view: { ...usual, rules: [cnnic] }, fragment: "#sets", sites, impacts },
	"sets-open": { view: { authorities: known, rules: [] }, fragment: "#sets", act: "set", open: true },
	"sites-known": { view: usual, sites },
	silent: { view: usual, act: "silent" },
	newer: { view: { authorities, rules: [cnnic], trouble: { kind: "newer", detail: "version: expected 1, got 3" } } },
};
