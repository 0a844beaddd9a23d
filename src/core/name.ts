/**
 * Distinguished names as Firefox writes them: NSS's CERT_NameToAscii (lib/certdb/alg1485.c), an
 * RFC 1485 dialect, most specific part first: `CN=Example,O="Example, Inc.",C=US`. No maintained
 * library for browsers reads this dialect (docs/decisions). What it does to awkward names was
 * measured: tests/e2e/names.test.ts.
 */

export interface Attribute {
	/** Upper case: "CN", "O", "C", "OID.2.5.4.97". */
	readonly type: string;
	/** Unescaped and unquoted. Where Firefox cut it, what is left, with "…" for the rest. */
	readonly value: string;
	/** Firefox shows only so many bytes of a value, 128 of an O. This one was longer. */
	readonly cut: boolean;
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
function unescaped(text: string): string {
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
		// Not UTF-8: keep what was written, so that two different names stay different.
		out += decodeBytes(escapes) ?? escapes;
	}
	return out;
}

/** Reads "%XX%XX" as UTF-8. */
function decodeBytes(escapes: string): string | null {
	try {
		return decodeURIComponent(escapes);
	} catch {
		return null;
	}
}

/** Bytes of a value that Firefox shows, escapes and opening quote included (NSS: name2kinds). */
const SHOWN: Readonly<Record<string, number>> = { C: 2, CN: 640, L: 128, O: 128, OU: 128, ST: 128 };
const DOTS = "...";

function utf8Length(text: string): number {
	let length = 0;
	for (const character of text) {
		const point = character.codePointAt(0) ?? 0;
		length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	}
	return length;
}

/** What is left of a character that was cut in two: its first byte, read alone. */
const HALF = /[\u00c2-\u00f4]$/;

/**
 * What is left of a value that Firefox cut, or null when it is whole. `written` is the value as it
 * stands, without quotes. A cut value is exactly as long as Firefox shows, or up to three bytes
 * shorter where a character of several bytes was cut: of that only the first byte stays.
 */
function cutValue(type: string, written: string, quoted: boolean): string | null {
	const limit = SHOWN[type];
	if (limit === undefined || !written.endsWith(DOTS)) return null;
	const left = written.slice(0, -DOTS.length);
	const whole = left.replace(HALF, "");
	const shown = utf8Length(whole) + (whole === left ? 0 : 1) + (quoted ? 1 : 0);
	return shown === limit || (whole !== left && shown >= limit - 3 && shown < limit) ? whole : null;
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
		while (at < name.length && name.charCodeAt(at) !== EQUALS && !isSeparator(name.charCodeAt(at))) at++;
		const type = name.slice(start, at).trim().toUpperCase();
		// "C..." stands for a country that Firefox could not show: the next part is none of its value.
		if (name.charCodeAt(at++) !== EQUALS) continue;
		while (name.charCodeAt(at) === 0x20) at++;
		const quoted = name.charCodeAt(at) === QUOTE;
		if (quoted) at++;
		const from = at;
		for (; at < name.length; at++) {
			const code = name.charCodeAt(at);
			if (code === BACKSLASH) at++;
			else if (quoted ? code === QUOTE : isSeparator(code)) break;
		}
		const written = name.slice(from, at);
		if (quoted) while (at < name.length && !isSeparator(name.charCodeAt(at))) at++;
		at++;
		if (type === "") continue;
		const left = cutValue(type, written, quoted);
		const value = unescaped(left ?? written);
		attributes.push({
			type,
			value: left !== null ? `${value}…` : quoted ? value : value.trim(),
			cut: left !== null,
		});
	}
	return attributes;
}

const WIDER = /[\u0100-\uffff]/;
const NOT_ASCII = /[\u0080-\u00ff]/;
/** One character in UTF-8, or what is no part of any, in a text of one byte per character. */
const SEQUENCE =
	/[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}|[\u0080-\u00ff]/g;

/**
 * The ways in which a name from Firefox can be meant, likeliest first. A name that is not UTF-8
 * throughout comes with every byte of it as one character ("中" as "ä¸­"). This happens to proper
 * names too: cutting an O may leave half a character behind. Such a name is put right; one that may
 * as well be meant as it stands is given in both readings.
 */
export function readings(name: string): readonly [string, ...string[]] {
	if (!NOT_ASCII.test(name) || WIDER.test(name)) return [name];
	let joined = false;
	let stray = false;
	let cut = false;
	const put = name.replace(SEQUENCE, (bytes, at: number) => {
		const escapes = Array.from(bytes, (byte) => `%${byte.charCodeAt(0).toString(16)}`).join("");
		const character = bytes.length > 1 ? decodeBytes(escapes) : null;
		if (character !== null) joined = true;
		else if (HALF.test(bytes) && name.startsWith(DOTS, at + 1)) cut = true;
		else stray = true;
		return character ?? bytes;
	});
	// UTF-8 throughout: Firefox would have read it so, and these characters are meant.
	if (!joined || !(stray || cut)) return [name];
	return stray ? [name, put] : [put];
}

const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/**
 * Brings a name into the form in which names are compared: Unicode NFKC, full case folding, white
 * space collapsed. Lower, upper and lower case again is the full folding of every character but "ı",
 * which here equals "i" (compared with Unicode's tables, character by character).
 */
export function fold(text: string): string {
	if (PLAIN.test(text)) return text.toLowerCase();
	const cased = text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
	// Lower case writes a sigma by where it stands in its word; folding does not.
	return cased
		.replaceAll("ς", "σ")
		.replace(/[\s\u0085]+/g, " ")
		.trim();
}

/**
 * What the folded text of the whole value begins with, for a value that Firefox cut. Its last
 * characters may have been half of something else (a base and its accent), so they do not count.
 */
export function foldCut(value: string): string {
	return fold(value.replace(/…$/, "")).slice(0, -2);
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
	const attributes = readAttributes(readings(name)[0]);
	const first = (type: string) => attributes.find((attribute) => attribute.type === type)?.value || null;
	return {
		commonName: first("CN"),
		organization: first("O"),
		country: first("C")?.toUpperCase() ?? null,
	};
}

/**
 * The name people know a certificate's holder by: who owns the key where the catalogue knows it, else
 * the organisation, else the name it gives itself, else all of that as it stands. Null: it has no name.
 */
export function knownAs(certificate: {
	readonly authority: { readonly name: string } | null;
	readonly organization: string | null;
	readonly commonName: string | null;
	readonly subject: string;
}): string | null {
	const { authority, organization, commonName, subject } = certificate;
	return authority?.name ?? organization ?? commonName ?? (subject || null);
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
	return readAttributes(readings(name)[0])
		.map(({ type, value }) => `${SAME_TYPE[type] ?? type}=${fold(value)}`)
		.sort()
		.join("\n");
}
