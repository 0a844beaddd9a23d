import { expect, test } from "vitest";
import { readElement } from "../../src/certificate/der.ts";
import { readName } from "../../src/certificate/name.ts";
import names from "./fixtures/names.json" with { type: "json" };

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

test.each(names)("writes a name as Firefox does: $what", ({ name, firefox }) => {
	expect(readName(readElement(bytes(name))).text).toBe(firefox);
});

test("plain values are the most specific of their kind, without quotes or escapes", () => {
	const quoted = names.find(({ what }) => what === "utf8:qcomma");
	expect(readName(readElement(bytes(quoted?.name ?? "")))).toMatchObject({
		commonName: 'a "b", c',
		organization: null,
	});
	const several = names.find(({ what }) => what === "multi");
	expect(readName(readElement(bytes(several?.name ?? "")))).toMatchObject({
		commonName: "a",
		organization: "o, x",
		country: "US",
	});
});
