/** Every state that a page can be in, as data from the background: for pictures and for tests of words. */
import firstRules from "../../src/catalogue/first-rules.json" with { type: "json" };
import { CHANGED_COUNTRY } from "../../src/core/policy.ts";
import type {
	AcceptedParts,
	CertificateView,
	ConnectionView,
	ExceptionView,
	MailServerView,
	MailView,
	OptionsView,
	Refusal,
	RuleView,
	StoppedParts,
	TabReport,
	TriedAgain,
	Voucher,
} from "../../src/protocol.ts";

/** The time that samples are from: 22 November 2026, 14:05 UTC. */
export const NOW = Date.UTC(2026, 10, 22, 14, 5);
const DAY = 86_400_000;

/** Stands for a SHA-256 in base64, told apart by its first letter. */
const key = (letter: string): string => `${letter}${"b3Kq8".repeat(8)}A0=`.slice(0, 43).padEnd(43, "A").concat("=");

function certificate(letter: string, own: Partial<CertificateView>): CertificateView {
	const name = [
		own.commonName ? `CN=${own.commonName}` : "",
		own.organization ? `O=${own.organization}` : "",
		own.country ? `C=${own.country}` : "",
	];
	return {
		subject: name.filter(Boolean).join(","),
		issuer: "CN=Unknown",
		notBefore: NOW - 40 * DAY,
		notAfter: NOW + 50 * DAY,
		sha256: Array.from({ length: 32 }, (_, index) => ((letter.charCodeAt(0) * 7 + index * 29) % 256).toString(16))
			.map((byte) => byte.padStart(2, "0").toUpperCase())
			.join(":"),
		spki: key(letter),
		builtInRoot: false,
		commonName: null,
		organization: null,
		country: null,
		authority: null,
		...own,
	};
}

/** Fills in each one's issuer from the next one up. */
function chain(...certificates: CertificateView[]): CertificateView[] {
	return certificates.map((one, index) => ({ ...one, issuer: (certificates[index + 1] ?? one).subject }));
}

const leaf = certificate("L", { commonName: "outlook.example" });
const cnnicName = { id: "cnnic", name: "CNNIC", country: "CN" };
const cnnicSsl = certificate("S", {
	commonName: "CNNIC SHA256 SSL",
	organization: "CNNIC SHA256 SSL",
	country: "CN",
	authority: cnnicName,
});
const cnnicRoot = certificate("R", {
	commonName: "CNNIC ROOT",
	organization: "CNNIC",
	country: "CN",
	authority: cnnicName,
	builtInRoot: true,
});
const entrust = certificate("E", {
	commonName: "Entrust.net Secure Server Certification Authority",
	organization: "Entrust.net",
	country: "US",
	authority: { id: "entrust", name: "Entrust", country: "US" },
	builtInRoot: true,
});
const mcs = certificate("M", { commonName: "MCSHOLDING TEST", organization: "MCSHOLDING", country: "EG" });
const digicert = { id: "digicert", name: "DigiCert", country: "US" };
const digicertCa = certificate("D", {
	commonName: "DigiCert TLS RSA SHA256 2020 CA1",
	organization: "DigiCert Inc",
	country: "US",
	authority: digicert,
});
const digicertRoot = certificate("G", {
	commonName: "DigiCert Global Root G2",
	organization: "DigiCert Inc",
	country: "US",
	authority: digicert,
	builtInRoot: true,
});
const proxy = certificate("P", { commonName: "Fortress Web Shield Root", organization: "Fortress Antivirus" });
const selfSigned = certificate("Z", { commonName: "outlook.example", issuer: "CN=outlook.example" });
const namesCnnic = {
	...certificate("N", { commonName: "outlook.example" }),
	issuer: "CN=CNNIC ROOT,O=CNNIC,C=CN",
};

/** What Countersign itself says of its first rules: that is shown in the person's language. */
const reasonOf = (id: string): string => firstRules.rules.find((rule) => rule.id === id)?.reason ?? "";

const cnnicRule: RuleView = {
	ref: "cnnic",
	source: "person",
	title: "CNNIC",
	reason: reasonOf("cnnic"),
	action: "block",
	exceptable: true,
};
const adminRule: RuleView = {
	...cnnicRule,
	ref: "admin/cnnic",
	source: "admin",
	reason: "Example News Foundation, digital safety desk: ask us before you travel.",
	exceptable: false,
};
/** Of a list that the person follows. */
const listRule: RuleView = {
	...cnnicRule,
	ref: "list/careful-people/cnnic",
	source: "list",
	list: { id: "careful-people", title: "Careful People’s List" },
};
const clickedRule: RuleView = {
	...cnnicRule,
	ref: "clicked-through",
	title: "Warnings that were clicked through",
	reason: reasonOf("clicked-through"),
};

const GET: Refusal["sent"] = { method: "GET", cookies: false, body: false, authorization: false };

const connection: ConnectionView = { transparency: "compliant", protocol: "TLSv1.3", weak: false, proxied: false };

/** CNNIC refused by the person; nothing but the address was sent. */
export const cnnic: Refusal = {
	id: "r1",
	time: NOW,
	url: "https://outlook.example/mail",
	host: "outlook.example",
	port: 443,
	page: true,
	private: false,
	outcome: "refuse",
	rule: cnnicRule,
	selector: { authority: "cnnic" },
	position: 2,
	chain: chain(leaf, cnnicSsl, cnnicRoot),
	overridden: [],
	unreadable: null,
	connection,
	before: [],
	sent: GET,
	wayThrough: "type-name",
};

const clicked: Refusal = {
	...cnnic,
	rule: clickedRule,
	selector: { overridden: "any" },
	position: 0,
	chain: [selfSigned],
	overridden: ["trust"],
	connection: { ...connection, transparency: "not-applicable" },
};

const unanswered: Refusal = {
	...cnnic,
	url: "https://outlook.example/sign-in",
	outcome: "unanswered",
	rule: null,
	selector: null,
	position: 0,
	chain: [],
	connection: null,
	sent: null,
	wayThrough: "send-anyway",
};

/** Who vouched for the site on earlier visits. */
export const before: readonly Voucher[] = [
	{ authority: digicert, name: "DigiCert", country: "US", first: NOW - 80 * DAY, last: NOW - 19 * DAY },
];

const LONG = "login.very-long-name-of-a-ministry-of-communications.secure.outlook.example";

const sectigoBefore: readonly Voucher[] = before.map((voucher) => ({
	...voucher,
	authority: { id: "sectigo", name: "Sectigo (formerly Comodo)", country: "GB" },
	name: "Sectigo (formerly Comodo)",
	country: "GB",
}));

/** What the setting `changedCountry` stops. */
const changedCountry: Refusal = {
	...cnnic,
	outcome: "warn",
	rule: {
		...cnnicRule,
		ref: CHANGED_COUNTRY,
		title: "Warn me when a site’s authority is suddenly from another country",
		reason: null,
		action: "warn",
	},
	selector: { country: "CN" },
	position: 1,
	before,
	sent: { method: "GET", cookies: false, body: false, authorization: false },
	wayThrough: "click",
};

/** Every kind of refusal, by name. */
export const refusals: Readonly<Record<string, Refusal>> = {
	cnnic,
	cookies: { ...cnnic, sent: { method: "GET", cookies: true, body: false, authorization: false } },
	form: { ...cnnic, sent: { method: "POST", cookies: true, body: true, authorization: false } },
	"sign-in": { ...cnnic, sent: { method: "GET", cookies: null, body: false, authorization: true } },
	"sent-unknown": { ...cnnic, sent: null },
	warn: { ...cnnic, outcome: "warn", rule: { ...cnnicRule, action: "warn" }, wayThrough: "click" },
	strict: {
		...cnnic,
		rule: { ...cnnicRule, action: "strict", exceptable: false },
		wayThrough: "none-strict",
	},
	list: { ...cnnic, rule: listRule },
	"list-warn": { ...cnnic, outcome: "warn", rule: { ...listRule, action: "warn" }, wayThrough: "click" },
	"admin-strict": { ...cnnic, rule: { ...adminRule, action: "strict" }, wayThrough: "none-strict" },
	admin: { ...cnnic, rule: adminRule, wayThrough: "none-admin" },
	"admin-warn": {
		...cnnic,
		outcome: "warn",
		rule: { ...adminRule, action: "warn", exceptable: true },
		wayThrough: "click",
	},
	locked: { ...cnnic, wayThrough: "none-locked" },
	private: { ...cnnic, private: true },
	organization: { ...cnnic, selector: { organization: "cnnic" } },
	country: { ...cnnic, selector: { country: "CN" }, rule: { ...cnnicRule, ref: "china", title: "China" } },
	"country-warn": {
		...cnnic,
		outcome: "warn",
		selector: { country: "CN" },
		rule: { ...cnnicRule, ref: "china", title: "China", action: "warn" },
		wayThrough: "click",
	},
	"country-strict": {
		...cnnic,
		selector: { country: "CN" },
		rule: { ...cnnicRule, ref: "china", title: "China", action: "strict", exceptable: false },
		wayThrough: "none-strict",
	},
	"country-list": { ...cnnic, selector: { country: "CN" }, rule: listRule },
	"country-list-warn": {
		...cnnic,
		outcome: "warn",
		selector: { country: "CN" },
		rule: { ...listRule, action: "warn" },
		wayThrough: "click",
	},
	"country-admin": { ...cnnic, selector: { country: "CN" }, rule: adminRule, wayThrough: "none-admin" },
	"cross-signed": {
		...cnnic,
		position: 1,
		chain: chain(leaf, { ...cnnicRoot, builtInRoot: false }, entrust),
	},
	"through-other": { ...cnnic, chain: chain(leaf, mcs, cnnicRoot) },
	added: {
		...cnnic,
		selector: { root: "not-built-in" },
		position: 1,
		chain: chain(leaf, proxy),
		rule: { ...cnnicRule, ref: "added", title: "Only authorities that come with Firefox", reason: null },
	},
	"added-admin": {
		...cnnic,
		selector: { root: "not-built-in" },
		position: 1,
		chain: chain(leaf, proxy),
		rule: { ...adminRule, title: "Only authorities that come with Firefox" },
		wayThrough: "none-admin",
	},
	document: {
		...cnnic,
		selector: { spki: leaf.spki },
		position: 0,
		chain: chain(leaf, digicertCa, digicertRoot),
		rule: { ...cnnicRule, ref: "one-key", title: "A stolen key", reason: null },
	},
	"overridden-trust": clicked,
	"overridden-domain": { ...clicked, overridden: ["domain"] },
	"overridden-time": { ...clicked, overridden: ["time"] },
	"overridden-all": { ...clicked, overridden: ["time", "domain", "trust"] },
	"overridden-form": { ...clicked, sent: { method: "POST", cookies: true, body: true, authorization: true } },
	"overridden-warn": {
		...clicked,
		outcome: "warn",
		rule: { ...clickedRule, action: "warn" },
		wayThrough: "click",
	},
	"overridden-strict": {
		...clicked,
		rule: { ...clickedRule, action: "strict", exceptable: false },
		wayThrough: "none-strict",
	},
	"overridden-admin": {
		...clicked,
		rule: { ...clickedRule, ref: "admin/clicked", source: "admin", exceptable: false },
		wayThrough: "none-admin",
	},
	"list-overridden": { ...clicked, rule: { ...listRule, title: clickedRule.title, reason: null } },
	"overridden-named": { ...clicked, rule: cnnicRule, selector: { authority: "cnnic" }, chain: [namesCnnic] },
	unverifiable: {
		...cnnic,
		outcome: "unverifiable",
		rule: null,
		selector: null,
		position: 0,
		chain: [],
		unreadable: "no-chain",
		sent: { method: "GET", cookies: true, body: false, authorization: false },
	},
	"unverifiable-time": {
		...cnnic,
		outcome: "unverifiable",
		rule: null,
		selector: null,
		position: 0,
		chain: [],
		unreadable: "timeout",
	},
	"unverifiable-odd": {
		...cnnic,
		outcome: "unverifiable",
		rule: null,
		selector: null,
		position: 0,
		chain: [],
		unreadable: "missing-field",
	},
	changed: { ...cnnic, before },
	"changed-today": { ...cnnic, before: before.map((voucher) => ({ ...voucher, last: NOW })) },
	"changed-form": { ...cnnic, before, sent: { method: "POST", cookies: true, body: true, authorization: false } },
	"changed-country-refused": { ...cnnic, selector: { country: "CN" }, before },
	"changed-through-other": { ...cnnic, chain: chain(leaf, digicertCa, cnnicRoot), before: sectigoBefore },
	"changed-added": {
		...cnnic,
		selector: { root: "not-built-in" },
		position: 1,
		chain: chain(leaf, proxy),
		rule: { ...cnnicRule, ref: "added", title: "Only authorities that come with Firefox", reason: null },
		before,
	},
	"changed-overridden": { ...clicked, before },
	"changed-country": changedCountry,
	"changed-country-form": {
		...changedCountry,
		sent: { method: "POST", cookies: true, body: true, authorization: true },
	},
	"changed-country-admin": {
		...changedCountry,
		rule: changedCountry.rule && { ...changedCountry.rule, source: "admin" },
	},
	unanswered,
	"unanswered-locked": { ...unanswered, wayThrough: "none-locked" },
	"unanswered-long": { ...unanswered, host: LONG, port: 8443, url: `https://${LONG}:8443/` },
	"long-host": {
		...cnnic,
		host: LONG,
		port: 8443,
		url: `https://${LONG}:8443/`,
		sent: { method: "POST", cookies: true, body: true, authorization: false },
	},
};

/** What a person has done about something that was held back, and what came of it. "never": nothing yet. */
export const doneAboutHeld: Readonly<Record<string, TriedAgain | "never" | "send">> = {
	asks: "never",
	still: "unanswered",
	refused: "refused",
	accepted: "accepted",
	sends: "send",
};

const parts: StoppedParts[] = [
	{
		authority: "CNNIC",
		rule: cnnicRule,
		unanswered: false,
		hosts: [
			{ host: "cdn.example", port: 443, count: 3, types: ["script", "image"], refusal: "cnnic" },
			{ host: "fonts.example", port: 8443, count: 1, types: ["font"], refusal: "warn" },
		],
	},
	{
		authority: "Fortress Antivirus",
		rule: adminRule,
		unanswered: false,
		hosts: [{ host: "frame.example", port: 443, count: 1, types: ["sub_frame"], refusal: "added-admin" }],
	},
];

/** What came beside `parts`. */
const accepted: AcceptedParts[] = [
	{ by: digicertRoot, count: 23 },
	{ by: entrust, count: 6 },
];

const named = (letter: string, name: string, country: string | null) =>
	certificate(letter, { commonName: `${name} Root`, organization: name, country, builtInRoot: true });

/** More authorities than are named, one with two keys, and parts that nobody vouched for. */
const manyAccepted: AcceptedParts[] = [
	...accepted,
	{ by: { ...digicertRoot, spki: key("H") }, count: 2 },
	{ by: named("a", "Internet Security Research Group", "US"), count: 14 },
	{ by: named("b", "Google Trust Services LLC", "US"), count: 9 },
	{ by: named("c", "Sectigo Limited", "GB"), count: 3 },
	{ by: named("d", "Buypass AS-983163327", "NO"), count: 1 },
	{ by: named("e", "Certainly", null), count: 1 },
	{ by: null, count: 1 },
];

const heldParts: StoppedParts[] = [
	{
		authority: "api.example",
		rule: null,
		unanswered: true,
		hosts: [{ host: "api.example", port: 443, count: 2, types: ["xmlhttprequest"], refusal: "held-api" }],
	},
	{
		authority: "upload.example",
		rule: null,
		unanswered: true,
		hosts: [{ host: "upload.example", port: 8443, count: 1, types: ["beacon"], refusal: "held-upload" }],
	},
];

/** Details of the parts that are held back, by id. */
export const heldRefusals: Readonly<Record<string, Refusal>> = {
	"held-api": { ...unanswered, id: "held-api", host: "api.example", page: false },
	"held-upload": { ...unanswered, id: "held-upload", host: "upload.example", port: 8443, page: false },
};

const exception: ExceptionView = {
	id: "e1",
	host: "outlook.example",
	port: 443,
	rule: "cnnic",
	ruleTitle: "CNNIC",
	key: cnnicRoot.spki,
	leaf: null,
	found: "CNNIC",
	lasts: "day",
	until: NOW + DAY,
	created: NOW,
	private: false,
	suspended: false,
};

const good: TabReport = {
	tabId: 1,
	url: "https://example.com/",
	host: "example.com",
	port: 443,
	private: false,
	state: "protected",
	why: null,
	probed: null,
	chain: chain({ ...leaf, commonName: "example.com" }, digicertCa, digicertRoot),
	overridden: [],
	connection,
	before: [],
	refusal: null,
	refused: [null, null, null],
	parts: [],
	partsCount: 0,
	accepted: [],
	exceptions: [],
	locked: false,
};

const notChecked = (why: NonNullable<TabReport["why"]>, url: string | null, host: string | null): TabReport => ({
	...good,
	state: "not-checked",
	why,
	url,
	host,
	port: host === null ? null : 443,
	chain: [],
	connection: null,
	refused: [],
});

/** Every kind of report, by name. */
export const reports: Readonly<Record<string, TabReport>> = {
	protected: good,
	"protected-two": {
		...good,
		chain: chain({ ...leaf, commonName: "example.com" }, mcs, digicertRoot),
	},
	parts: { ...good, parts, partsCount: 5, accepted },
	"by-authority": { ...good, accepted: manyAccepted },
	held: { ...good, parts: heldParts, partsCount: 3 },
	"held-and-stopped": { ...good, parts: [...parts, ...heldParts], partsCount: 8 },
	probed: { ...good, probed: NOW },
	"probed-yesterday": { ...good, probed: NOW - DAY },
	"stopped-unanswered": {
		...good,
		state: "stopped",
		url: unanswered.url,
		host: unanswered.host,
		chain: [],
		refusal: "unanswered",
		refused: [],
	},
	stopped: {
		...good,
		state: "stopped",
		url: cnnic.url,
		host: cnnic.host,
		chain: cnnic.chain,
		refusal: "cnnic",
		refused: [null, null, "cnnic"],
	},
	warned: {
		...good,
		state: "warned",
		url: cnnic.url,
		host: cnnic.host,
		chain: cnnic.chain,
		refused: [null, null, "cnnic"],
		exceptions: [exception, { ...exception, id: "e2", host: "cdn.example", lasts: "session", until: null }],
	},
	"warned-parts": {
		...good,
		state: "warned",
		exceptions: [{ ...exception, id: "e2", host: "cdn.example", lasts: "session", until: null }],
	},
	"local-root": {
		...good,
		state: "local-root",
		chain: chain({ ...leaf, commonName: "example.com" }, proxy),
		refused: [null, null],
	},
	"probed-local-root": {
		...good,
		state: "local-root",
		probed: NOW,
		chain: chain({ ...leaf, commonName: "example.com" }, proxy),
		refused: [null, null],
	},
	unvouched: {
		...good,
		url: "https://192.168.1.1/",
		host: "192.168.1.1",
		chain: [{ ...selfSigned, commonName: "router" }],
		connection: { ...connection, transparency: "not-applicable" },
		overridden: ["trust"],
		refused: [null],
	},
	locked: { ...good, locked: true },
	changed: {
		...good,
		before: [
			{
				authority: { id: "lets-encrypt", name: "Let's Encrypt", country: "US" },
				name: "Let's Encrypt",
				country: "US",
				first: NOW - 20 * DAY,
				last: NOW - 3 * DAY,
			},
		],
	},
	"new-authority": {
		...good,
		url: "https://outlook.example/mail",
		host: "outlook.example",
		chain: chain(leaf, cnnicSsl, cnnicRoot),
		before: [{ authority: digicert, name: "DigiCert", country: "US", first: NOW - 88 * DAY, last: NOW - 3 * DAY }],
	},
	findings: {
		...good,
		url: "https://www.example.de/",
		host: "www.example.de",
		chain: chain(
			{ ...leaf, commonName: "www.example.de", notBefore: NOW - DAY / 4, notAfter: NOW + 1000 * DAY },
			digicertCa,
			{ ...digicertRoot, organization: "Quo Vadis Limited", commonName: "QV 2" },
		),
		connection: { transparency: "not-enough", protocol: "TLSv1.1", weak: true, proxied: true },
		before: [
			{
				authority: { id: "lets-encrypt", name: "Let's Encrypt", country: "US" },
				name: "Let's Encrypt",
				country: "US",
				first: NOW - 20 * DAY,
				last: NOW - 3 * DAY,
			},
		],
	},
	"before-start": notChecked("before-start", "https://example.com/", "example.com"),
	restricted: notChecked("restricted", "https://addons.mozilla.org/", "addons.mozilla.org"),
	http: { ...notChecked("http", "http://example.com/", "example.com"), port: 80 },
	"not-web": notChecked("not-web", "about:config", null),
	private: { ...notChecked("private", null, null), private: true },
	"no-connection": notChecked("no-connection", "https://example.com/", "example.com"),
	unreadable: notChecked("unreadable", "https://example.com/", "example.com"),
	empty: notChecked("empty", null, null),
};

const options: OptionsView = {
	rules: [
		{
			id: "cnnic",
			title: "CNNIC",
			reason: cnnicRule.reason ?? "",
			match: [{ authority: "cnnic" }],
			action: "block",
			enabled: true,
		},
		{
			id: "kazakhstan",
			title: "Kazakhstan's state interception",
			reason: reasonOf("kazakhstan"),
			match: [{ authority: "kazakhstan" }],
			action: "block",
			enabled: true,
		},
		{
			id: "clicked-through",
			title: "Warnings that were clicked through",
			reason: clickedRule.reason ?? "",
			match: [{ overridden: "any" }],
			action: "block",
			enabled: false,
		},
	],
	settings: { preflight: "credentials", unverifiable: "block", changedCountry: "off" },
	settingsInForce: { preflight: "credentials", unverifiable: "block", changedCountry: "off" },
	settingsLocked: [],
	exceptions: [],
	admin: null,
	lists: [],
	trouble: null,
	undo: null,
	authorities: [],
	privateAllowed: false,
	welcomed: false,
};

/** What the first-run page can look like. */
/** What a mail server can be found to be. */
const mailServer: MailServerView = {
	id: "s1",
	protocol: "imaps",
	host: "imap.outlook.example",
	port: 993,
	state: "vouched",
	why: [],
	chain: chain(certificate("L", { commonName: "imap.outlook.example" }), digicertCa, digicertRoot),
	rule: null,
	position: null,
	since: NOW - 40 * DAY,
	last: NOW,
	asked: NOW,
	unreached: null,
	vouchers: [{ authority: digicert, name: "DigiCert", country: "US", first: NOW - 40 * DAY, last: NOW }],
};
const lastWeek: readonly Voucher[] = mailServer.vouchers.map((voucher) => ({ ...voucher, last: NOW - 7 * DAY }));

export const mailServers: Readonly<Record<string, MailServerView>> = {
	unvouched: {
		...mailServer,
		id: "s8",
		host: "mail.outlook.example",
		state: "unvouched",
		why: ["self-signed", "name"],
		chain: [certificate("Z", { commonName: "mail.outlook.example", issuer: "CN=mail.outlook.example" })],
		since: NOW - 3_600_000,
		vouchers: lastWeek,
	},
	"unvouched-other": {
		...mailServer,
		id: "s2",
		protocol: "submission",
		host: LONG,
		port: 587,
		state: "unvouched",
		why: ["unknown-issuer", "expired", "not-yet-valid", "weak"],
		chain: chain(certificate("L", { commonName: LONG }), mcs),
		since: NOW - 3_600_000,
		vouchers: [],
	},
	refused: {
		...mailServer,
		id: "s3",
		host: "imap.cn.outlook.example",
		state: "refused",
		chain: chain(leaf, cnnicSsl, cnnicRoot),
		rule: cnnicRule,
		position: 2,
		vouchers: lastWeek,
	},
	warned: {
		...mailServer,
		id: "s4",
		host: "smtp.outlook.example",
		protocol: "smtps",
		port: 465,
		state: "warned",
		chain: chain(leaf, cnnicSsl, cnnicRoot),
		rule: { ...cnnicRule, action: "warn" },
		position: 2,
		vouchers: [],
	},
	stripped: { ...mailServer, id: "s5", protocol: "imap", port: 143, state: "stripped", chain: [], vouchers: lastWeek },
	vouched: mailServer,
	changed: {
		...mailServer,
		id: "s6",
		host: "pop.outlook.example",
		protocol: "pop3s",
		port: 995,
		vouchers: [{ authority: null, name: "Entrust.net", country: "US", first: NOW - DAY, last: NOW }, ...lastWeek],
		unreached: { since: NOW - 3_600_000, why: "unreachable", detail: "ENETUNREACH" },
	},
	unasked: {
		...mailServer,
		id: "s7",
		host: "mail.example",
		state: "unasked",
		chain: [],
		since: null,
		last: null,
		asked: null,
		vouchers: [],
	},
};

/** Everything that can be said of mail servers at once. */
export const mailView: MailView = {
	on: true,
	every: 15,
	allowed: true,
	host: { state: "well", time: NOW, version: "0.1.0", detail: "" },
	asking: false,
	trouble: null,
	servers: Object.values(mailServers),
};

export const welcomes: Readonly<Record<string, OptionsView>> = {
	"private-no": options,
	"private-yes": { ...options, privateAllowed: true },
};
