/** What a document is taken with although it cannot do what it looks like. */
import { fold } from "../../src/core/name.ts";
import type { Rule, Selector } from "../../src/core/policy.ts";
import { isObject } from "../../src/schema/say.ts";
import { type Context, didYouMean, quoted, remark } from "./context.ts";
import { covers, keyOf } from "./covers.ts";
import { type Idle, idleIn, type PlacedRule } from "./idle.ts";
import { at } from "./kinds.ts";
import { countryProblem, nearest, nearestAuthorities, nearestOrganizations } from "./known.ts";
import type { Path, Remark } from "./remark.ts";

const KINDS = ["authority", "spki", "certificate", "organization", "country", "root", "overridden"];

const base64Of = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
const hexOf = (base64: string): string => Buffer.from(base64, "base64").toString("hex");

/** What an administrator's document and a list may have, and nothing here knows. */
function unknown(selector: { readonly unknown: string }, path: Path, context: Context): Remark {
	const { words, known } = context;
	const written = at(context.root, path);
	if (isObject(written) && typeof written.authority === "string") {
		const id = written.authority;
		const text = words.say("lint.unknownAuthority", { id: quoted(id, words) });
		const help = didYouMean(nearestAuthorities(id, known), words) ?? words.say("lint.authorities");
		return remark(context, "warning", "unknown-authority", [...path, "authority"], text, { help });
	}
	const text = words.say("lint.unknownSelector", { name: quoted(selector.unknown, words) });
	const help = didYouMean(nearest(selector.unknown, KINDS), words);
	return remark(context, "warning", "unknown-selector", [...path, selector.unknown], text, { on: "name", help });
}

function aboutCountry(country: string, path: Path, context: Context): Remark | null {
	const { words, known } = context;
	const meant = countryProblem(country, known);
	if (meant === null) return null;
	const text = words.say("lint.unknownCountry", { country: quoted(country, words) });
	return remark(context, "warning", "unknown-country", [...path, "country"], text, {
		help: didYouMean(meant === "" ? [] : [meant], words),
	});
}

function aboutOrganization(organization: string, path: Path, context: Context): Remark | null {
	const { words, known } = context;
	if (known.organizations.has(fold(organization))) return null;
	const near = nearestOrganizations(organization, known);
	if (near.length === 0) return null;
	const text = words.say("lint.nearOrganization", { name: quoted(organization, words) });
	const help = didYouMean(near, words);
	return remark(context, "warning", "near-organization", [...path, "organization"], text, { help });
}

function aboutKey(spki: string, path: Path, context: Context): Remark | null {
	const { words, known } = context;
	const hex = hexOf(spki);
	const certificate = known.certificates.get(hex);
	if (!certificate) return null;
	const text = words.say("lint.certificateAsKey", { name: quoted(certificate.name, words) });
	const values = { key: `{"spki": "${certificate.spki}"}`, certificate: `{"certificate": "${hex}"}` };
	const help = words.say("lint.keyOrCertificate", values);
	return remark(context, "warning", "swapped-hash", [...path, "spki"], text, { help });
}

function aboutCertificate(hex: string, path: Path, context: Context): Remark | null {
	const { words, known, now } = context;
	const here = [...path, "certificate"];
	const owner = known.catalogue.ownerOf(base64Of(hex));
	if (owner) {
		const text = words.say("lint.keyAsCertificate", { name: quoted(owner.name, words) });
		const help = words.say("lint.writeKey", { key: `{"spki": "${base64Of(hex)}"}` });
		return remark(context, "warning", "swapped-hash", here, text, { help });
	}
	const certificate = known.certificates.get(hex);
	if (!certificate || certificate.notAfter === null || certificate.notAfter > now) return null;
	const day = new Intl.DateTimeFormat(words.locale, { dateStyle: "long", timeZone: "UTC" }).format(
		certificate.notAfter,
	);
	const text = words.say("lint.expired", { name: quoted(certificate.name, words), day });
	const help = words.say("lint.writeKey", { key: `{"spki": "${certificate.spki}"}` });
	return remark(context, "warning", "expired-certificate", here, text, { help });
}

function aboutSelector(selector: Selector, path: Path, context: Context): Remark | null {
	if ("unknown" in selector) return unknown(selector, path, context);
	if ("country" in selector) return aboutCountry(selector.country, path, context);
	if ("organization" in selector) return aboutOrganization(selector.organization, path, context);
	if ("spki" in selector) return aboutKey(selector.spki, path, context);
	if ("certificate" in selector) return aboutCertificate(selector.certificate, path, context);
	return null;
}

/** What stands twice in a list, by what two entries have in common: pairs of places, the later one first. */
function repeats<Item>(items: readonly Item[], same: (item: Item) => string): [at: number, first: number][] {
	const seen = new Map<string, number>();
	return items.flatMap((item, index) => {
		const first = seen.get(same(item));
		if (first === undefined) seen.set(same(item), index);
		return first === undefined ? [] : [[index, first] as [number, number]];
	});
}

/** What the selectors of a rule say by themselves. */
export function aboutSelectors(selectors: readonly (Selector | null)[], path: Path, context: Context): Remark[] {
	return selectors.flatMap((selector, index) =>
		selector === null ? [] : (aboutSelector(selector, [...path, index], context) ?? []),
	);
}

function aboutRule({ rule }: PlacedRule, path: Path, context: Context): Remark[] {
	const { words, now } = context;
	const found: Remark[] = [];
	const again = (field: string, [index, first]: readonly [number, number]) =>
		remark(context, "warning", "repeated", [...path, field, index], words.say("lint.repeated"), {
			related: [{ path: [...path, field, first], text: words.say("lint.here") }],
		});
	for (const field of ["match", "except"] as const) {
		const selectors = rule[field] ?? [];
		found.push(...aboutSelectors(selectors, [...path, field], context));
		found.push(...repeats(selectors, keyOf).map((pair) => again(field, pair)));
	}
	for (const field of ["acceptFor", "sites"] as const) {
		const written = at(context.root, [...path, field]);
		// The reader leaves out what stands twice, so that places would be others than in the text.
		if (!Array.isArray(written) || written.length !== rule[field]?.length) continue;
		found.push(...within(rule[field], [...path, field], context));
	}
	if (rule.enabled && rule.issuedAfter !== undefined && Date.parse(rule.issuedAfter) > now) {
		const day = new Intl.DateTimeFormat(words.locale, { dateStyle: "long", timeZone: "UTC" }).format(
			Date.parse(rule.issuedAfter),
		);
		found.push(
			remark(context, "warning", "not-yet", [...path, "issuedAfter"], words.say("lint.notYet", { day }), {
				help: words.say("lint.notYetHelp"),
			}),
		);
	}
	const action = at(context.root, [...path, "action"]);
	if (context.document.mode === "list" && action === "strict") {
		found.push(remark(context, "warning", "softened", [...path, "action"], words.say("lint.softened")));
	}
	return found;
}

/** Names of a list that another name of it covers. */
function within(names: readonly string[], path: Path, context: Context): Remark[] {
	const { words } = context;
	return names.flatMap((name, index) => {
		const by = names.findIndex((other, at) => at !== index && covers(other, name));
		if (by < 0) return [];
		const text = words.say("lint.within", { name: quoted(name, words), other: quoted(names[by] ?? "", words) });
		return [
			remark(context, "warning", "repeated", [...path, index], text, {
				related: [{ path: [...path, by], text: words.say("lint.covers") }],
			}),
		];
	});
}

function aboutIdle(idle: Idle, rules: ReadonlyMap<number, Rule>, path: Path, context: Context): Remark {
	const { words } = context;
	const rule = [...path, idle.index];
	const clicked = "reach" in idle && idle.reach === "verified";
	switch (idle.kind) {
		case "void":
			return remark(
				context,
				"warning",
				"void-selector",
				[...rule, "match", idle.at],
				words.say(clicked ? "lint.voidButClicked" : "lint.void"),
				{ related: [{ path: [...rule, "except", idle.by], text: words.say("lint.excepted") }] },
			);
		case "accepted":
			return remark(context, "warning", "accepted-site", [...rule, "sites", idle.at], words.say("lint.accepted"), {
				related: [{ path: [...rule, "acceptFor", idle.by], text: words.say("lint.acceptedBy") }],
			});
		case "never": {
			const texts = { unknown: "lint.neverUnknown", sites: "lint.neverSites", void: "lint.neverVoid" } as const;
			const text = words.say(clicked ? "lint.neverButClicked" : texts[idle.why]);
			const help = words.say("lint.neverHelp");
			return remark(context, "warning", "never", [...rule, "id"], text, { help });
		}
		default: {
			const related = idle.by.slice(0, 3).map((by) => ({
				path: [...path, by, "id"],
				text: words.say("lint.decides", { action: rules.get(by)?.action ?? "" }),
			}));
			const text = words.say(clicked ? "lint.shadowedButClicked" : "lint.shadowed");
			return remark(context, "warning", "shadowed", [...rule, "id"], text, {
				related,
				help: words.say("lint.shadowedHelp"),
			});
		}
	}
}

/**
 * Finds what rules cannot do. A rule that is switched off is looked at for what its selectors say, not for whether it
 * can decide anything.
 *
 * @param path of the array of rules
 */
export function doubts(rules: readonly PlacedRule[], path: Path, context: Context): Remark[] {
	const byIndex = new Map(rules.map(({ index, rule }) => [index, rule]));
	return [
		...rules.flatMap((placed) => aboutRule(placed, [...path, placed.index], context)),
		...idleIn(rules, context.known).map((idle) => aboutIdle(idle, byIndex, path, context)),
	];
}
