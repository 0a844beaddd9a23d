/** Just enough DER to write names, and whole certificates, that no library would. */

/** One element: tag, length, contents. */
export function der(tag: number, ...parts: (Uint8Array | readonly number[])[]): Buffer {
	const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
	const length: number[] = [];
	for (let rest = content.length; rest > 0; rest >>>= 8) length.unshift(rest & 0xff);
	const head = content.length < 0x80 ? [content.length] : [0x80 | length.length, ...length];
	return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

export const SEQUENCE = 0x30;
export const SET = 0x31;

/** String types of names, by tag. */
export const STRING = { utf8: 0x0c, printable: 0x13, t61: 0x14, ia5: 0x16, visible: 0x1a, bmp: 0x1e } as const;

/** An object identifier out of dotted text. */
export function oid(dotted: string): Buffer {
	const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
	const bytes = [first * 40 + second, ...rest].flatMap((number) => {
		const groups = [number % 128];
		for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
			groups.unshift((left % 128) | 0x80);
		return groups;
	});
	return der(0x06, bytes);
}

const TYPES: Readonly<Record<string, string>> = {
	CN: "2.5.4.3",
	C: "2.5.4.6",
	O: "2.5.4.10",
	OU: "2.5.4.11",
	L: "2.5.4.7",
	ST: "2.5.4.8",
	organizationIdentifier: "2.5.4.97",
};

/** One attribute: its type, its text (UTF-8 by default) or bytes, and the string type to say it in. */
export type Part = readonly [type: string, value: string | Uint8Array, string?: keyof typeof STRING | undefined];

function bytesOf(value: string | Uint8Array, string: keyof typeof STRING): Uint8Array {
	if (typeof value !== "string") return value;
	if (string === "bmp") return Buffer.from(value, "utf16le").swap16();
	return Buffer.from(value, string === "t61" ? "latin1" : "utf8");
}

/** One part by itself, or several together. */
export type Rdn = Part | readonly Part[];

/** A Name: its RDNs in DER's order (country first), each of one part or of several. */
export function derName(...rdns: readonly Rdn[]): Buffer {
	const attribute = ([type, value, string = "utf8"]: Part) =>
		der(SEQUENCE, oid(TYPES[type] ?? type), der(STRING[string], bytesOf(value, string)));
	const isPart = (rdn: Rdn): rdn is Part => typeof rdn[0] === "string";
	return der(SEQUENCE, ...rdns.map((rdn) => der(SET, ...(isPart(rdn) ? [rdn] : rdn).map(attribute))));
}
