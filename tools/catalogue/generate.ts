/** Makes the files of the catalogue out of the inputs. The same inputs give the same bytes. */
import { X509Certificate } from "node:crypto";
import type { AuthorityStatus, Incident, Preset } from "../../src/catalogue/details.ts";
import type { AuthorityRow, CertificateRow } from "../../src/catalogue/load.ts";
import type { RootRow } from "../../src/catalogue/roots.ts";
import type { IndexRow } from "../../src/catalogue/rows.ts";
import { byCodeUnit, type Inputs, type Known, type KnownIncident } from "./inputs.ts";
import { type Owner, type Ownership, ownersOf } from "./owners.ts";

export interface Generated {
	/** src/catalogue/index.json */
	readonly index: string;
	/** src/catalogue/details.json */
	readonly details: string;
	/** src/catalogue/presets.json */
	readonly presets: string;
	/** src/catalogue/published-ids.json */
	readonly published: string;
	/** src/catalogue/tls-roots.json */
	readonly roots: string;
	readonly ownership: Ownership;
}

const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort(byCodeUnit);
const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64").slice(0, 43);
const certificatesOf = ({ keys }: Owner): Known[] => [...keys.values()].flat();
/** One row a line, so that a change can be read. */
const rowsOf = (rows: readonly unknown[]): string => `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`;

const keyText = ({ keys }: Owner): string => [...keys.keys()].map((key) => key.slice(0, 43)).join("");

function indexRow(owner: Owner): IndexRow {
	const certificates = certificatesOf(owner);
	return [
		owner.id,
		owner.name,
		owner.country,
		keyText(owner),
		sorted(certificates.flatMap(({ subject }) => subject || [])),
		sorted(certificates.flatMap(({ keyIdentifier }) => keyIdentifier ?? [])),
	];
}

/** Who signed what is at hand in full, as far as signers are: their keys are tried, names only say which. */
function signersOf(certificates: readonly Known[]): ReadonlyMap<string, readonly string[]> {
	const signers = new Map<string, X509Certificate[]>();
	const keys = new Map<X509Certificate, string>();
	const whole = certificates.filter(({ der }) => der !== null);
	for (const { der, subject, spki } of whole) {
		if (subject === null) continue;
		const certificate = new X509Certificate(der ?? new Uint8Array());
		keys.set(certificate, spki);
		signers.set(subject, [...(signers.get(subject) ?? []), certificate]);
	}
	const signed = (certificate: X509Certificate, by: X509Certificate): boolean => {
		try {
			return certificate.verify(by.publicKey);
		} catch {
			// An algorithm that nobody computes any more (MD2, say): nothing is known of who signed it.
			return false;
		}
	};
	return new Map(
		whole.map(({ sha256, der, issuer }) => {
			const certificate = new X509Certificate(der ?? new Uint8Array());
			const found = (signers.get(issuer ?? "") ?? []).filter((by) => signed(certificate, by));
			return [sha256, sorted(found.flatMap((by) => keys.get(by) ?? []))];
		}),
	);
}

function statusOf({ facts, keys }: Owner): AuthorityStatus {
	if (facts) return facts.status;
	const roots = [...keys.values()].flat().filter(({ historic, root }) => historic && root);
	if (roots.some(({ historic }) => historic?.status === "removed")) return "removed";
	return roots.length > 0 ? "never-included" : "subordinate";
}

/** What ships of an incident: only what was read in a source, and only with one. */
function incidentsOf(incidents: readonly KnownIncident[]): Incident[] {
	return incidents
		.filter(({ confidence, sources }) => confidence === "verified" && sources.some(isAddress))
		.map(({ date, kind, summary, vendorActions, sources }) => ({
			date,
			kind: kind ?? "unknown",
			summary,
			vendorActions: vendorActions
				.filter(({ confidence, action }) => confidence !== "recalled" && !action.includes("recalled"))
				.map(({ vendor, date, action }) => ({ vendor, date, what: action })),
			sources: sources.filter(isAddress),
		}))
		.sort((a, b) => byCodeUnit(b.date, a.date));
}

const isAddress = (source: string): boolean => /^https?:\/\/\S+$/.test(source);

function detailsRows({ certificates }: Inputs, { owners }: Ownership): AuthorityRow[] {
	const owner = new Map(owners.flatMap(({ id, keys }) => [...keys.keys()].map((key) => [key, id] as const)));
	const place = new Map(owners.map(({ id }, index) => [id, index]));
	const keyOf = new Map(certificates.map(({ sha256, spki }) => [sha256, spki]));
	const signers = signersOf(certificates);
	const under = ({ sha256, roots }: Known): number[] =>
		sorted([...(signers.get(sha256) ?? []), ...roots.map((root) => keyOf.get(root) ?? "")])
			.flatMap((key) => place.get(owner.get(key) ?? "") ?? [])
			.filter((index, at, all) => all.indexOf(index) === at)
			.sort((a, b) => a - b);
	const certificateRow = (one: Known): CertificateRow => [
		base64(one.sha256),
		one.name ?? 0,
		one.organization ?? 0,
		one.country ?? 0,
		one.notBefore ?? 0,
		one.notAfter ?? 0,
		(one.root ? 1 : 0) + (one.builtIn ? 2 : 0) + (one.revoked ? 4 : 0),
		one.distrustAfter ?? 0,
		under(one),
	];
	return owners.map((one): AuthorityRow => {
		const { facts } = one;
		const control = facts?.controlledBySource;
		const sourced = control && control.confidence === "verified" && isAddress(control.source);
		return [
			one.id,
			one.name,
			one.country,
			keyText(one),
			facts?.legalName ?? 0,
			statusOf(one),
			sourced && facts?.controlledBy ? [facts.controlledBy, control.source] : 0,
			[...one.keys.values()].map((group) => group.map(certificateRow)),
			incidentsOf(facts?.incidents ?? []),
		];
	});
}

/** What a person wrote for a preset: the words, and from when on. */
export interface Entry {
	readonly preset: string;
	readonly authority?: string;
	readonly country?: string;
	readonly title?: string;
	readonly reason?: string;
	readonly issuedAfter?: string;
}

type Rules = Preset["policy"]["rules"];

function presetsOf(entries: readonly Entry[], { owners }: Ownership, firstRules: Rules): Preset[] {
	const rule = ({ preset, authority, country, title, reason, issuedAfter }: Entry): Rules[number] => {
		const first = preset === "state-controlled" ? undefined : firstRules.find(({ id }) => id === authority);
		if (first) return first;
		if (country)
			return { id: `${preset}-${country.toLowerCase()}`, title: title ?? country, ...rest(reason, { country }) };
		const owner = owners.find(({ id }) => id === authority);
		if (!owner) throw new Error(`presets.jsonl: no authority ${authority}`);
		const { facts } = owner;
		const state = facts?.controlledBy === "government" && facts.controlledBySource?.confidence === "verified";
		if (preset === "state-controlled" ? !state : incidentsOf(facts?.incidents ?? []).length === 0) {
			throw new Error(`presets.jsonl: nothing with a source about ${authority} for ${preset}`);
		}
		return {
			id: `${preset}-${owner.id}`,
			title: owner.name,
			...rest(reason ?? `A government runs it, or has it run: ${facts?.legalName ?? owner.name}.`, {
				authority: owner.id,
			}),
			...(issuedAfter && { issuedAfter }),
		};
	};
	const rest = (reason: string | undefined, selector: { authority: string } | { country: string }) => {
		if (!reason || reason.length > 600) throw new Error("presets.jsonl: a reason of 1 to 600 characters is needed");
		return { reason, match: [selector], action: "block", enabled: true } as const;
	};
	const ids = [...new Set(entries.map(({ preset }) => preset))];
	return ids.map((id) => ({
		id,
		policy: { version: 1, rules: entries.filter(({ preset }) => preset === id).map(rule) },
	}));
}

/** What was published before, which stays. */
export interface Before {
	readonly published: readonly string[];
	readonly firstRules: Rules;
	readonly entries: readonly Entry[];
}

/** The roots that Firefox trusts for TLS servers, one a line. */
function tlsRoots({ builtIn, certificates, version }: Inputs): string {
	const derOf = new Map(certificates.map(({ sha256, der }) => [sha256, der]));
	const trusted = builtIn.filter(({ tls }) => tls).sort((one, other) => byCodeUnit(one.sha256, other.sha256));
	const rows: readonly RootRow[] = trusted.map(({ sha256, distrustAfter }) => {
		const der = derOf.get(sha256);
		if (!der) throw new Error(`${sha256}: a root for TLS servers without its certificate`);
		return [sha256, distrustAfter, Buffer.from(der).toString("base64")];
	});
	const about = {
		what: "Every root that Firefox trusts for TLS servers: SHA-256, until when it may have issued, DER",
		version,
		licence: "MPL-2.0 (Mozilla's root store, lib/ckfw/builtins/certdata.txt in NSS)",
	};
	const head = JSON.stringify(about, null, "\t").slice(0, -"\n}".length);
	return `${head},\n\t"roots": ${rowsOf(rows).trimEnd()}\n}\n`;
}

/** Makes all files. Throws when inputs contradict each other, or when an id that was published would be gone. */
export function generate(inputs: Inputs, { published, firstRules, entries }: Before): Generated {
	const ownership = ownersOf(inputs);
	const ids = ownership.owners.map(({ id }) => id);
	const gone = published.filter((id) => !ids.includes(id));
	if (gone.length > 0) throw new Error(`ids that were published would be gone: ${gone.join(", ")}`);
	return {
		index: rowsOf(ownership.owners.map(indexRow)),
		details: rowsOf(detailsRows(inputs, ownership)),
		presets: `${JSON.stringify(presetsOf(entries, ownership, firstRules), null, "\t")}\n`,
		published: `${JSON.stringify([...published, ...ids.filter((id) => !published.includes(id))], null, "\t")}\n`,
		roots: tlsRoots(inputs),
		ownership,
	};
}
