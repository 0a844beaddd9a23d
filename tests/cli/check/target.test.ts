import { describe, expect, it } from "vitest";
import { nameOf, readTargets } from "../../../cli/check/target.ts";
import { readWords } from "../../../cli/words/words.ts";
import { mailProviders } from "../../../src/catalogue/mailProviders.ts";

const words = await readWords("en", new URL("../../../", import.meta.url));
const read = (...args: string[]): string[] => readTargets(args, null, words).map(nameOf);

describe("servers on the command line", () => {
	it.each([
		["example.com", "https://example.com:443"],
		["example.com:443", "https://example.com:443"],
		["example.com:993", "imaps://example.com:993"],
		["example.com:143", "imap://example.com:143"],
		["example.com:995", "pop3s://example.com:995"],
		["example.com:110", "pop3://example.com:110"],
		["example.com:465", "smtps://example.com:465"],
		["example.com:587", "submission://example.com:587"],
		["example.com:25", "smtp://example.com:25"],
		["example.com:853", "tls://example.com:853"],
		["imap://example.com", "imap://example.com:143"],
		["IMAPS://Example.COM./", "imaps://example.com:993"],
		["smtp://mail.example.com:2525", "smtp://mail.example.com:2525"],
		["bücher.example", "https://xn--bcher-kva.example:443"],
		["192.0.2.1:993", "imaps://192.0.2.1:993"],
		["2001:db8::1", "https://[2001:db8::1]:443"],
		["[2001:DB8::1]:993", "imaps://[2001:db8::1]:993"],
		["tls://[2001:db8::1]:853", "tls://[2001:db8::1]:853"],
		["localhost", "https://localhost:443"],
	])("%s", (text, name) => expect(read(text)).toEqual([name]));

	it("--protocol is for those that name none", () => {
		const targets = readTargets(["a.example", "b.example:993", "pop3s://c.example"], "imap", words);
		expect(targets.map(nameOf)).toEqual(["imap://a.example:143", "imap://b.example:993", "pop3s://c.example:995"]);
	});

	it("providers are all their servers, and each server comes once", () => {
		const all = mailProviders.map(({ id }) => id);
		expect(all).toEqual(["outlook", "gmail", "icloud", "yahoo", "qq", "163"]);
		expect(read(...all)).toEqual(mailProviders.flatMap(({ servers }) => servers.map(nameOf)));
		expect(read("Gmail", "gmail", "imap.gmail.com:993", "imaps://imap.gmail.com")).toEqual(read("gmail"));
	});

	it.each([
		["", "expected a server"],
		["exa mple.com", "expected a server"],
		["*.example.com", "expected a server"],
		["https://example.com/path", "expected a server"],
		["user@example.com", "expected a server"],
		["imaps://user:secret@example.com", "expected a server"],
		["[::1", "expected a server"],
		["example.com:0", "expected a port"],
		["example.com:65536", "expected a port"],
		["example.com:", "expected a port"],
		["example.com:09", "expected a port"],
		["[::1]:x", "expected a port"],
		["gopher://example.com", "expected one of https, imaps"],
		["tls://example.com", "a port is needed"],
	])("is not one: %j", (text, message) => {
		expect(() => read(text)).toThrow(message);
	});

	it("a password that was put there is not shown again", () => {
		expect(() => read("imaps://user:secret@example.com")).toThrow('got "…@example.com"');
	});

	it("none, and too many", () => {
		expect(() => read()).toThrow("no server was named");
		const many = Array.from({ length: 1001 }, (_, at) => `h${at}.example`);
		expect(() => read(...many)).toThrow("more than 1,000 servers");
		expect(read(...many.slice(1))).toHaveLength(1000);
	});
});
