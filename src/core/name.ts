/**
 * Distinguished names as Firefox writes them: NSS's CERT_NameToAscii (lib/certdb/alg1485.c), an
 * RFC 1485 dialect, most specific part first: `CN=Example,O="Example, Inc.",C=US`. No maintained
 * library for browsers reads this dialect (docs/decisions).
 */

export interface Attribute {
	/** Upper case as written: "CN", "O", "C", "OID.2.5.4.97". */
	readonly type: string;
	/** Unescaped and unquoted. */
	readonly value: string;
}

const COMMA = 0x2c;
const PLUS = 0x2b;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX_PAIR = /^[0-9a-fA-F]{2}/;

const isSeparator = (code: number): boolean => code === COMMA || code === PLUS || code === SEMICOLON;

/** Undoes `\c` and runs of `\XX`, which stand for bytes of UTF-8. */
function unescape(text: string): string {
	if (!text.includes("\\")) return text;
	let out = "";
	for (let at = 0; at < text.length; at++) {
		if (text.charCodeAt(at) !== BACKSLASH) {
			out += text[at];
			continue;
		}
		let escapes = "";
		while (text.charCodeAt(at) === BACKSLASH && HEX_PAIR.test(text.slice(at + 1, at + 3))) {
			escapes += `%${text.slice(at + 1, at + 3)}`;
			at += 3;
		}
		if (escapes === "") {
			at += 1;
			out += text[at] ?? "";
			continue;
		}
		at -= 1;
		try {
			out += decodeURIComponent(escapes);
		} catch {
			// Not UTF-8: keep what was written, so that two different names stay different.
			out += escapes;
		}
	}
	return out;
}

/**
 * Splits a distinguished name into its attributes, in the order written; parts joined by "+" are
 * listed one after the other. Never throws: what cannot be read as `TYPE=value` is left out.
 */
export function readAttributes(name: string): Attribute[] {
	const attributes: Attribute[] = [];
	let at = 0;
	while (at < name.length) {
		const start = at;
		while (at < name.length && name.charCodeAt(at) !== EQUALS) at++;
		const type = name.slice(start, at).trim().toUpperCase();
		at++;
		while (name.charCodeAt(at) === 0x20) at++;
		const quoted = name.charCodeAt(at) === QUOTE;
		if (quoted) at++;
		const from = at;
		for (; at < name.length; at++) {
			const code = name.charCodeAt(at);
			if (code === BACKSLASH) at++;
			else if (quoted ? code === QUOTE : isSeparator(code)) break;
		}
		const value = unescape(name.slice(from, at));
		if (quoted) while (at < name.length && !isSeparator(name.charCodeAt(at))) at++;
		at++;
		if (type !== "") attributes.push({ type, value: quoted ? value : value.trim() });
	}
	return attributes;
}

const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/**
 * Brings a name into the form in which names are compared: Unicode NFKC, full case folding, white
 * space collapsed. Upper then lower case folds what simple lower case keeps apart ("ß" and "SS").
 */
export function fold(text: string): string {
	if (PLAIN.test(text)) return text.toLowerCase();
	const folded = text.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
	return folded.replace(/\s+/g, " ").trim();
}

/** The readable parts of a name. */
export interface Name {
	readonly commonName: string | null;
	readonly organization: string | null;
	/** As written, upper case; not checked against any list. */
	readonly country: string | null;
}

/** Reads the parts people are shown. Where an attribute stands more than once, the first wins. */
export function readName(name: string): Name {
	const attributes = readAttributes(name);
	const first = (type: string) => attributes.find((attribute) => attribute.type === type)?.value || null;
	return {
		commonName: first("CN"),
		organization: first("O"),
		country: first("C")?.toUpperCase() ?? null,
	};
}

/** NSS and others write some types differently; these are the ones found in real CA names. */
const SAME_TYPE: Readonly<Record<string, string>> = {
	EMAILADDRESS: "E",
	MAIL: "E",
	"OID.1.2.840.113549.1.9.1": "E",
	"1.2.840.113549.1.9.1": "E",
	S: "ST",
};

/**
 * A key under which two writings of one name compare equal, whatever the order of their parts (DER
 * has the country first, Firefox last). For comparing a leaf's issuer with known subjects only.
 */
export function nameKey(name: string): string {
	return readAttributes(name)
		.map(({ type, value }) => `${SAME_TYPE[type] ?? type}=${fold(value)}`)
		.sort()
		.join("\n");
}
