/**
 * For each finding the chains that show when it applies, and when it does not, and why. Keys: A and B are the
 * catalogue's One (China), T its Two; all others have no owner.
 */
import { spki } from "../draw.ts";
import { type Drawn, NOW, USUAL, voucher } from "./world.ts";

export interface Case {
	/** Why it has to be so. */
	readonly why: string;
	readonly drawn: Drawn;
	/** What the finding says, as `explained` writes it without the name; null: nothing. */
	readonly says: string | null;
}

const GOOD = "root[G O=Good C=US] -> ca[H O=Good C=US] -> leaf[L]";
const ONE = "root[A O=One C=CN] -> ca[B O=One C=CN] -> leaf[L]";
const ADDED = "local[P O=Proxy] -> leaf[L]";
const refuseOne = { match: [{ authority: "one" }] };
const refuseKey = (letter: string) => ({ match: [{ spki: spki(letter) }] });
const clickedRule = { match: [{ overridden: "any" as const }] };
const SELF = "file[S]";

export const CASES: Readonly<Record<string, readonly Case[]>> = {
	decision: [
		{
			why: "the person refuses an authority",
			drawn: { chain: ONE, rule: refuseOne },
			says: "refused whoAuthority One",
		},
		{
			why: "an administrator only warns",
			drawn: { chain: ONE, rule: { ...refuseOne, action: "warn", source: "admin" } },
			says: "refused whoAdminAuthorityWarn One",
		},
		{
			why: "a list is named before whom it refuses",
			drawn: { chain: ONE, rule: { match: [{ country: "CN" }], source: "list" } },
			says: "refused whoListCountry Careful People, CN",
		},
		{
			why: "a leaf that was clicked through is told by whom it names",
			drawn: { chain: SELF, issuer: "CN=One CA,O=One,C=CN", overridden: ["trust"], rule: refuseOne },
			says: "refused whoAuthority One",
		},
		{
			why: "nothing could be read, and that is no rule's doing",
			drawn: { stopped: "unverifiable", unreadable: "no-chain" },
			says: "refused whoUnverifiable",
		},
		{ why: "nobody decided anything", drawn: { chain: GOOD }, says: null },
	],
	unanswered: [
		{
			why: "it did not answer the question",
			drawn: { stopped: "unanswered" },
			says: "notice whyUnanswered www.example.com",
		},
		{ why: "it answered", drawn: { chain: GOOD }, says: null },
	],
	unreadable: [
		{
			why: "Firefox said nothing",
			drawn: { stopped: "unverifiable", unreadable: "no-information" },
			says: "refused whyUnverifiable www.example.com",
		},
		{
			why: "https without a chain",
			drawn: { stopped: "unverifiable", unreadable: "no-chain" },
			says: "refused whyUnverifiable www.example.com",
		},
		{
			why: "asking failed",
			drawn: { stopped: "unverifiable", unreadable: "failed" },
			says: "refused whyUnverifiable www.example.com",
		},
		{
			why: "what came lacked something",
			drawn: { stopped: "unverifiable", unreadable: "missing-field" },
			says: "refused whyUnverifiableDocument www.example.com",
		},
		{
			why: "more than any honest chain has",
			drawn: { stopped: "unverifiable", unreadable: "too-long" },
			says: "refused whyUnverifiableDocument www.example.com",
		},
		{
			why: "it took too long",
			drawn: { stopped: "unverifiable", unreadable: "timeout" },
			says: "refused whyUnverifiableTime www.example.com",
		},
		{ why: "it was read", drawn: { chain: ONE, rule: refuseOne }, says: null },
	],
	"one-document": [
		{
			why: "the rule names the leaf's own key",
			drawn: { chain: GOOD, rule: refuseKey("L") },
			says: "refused whyDocument www.example.com",
		},
		{
			why: "also where an error was clicked through",
			drawn: { chain: SELF, overridden: ["trust"], rule: refuseKey("S") },
			says: "refused whyDocument www.example.com",
		},
		{ why: "the rule names an authority's key", drawn: { chain: GOOD, rule: refuseKey("H") }, says: null },
	],
	"named-signer": [
		{
			why: "the leaf says that a refused authority signed it",
			drawn: { chain: SELF, issuer: "CN=One CA,O=One,C=CN", overridden: ["trust"], rule: refuseOne },
			says: "refused whyOverriddenNamed www.example.com, One",
		},
		{
			why: "the rule is against errors, whoever is named",
			drawn: { chain: SELF, issuer: "CN=One CA,O=One,C=CN", overridden: ["trust"], rule: clickedRule },
			says: null,
		},
		{ why: "Firefox verified who signed it", drawn: { chain: ONE, rule: refuseOne }, says: null },
	],
	"clicked-trust": [
		{
			why: "a rule stops it",
			drawn: { chain: SELF, overridden: ["trust"], rule: clickedRule },
			says: "refused whyOverriddenTrust www.example.com",
		},
		{
			why: "it is shown: a rule accepts it there",
			drawn: { chain: SELF, overridden: ["trust"] },
			says: "warning whyOverriddenTrust www.example.com",
		},
		{ why: "another error", drawn: { chain: SELF, overridden: ["domain", "time"] }, says: null },
	],
	"clicked-domain": [
		{
			why: "a rule stops it",
			drawn: { chain: SELF, overridden: ["domain"], rule: clickedRule },
			says: "refused whyOverriddenDomain www.example.com",
		},
		{
			why: "one of several errors",
			drawn: { chain: SELF, overridden: ["trust", "domain"] },
			says: "warning whyOverriddenDomain www.example.com",
		},
		{ why: "no error", drawn: { chain: GOOD }, says: null },
	],
	"clicked-time": [
		{
			why: "a rule stops it",
			drawn: { chain: SELF, overridden: ["time"], rule: clickedRule },
			says: "refused whyOverriddenTime www.example.com",
		},
		{
			why: "it is shown: a rule accepts it there",
			drawn: { chain: SELF, overridden: ["time"] },
			says: "warning whyOverriddenTime www.example.com",
		},
		{ why: "no error", drawn: { chain: GOOD }, says: null },
	],
	"self-signed": [
		{
			why: "nobody else is named, and its bytes are not at hand",
			drawn: { chain: SELF, overridden: ["trust"], selfSigned: { fitsItsKey: null }, rule: clickedRule },
			says: "refused foundSelfSigned",
		},
		{
			why: "nobody else is named, and its own key signed it",
			drawn: { chain: SELF, overridden: ["trust"], selfSigned: { fitsItsKey: true } },
			says: "warning foundSelfSigned",
		},
		{
			why: "it names itself, and its own key did not sign it",
			drawn: { chain: SELF, overridden: ["trust"], selfSigned: { fitsItsKey: false }, rule: clickedRule },
			says: "refused foundSelfSignedMisfit",
		},
		{
			why: "another is named: nobody knows whether rightly",
			drawn: { chain: SELF, issuer: "CN=Someone", overridden: ["trust"], selfSigned: null },
			says: null,
		},
		{
			why: "Firefox trusts it: a root that is shown by itself",
			drawn: { chain: "root[G]", selfSigned: { fitsItsKey: null } },
			says: null,
		},
	],
	"accepted-error": [
		{
			why: "a router: rules accept it there",
			drawn: { host: "192.168.1.1", chain: SELF, overridden: ["trust"] },
			says: "warning popupUnvouchedWhy 192.168.1.1",
		},
		{
			why: "the person let it through, which is said instead",
			drawn: { chain: SELF, overridden: ["trust"], letThrough: ["www.example.com"] },
			says: null,
		},
		{ why: "it was stopped", drawn: { chain: SELF, overridden: ["trust"], rule: clickedRule }, says: null },
	],
	"added-refused": [
		{
			why: "the rule takes only what came with Firefox",
			drawn: { chain: ADDED, rule: { match: [{ root: "not-built-in" }] } },
			says: "refused whyAdded www.example.com, Proxy",
		},
		{ why: "Firefox ships it", drawn: { chain: GOOD, rule: refuseKey("G") }, says: null },
	],
	"refused-authority": [
		{
			why: "it vouches for the site itself",
			drawn: { chain: ONE, rule: refuseOne },
			says: "refused whyOnlyThrough www.example.com, One",
		},
		{
			why: "it vouches for another, who vouches for the site",
			drawn: { chain: "root[A O=One C=CN] -> ca[H O=Helper] -> leaf[L]", rule: refuseOne },
			says: "refused whyThroughOther www.example.com, Helper, One",
		},
		{
			why: "in a country's name just as well",
			drawn: { chain: ONE, rule: { match: [{ country: "CN" }] } },
			says: "refused whyOnlyThrough www.example.com, One",
		},
		{ why: "another authority is refused", drawn: { chain: GOOD, rule: refuseOne }, says: null },
	],
	"cross-signed": [
		{
			why: "its key stands under another, which Firefox ships",
			drawn: { chain: "root[G O=Good C=US] -> ca[A O=One C=CN] -> leaf[L]", rule: refuseOne },
			says: "refused whyCrossSigned www.example.com, One, Good",
		},
		{
			why: "whatever its papers say: the key is One's",
			drawn: { chain: "root[G O=Good C=US] -> ca[A O=Somebody_Else C=US] -> leaf[L]", rule: refuseOne },
			says: "refused whyCrossSigned www.example.com, One, Good",
		},
		{ why: "its own root is at the end", drawn: { chain: ONE, rule: refuseOne }, says: null },
	],
	"by-country": [
		{
			why: "the rule is against a country",
			drawn: { chain: ONE, rule: { match: [{ country: "CN" }] } },
			says: "refused foundByCountry One, CN",
		},
		{ why: "the rule is against an authority", drawn: { chain: ONE, rule: refuseOne }, says: null },
	],
	"by-name": [
		{
			why: "the rule is against a name",
			drawn: { chain: GOOD, rule: { match: [{ organization: "Good" }] } },
			says: "refused foundByName Good",
		},
		{ why: "the rule is against an authority", drawn: { chain: ONE, rule: refuseOne }, says: null },
	],
	"by-date": [
		{
			why: "the rule counts from a day on",
			drawn: { chain: ONE, rule: { ...refuseOne, issuedAfter: "2025-06-01T00:00:00Z" } },
			says: "refused foundByDate 2025-06-01, 2026-01-01",
		},
		{ why: "the rule counts always", drawn: { chain: ONE, rule: refuseOne }, says: null },
		{
			why: "the document is older, so nothing was stopped",
			drawn: { chain: ONE, rule: { ...refuseOne, issuedAfter: "2026-06-01T00:00:00Z" } },
			says: null,
		},
	],
	"let-through": [
		{
			why: "the page itself",
			drawn: { chain: ONE, letThrough: ["www.example.com", "cdn.example"] },
			says: "warning popupWarnedWhy www.example.com",
		},
		{
			why: "only what it shows from elsewhere",
			drawn: { chain: GOOD, letThrough: ["cdn.example", "fonts.example", "cdn.example"] },
			says: "warning popupWarnedWhy cdn.example,fonts.example",
		},
		{ why: "nothing was let through", drawn: { chain: GOOD }, says: null },
	],
	"plain-http": [
		{ why: "http", drawn: { notChecked: "http" }, says: "warning popupHttp" },
		{ why: "not checked for another reason", drawn: { notChecked: "before-start" }, says: null },
	],
	"added-root": [
		{
			why: "it ends in what Firefox does not ship",
			drawn: { chain: ADDED },
			says: "warning foundAddedRoot Proxy, www.example.com",
		},
		{ why: "it ends in what Firefox ships", drawn: { chain: GOOD }, says: null },
		{ why: "of files nobody knows", drawn: { chain: "file[P O=Proxy] -> leaf[L]" }, says: null },
		{
			why: "an error was clicked through: nothing was verified",
			drawn: { chain: SELF, overridden: ["trust"] },
			says: null,
		},
	],
	"added-root-means": [
		{ why: "it ends in what Firefox does not ship", drawn: { chain: ADDED }, says: "notice foundAddedRootMeans" },
		{
			why: "a rule refuses it for that",
			drawn: { chain: ADDED, rule: { match: [{ root: "not-built-in" }] } },
			says: "notice foundAddedRootMeans",
		},
		{
			why: "a rule refuses it for its key, and nothing else is said of it",
			drawn: { chain: ADDED, rule: refuseKey("P") },
			says: null,
		},
		{ why: "it ends in what Firefox ships", drawn: { chain: GOOD }, says: null },
	],
	"added-root-hides": [
		{ why: "it ends in what Firefox does not ship", drawn: { chain: ADDED }, says: "notice popupLocalRootWhy" },
		{ why: "it ends in what Firefox ships", drawn: { chain: GOOD }, says: null },
	],
	"authority-changed": [
		{
			why: "another one than on the last visit, a week ago",
			drawn: { chain: GOOD, before: [voucher("One", "CN", "2026-01-01", "2026-01-04")] },
			says: "notice foundAuthorityChanged 2026-01-04, One (CN), Good (US)",
		},
		{
			why: "both vouched before: the site has two",
			drawn: {
				chain: GOOD,
				before: [voucher("One", "CN", "2025-10-01", "2026-01-04"), voucher("Good", "US", "2025-10-01", "2026-01-03")],
			},
			says: "note foundAuthorityChanged 2026-01-04, One (CN), Good (US)",
		},
		{
			why: "the same one by another of its keys",
			drawn: { chain: ONE, before: [voucher("One", "CN", "2026-01-01", "2026-01-04")] },
			says: null,
		},
		{
			why: "the same one in the middle, on another way up",
			drawn: {
				chain: "root[G O=Good C=US] -> ca[A O=One C=CN] -> leaf[L]",
				before: [voucher("One", "CN", "2026-01-01", "2026-01-04")],
			},
			says: null,
		},
		{ why: "a first visit", drawn: { chain: GOOD }, says: null },
		{
			why: "an antivirus program was installed, which is said instead",
			drawn: { chain: ADDED, before: [voucher("Good", "US", "2026-01-01", "2026-01-04")] },
			says: null,
		},
		{
			why: "an error was clicked through: nobody vouches",
			drawn: {
				chain: SELF,
				overridden: ["trust"],
				before: [voucher("Good", "US", "2026-01-01", "2026-01-04")],
			},
			says: null,
		},
	],
	"new-authority": [
		{
			why: "for three months it was one, and no other",
			drawn: { chain: ONE, before: [voucher("Good", "US", "2025-10-01", "2026-01-04")] },
			says: "warning foundNewAuthority 2025-10-01, 2026-01-04, Good (US), One (CN)",
		},
		{
			why: "for a month it was one",
			drawn: { chain: ONE, before: [voucher("Good", "US", "2025-12-04", "2026-01-04")] },
			says: null,
		},
		{
			why: "it was two already",
			drawn: {
				chain: ONE,
				before: [voucher("Good", "US", "2025-10-01", "2026-01-04"), voucher("Two", null, "2025-10-01", "2025-10-02")],
			},
			says: null,
		},
		{
			why: "it is the one it was",
			drawn: { chain: GOOD, before: [voucher("Good", "US", "2025-10-01", "2026-01-04")] },
			says: null,
		},
	],
	"not-logged": [
		{
			why: "Firefox found too few logs",
			drawn: { chain: GOOD, connection: { ...USUAL, transparency: "not-enough" } },
			says: "warning foundNotLogged",
		},
		{
			why: "enough logs, of too few operators",
			drawn: { chain: GOOD, connection: { ...USUAL, transparency: "not-diverse" } },
			says: "warning foundNotLogged",
		},
		{
			why: "Firefox made it an error, and that was clicked through",
			drawn: { chain: SELF, overridden: ["trust"], connection: { ...USUAL, transparency: "not-enough" } },
			says: "warning foundNotLogged",
		},
		{
			why: "Firefox did not ask",
			drawn: { chain: GOOD, connection: { ...USUAL, transparency: "not-applicable" } },
			says: null,
		},
		{
			why: "a root that was added is in no log, and need not be",
			drawn: { chain: ADDED, connection: { ...USUAL, transparency: "not-enough" } },
			says: null,
		},
		{ why: "Firefox said nothing", drawn: { chain: GOOD, connection: null }, says: null },
	],
	"weak-encryption": [
		{
			why: "Firefox calls it weak",
			drawn: { chain: GOOD, connection: { ...USUAL, weak: true } },
			says: "warning foundWeak",
		},
		{
			why: "TLS 1.1, which nobody is to speak any more",
			drawn: { chain: GOOD, connection: { ...USUAL, protocol: "TLSv1.1" } },
			says: "warning foundWeak",
		},
		{
			why: "TLS 1.2 is quite ordinary",
			drawn: { chain: GOOD, connection: { ...USUAL, protocol: "TLSv1.2" } },
			says: null,
		},
		{ why: "unknown", drawn: { chain: GOOD, connection: { ...USUAL, protocol: null } }, says: null },
	],
	"known-incident": [
		{
			why: "the catalogue knows of one",
			drawn: {
				chain: ONE,
				incidents: [
					{ name: "One", date: "2015-03", summary: "It happened.", source: "https://a.example/" },
					{ name: "One", date: "2011", summary: "Another.", source: "https://b.example/" },
				],
			},
			says: "notice foundIncident One, 2015-03, It happened.",
		},
		{ why: "it knows of none", drawn: { chain: GOOD }, says: null },
	],
	"other-papers": [
		{
			why: "the key is One's, the papers say Starfield",
			drawn: { chain: "root[A O=Starfield C=US] -> leaf[L]" },
			says: "note foundOtherPapers Starfield, One",
		},
		{ why: "the papers say One as well", drawn: { chain: ONE }, says: null },
		{ why: "nobody knows whose key it is", drawn: { chain: GOOD }, says: null },
	],
	"long-lived": [
		{
			why: "made in 2026, when 200 days were the most",
			drawn: { chain: "root[G O=Good] -> leaf[L at=2026-04-01]", days: 398 },
			says: "notice foundLongLived 2026-04-01, 2027-05-04",
		},
		{
			why: "made before that, when it was 398",
			drawn: { chain: "root[G O=Good] -> leaf[L at=2026-01-01]", days: 398 },
			says: null,
		},
		{
			why: "a day too many",
			drawn: { chain: "root[G O=Good] -> leaf[L at=2026-01-01]", days: 399 },
			says: "notice foundLongLived 2026-01-01, 2027-02-04",
		},
		{
			why: "47 days at most from 2029 on",
			drawn: { chain: "root[G O=Good] -> leaf[L at=2029-04-01]", days: 47 },
			says: null,
		},
		{
			why: "three years in 2011, when no limit was in force",
			drawn: { chain: "root[G O=Good] -> leaf[L at=2011-01-01]", days: 1100 },
			says: null,
		},
		{ why: "the rules bind only whom browsers ship", drawn: { chain: ADDED, days: 3650 }, says: null },
		{ why: "an error was clicked through", drawn: { chain: SELF, days: 3650, overridden: ["trust"] }, says: null },
	],
	"just-issued": [
		{
			why: "five hours old",
			drawn: { chain: "root[G O=Good] -> leaf[L at=2026-01-11T07:00:00Z]", now: Date.parse("2026-01-11T12:00:00Z") },
			says: "note foundJustIssued",
		},
		{ why: "ten days old", drawn: { chain: GOOD, now: NOW }, says: null },
		{
			why: "antivirus programs make one for each visit",
			drawn: { chain: "local[P O=Proxy] -> leaf[L at=2026-01-11T07:00:00Z]", now: Date.parse("2026-01-11T12:00:00Z") },
			says: null,
		},
		{
			why: "made tomorrow, as this computer's clock has it",
			drawn: { chain: "root[G O=Good] -> leaf[L at=2026-01-12]", now: Date.parse("2026-01-11T12:00:00Z") },
			says: null,
		},
	],
	"foreign-authority": [
		{
			why: ".de, by an American",
			drawn: { chain: GOOD, host: "www.example.de" },
			says: "note foundForeign DE, Good (US)",
		},
		{ why: ".uk is GB", drawn: { chain: GOOD, host: "www.example.co.uk" }, says: "note foundForeign GB, Good (US)" },
		{ why: ".uk, by a Briton", drawn: { chain: "root[G O=Good C=GB] -> leaf[L]", host: "example.co.uk" }, says: null },
		{
			why: ".рф is RU",
			drawn: { chain: GOOD, host: "xn--e1afmkfd.xn--p1ai" },
			says: "note foundForeign RU, Good (US)",
		},
		{ why: ".us, by an American", drawn: { chain: GOOD, host: "www.example.us" }, says: null },
		{ why: ".com is no country", drawn: { chain: GOOD, host: "www.example.com" }, says: null },
		{ why: ".io is sold to everybody", drawn: { chain: GOOD, host: "www.example.io" }, says: null },
		{ why: ".eu is no country", drawn: { chain: GOOD, host: "www.example.eu" }, says: null },
		{ why: "an address is in no country", drawn: { chain: GOOD, host: "192.0.2.1" }, says: null },
		{
			why: "nobody knows where the authority is",
			drawn: { chain: "root[G O=Good] -> leaf[L]", host: "example.de" },
			says: null,
		},
		{
			why: "an antivirus program is of no country",
			drawn: { chain: "local[P C=US] -> leaf[L]", host: "example.de" },
			says: null,
		},
	],
	"not-checked": [
		{ why: "open before the start", drawn: { notChecked: "before-start" }, says: "note popupBeforeStart" },
		{ why: "kept away", drawn: { notChecked: "restricted" }, says: "note popupRestricted" },
		{ why: "no web page", drawn: { notChecked: "not-web" }, says: "note popupNotWeb" },
		{ why: "a private window", drawn: { notChecked: "private" }, says: "note popupPrivate" },
		{ why: "out of memory", drawn: { notChecked: "no-connection" }, says: "note popupNoConnection" },
		{
			why: "unreadable, and let through by the settings",
			drawn: { notChecked: "unreadable" },
			says: "note popupUnreadable",
		},
		{ why: "nothing there", drawn: { notChecked: "empty" }, says: "note popupEmpty" },
		{ why: "checked", drawn: { chain: GOOD }, says: null },
	],
	vouched: [
		{ why: "one authority", drawn: { chain: GOOD }, says: "note popupProtectedBy Good (US), www.example.com" },
		{
			why: "one that another vouches for",
			drawn: { chain: "root[G O=Good C=US] -> ca[A O=One C=CN] -> leaf[L]" },
			says: "note popupProtectedByTwo One (CN), www.example.com, Good (US)",
		},
		{ why: "accepted, and no more is known", drawn: {}, says: "note popupProtectedPlain www.example.com" },
		{ why: "one that was added: that is said instead", drawn: { chain: ADDED }, says: null },
		{ why: "an error was clicked through", drawn: { chain: SELF, overridden: ["trust"] }, says: null },
		{ why: "it was stopped", drawn: { chain: ONE, rule: refuseOne }, says: null },
		{ why: "it was not checked", drawn: { notChecked: "http" }, says: null },
	],
	probed: [
		{ why: "asked, and accepted", drawn: { chain: GOOD, probed: NOW }, says: "note popupProbedAccepted" },
		{
			why: "asked, and something else is to be said first",
			drawn: { chain: ADDED, probed: NOW },
			says: "note popupProbedWhy 2026-01-11",
		},
		{ why: "the page's own connection was judged", drawn: { chain: GOOD }, says: null },
	],
	proxied: [
		{ why: "by a proxy", drawn: { chain: GOOD, connection: { ...USUAL, proxied: true } }, says: "note foundProxied" },
		{ why: "by no proxy", drawn: { chain: GOOD }, says: null },
	],
};
