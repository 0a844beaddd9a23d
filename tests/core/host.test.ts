import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HostTable, isInBlock, isUnder, readBlock, readHost } from "../../src/core/host.ts";
import { fits } from "./slow-judge.ts";
import { HOSTS } from "./world.ts";

/** Whether a list of entries has a host. */
function has(entries: readonly string[], host: string): boolean {
	const table = new HostTable<true>();
	for (const entry of entries) table.at(entry, () => true);
	return table.find(readHost(host)).length > 0;
}

describe("names", () => {
	test.each([
		["example.com", "example.com", true, "itself"],
		["www.example.com", "example.com", true, "below it"],
		["a.b.c.example.com", "example.com", true, "far below it"],
		["evilexample.com", "example.com", false, "whole labels only"],
		["example.com.evil.net", "example.com", false, "from the right"],
		["com", "example.com", false, "above it"],
		["example.cn", "cn", true, "a top-level domain is a name"],
		["EXAMPLE.Com", "example.com", true, "letter case"],
		["www.example.com.", "example.com", true, "a trailing dot"],
		["xn--mnchen-3ya.de", "xn--mnchen-3ya.de", true, "A-labels, as in addresses"],
		["www.xn--mnchen-3ya.de", "xn--mnchen-3ya.de", true, "below an A-label"],
		["xn--mnchen-3ya.de.example", "xn--mnchen-3ya.de", false, "an A-label is no prefix"],
		["", "example.com", false, "an empty host"],
		["example..com", "com", true, "an empty label"],
		["192.0.2.1.example", "example", true, "digits do not make an address"],
		["1.2.3.4.5", "5", true, "five numbers are a name"],
	])("%s under %s: %s (%s)", (host, entry, expected) => {
		expect(has([entry], host)).toBe(expected);
		expect(isUnder(readHost(host), entry)).toBe(expected);
	});

	test.each([
		["localhost", true],
		["router", true],
		["router.", true],
		["router.lan", false],
		["127.0.0.1", false],
		["::1", false],
	])("<local> has %s: %s", (host, expected) => expect(has(["<local>"], host)).toBe(expected));

	test("<local> is no name of its own", () => {
		expect(has(["<local>"], "<local>.example")).toBe(false);
		expect(has(["local"], "printer.local")).toBe(true);
		expect(has(["local"], "printer")).toBe(false);
	});
});

describe("addresses", () => {
	test.each([
		["192.0.2.1", 32, 0xc0000201n],
		["0.0.0.0", 32, 0n],
		["255.255.255.255", 32, 0xffffffffn],
		["192.0.2.1.", 32, 0xc0000201n],
		["::", 128, 0n],
		["::1", 128, 1n],
		["[::1]", 128, 1n],
		["2001:db8::8:800:200c:417a", 128, 0x20010db80000000000080800200c417an],
		["2001:DB8::1", 128, 0x20010db8000000000000000000000001n],
		["fe80::", 128, 0xfe80n << 112n],
		["1:2:3:4:5:6:7:8", 128, 0x00010002000300040005000600070008n],
		["1:2:3:4:5:6:7::", 128, 0x00010002000300040005000600070000n],
		["::ffff:c000:201", 32, 0xc0000201n],
		["[::ffff:c000:201]", 32, 0xc0000201n],
		["::ffff:0:c000:201", 128, 0xffff0000c0000201n],
	])("%s is an address of %i bits", (text, size, bits) => {
		expect(readHost(text)).toMatchObject({ kind: "address", size, bits });
	});

	test.each([
		"256.1.1.1",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.x",
		"-1.2.3.4",
		"",
		".",
		"1:2",
		":::",
		"1::2::3",
		"1:2:3:4:5:6:7:8:9",
		"12345::",
		"::g",
		"[::1",
		"fe80::1%eth0",
	])("%s is no address, and does not throw", (text) => expect(readHost(text).kind).toBe("name"));

	test.each([
		["192.0.2.1", "192.0.2.1", true, "itself"],
		["192.0.2.1", "192.0.2.2", false, "its neighbour"],
		["192.0.2.1", "2.1", false, "an address is no name"],
		["192.0.2.0", "192.0.2.0/31", true, "the first of two"],
		["192.0.2.1", "192.0.2.0/31", true, "the second of two"],
		["192.0.2.2", "192.0.2.0/31", false, "the one after"],
		["192.0.1.255", "192.0.2.0/23", false, "the one before a /23"],
		["192.0.2.0", "192.0.2.0/23", true, "the first of a /23"],
		["192.0.3.255", "192.0.2.0/23", true, "the last of a /23"],
		["192.0.4.0", "192.0.2.0/23", false, "the one after a /23"],
		["127.255.255.255", "0.0.0.0/1", true, "half of all"],
		["128.0.0.0", "0.0.0.0/1", false, "the other half"],
		["255.255.255.255", "0.0.0.0/0", true, "all"],
		["192.0.2.1", "192.0.2.1/32", true, "a block of one"],
		["::1", "0.0.0.0/0", false, "all IPv4 is not IPv6"],
		["192.0.2.1", "::/0", false, "all IPv6 is not IPv4"],
		["::ffff:c000:201", "192.0.2.0/24", true, "IPv4 mapped into IPv6 is IPv4"],
		["::ffff:c000:201", "::/0", false, "and not IPv6"],
		["fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fd00::/8", true, "the last of a /8"],
		["fe00::", "fd00::/8", false, "the one after"],
		["fe80::1", "fe80::/10", true, "link-local"],
		["febf:ffff::", "fe80::/10", true, "the edge of a prefix inside a group"],
		["fec0::", "fe80::/10", false, "beyond it"],
		["2001:db8::1", "2001:db8::1/128", true, "a block of one"],
		["2001:db8::2", "2001:db8::/127", false, "the one after two"],
	])("%s in %s: %s (%s)", (host, entry, expected) => {
		expect(has([entry], host)).toBe(expected);
		const block = readBlock(entry);
		if (block) expect(isInBlock(readHost(host), block)).toBe(expected);
	});

	test.each([
		"10.0.0.1/8",
		"10.0.0.0/33",
		"10.0.0.0/",
		"10.0.0.0/-1",
		"10.0.0.0/8x",
		"fd00::1/8",
		"::/129",
		"example.com/8",
		"/8",
		"10.0.0.0",
		"10.0.0.0/0008",
	])("%s is no block", (text) => expect(readBlock(text)).toBeNull());
});

test("lists of names, addresses and blocks together, against a simple search", () => {
	const entry = fc.oneof(
		fc.constantFrom(...HOSTS, "<local>", "example", "de", "a.b"),
		fc
			.record({ bits: fc.bigInt(0n, 2n ** 32n - 1n), prefix: fc.integer({ min: 0, max: 32 }) })
			.map(({ bits, prefix }) => {
				const network = (bits >> BigInt(32 - prefix)) << BigInt(32 - prefix);
				return `${[24n, 16n, 8n, 0n].map((shift) => (network >> shift) & 255n).join(".")}/${prefix}`;
			}),
	);
	fc.assert(
		fc.property(fc.array(entry, { maxLength: 6 }), fc.constantFrom(...HOSTS), (entries, host) => {
			// The simple search knows no mapped entries; the door turns those into IPv4.
			const unmapped = entries.filter((one) => !one.startsWith("::ffff"));
			expect(has(unmapped, host)).toBe(unmapped.some((one) => fits(host, one)));
		}),
		{ numRuns: 2000 },
	);
});

test("reading any text as a host never throws", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme" }), (text) => {
			expect(["name", "address"]).toContain(readHost(text).kind);
			readBlock(text);
		}),
	);
});
