import { describe, expect, it } from "vitest";
import { mailProviders } from "../../src/catalogue/mailProviders.ts";
import { MAIL_PORTS, mailKey } from "../../src/core/mail.ts";

describe("the mail servers of well-known providers", () => {
	it("are those that the command line and the options page name", () => {
		expect(mailProviders.map(({ id }) => id)).toEqual(["outlook", "gmail", "icloud", "yahoo", "qq", "163"]);
	});

	it.each(mailProviders)("$name: one to fetch mail from and one to send it by, each with a source", (provider) => {
		const { servers, source, date } = provider;
		const keys = servers.map(mailKey);
		expect(new Set(keys).size).toBe(keys.length);
		expect(servers.some(({ protocol }) => protocol === "imaps")).toBe(true);
		expect(servers.some(({ protocol }) => protocol === "smtps" || protocol === "submission")).toBe(true);
		for (const { protocol, host, port } of servers) {
			expect(port).toBe(MAIL_PORTS[protocol]);
			expect(host).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
		}
		expect(source).toMatch(/^https:\/\//);
		expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
	});
});
