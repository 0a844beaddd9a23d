/** Random policy documents: valid ones, not in canonical form. */
import fc from "fast-check";

/** A base64 SHA-256. */
export const spki = fc
	.uint8Array({ minLength: 32, maxLength: 32 })
	.map((bytes) => Buffer.from(bytes).toString("base64"));

const certificate = fc
	.uint8Array({ minLength: 32, maxLength: 32 })
	.map((bytes) => Buffer.from(bytes).toString("hex"))
	.chain((hex) => fc.constantFrom(hex, hex.toUpperCase(), (hex.toUpperCase().match(/../g) ?? []).join(":")));

const text = (minLength: number, maxLength: number) =>
	fc
		.string({ minLength, maxLength, unit: "grapheme" })
		.map((value) => [...value].slice(0, maxLength).join(""))
		.filter((value) => value.isWellFormed() && value.length >= minLength);

export const selector = fc.oneof(
	fc.record({ authority: fc.constantFrom("cnnic", "kazakhstan") }),
	fc.record({ spki }),
	fc.record({ certificate }),
	fc.record({
		organization: text(1, 60).filter((value) => value.trim() !== "" && !/^[\p{Cf}\p{Cc}\s]*$/u.test(value)),
	}),
	fc.record({ country: fc.constantFrom("CN", "kz", "Us") }),
	fc.record({ root: fc.constant("not-built-in") }),
	fc.record({ overridden: fc.constantFrom("any", "trust", "domain", "time") }),
);

const label = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9]{0,10}$/).filter((value) => !/^xn/i.test(value));
export const host = fc.oneof(
	fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
	fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join(".")}.`),
	fc.constantFrom(
		"bücher.example",
		"例え.jp",
		"STRASSE.de",
		"<local>",
		"10.0.0.0/8",
		"fe80::/10",
		"::1",
		"[2001:DB8::1]",
	),
	fc.ipV4(),
	fc.ipV6().filter((address) => !address.includes("%")),
);

const date = fc
	.date({ min: new Date("1970-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
	.chain((value) => fc.constantFrom(value.toISOString(), value.toISOString().replace(/\.\d+Z/, "+02:00")));

export const rule = fc.record(
	{
		id: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/),
		title: text(1, 120),
		reason: text(0, 600),
		match: fc.array(selector, { minLength: 1, maxLength: 5 }),
		except: fc.array(selector, { maxLength: 3 }),
		action: fc.constantFrom("warn", "block", "strict"),
		acceptFor: fc.array(host, { maxLength: 4 }),
		sites: fc.array(host, { minLength: 1, maxLength: 4 }),
		issuedAfter: date,
		enabled: fc.boolean(),
	},
	{ requiredKeys: ["id", "title", "match"] },
);

export const policy = fc.record(
	{
		version: fc.constant(1),
		rules: fc.uniqueArray(rule, { maxLength: 6, selector: ({ id }) => id }),
		settings: fc.record(
			{
				preflight: fc.constantFrom("off", "credentials", "always"),
				unverifiable: fc.constantFrom("block", "allow"),
				changedCountry: fc.constantFrom("off", "warn"),
			},
			{ requiredKeys: [] },
		),
	},
	{ requiredKeys: ["version", "rules"] },
);
