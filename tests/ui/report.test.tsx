/** Reports saved from the block page: what is in them, what is not, and that hostile names stay text. */
import "./setup.ts";

import { createHash } from "node:crypto";
import { render } from "preact";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { App } from "../../src/blocked/App.tsx";
import { practiceRefusal } from "../../src/blocked/practice.ts";
import { type Include, NOTHING_PERSONAL, type ReportFacts, reportFile, reportName } from "../../src/blocked/report.tsx";
import { createBlocked } from "../../src/blocked/store.ts";
import type { Refusal } from "../../src/protocol.ts";
import { NOW, refusals } from "../gallery/samples.ts";
import { Pki } from "../pki/index.ts";
import { fakeClock, settle } from "./helpers.ts";
import { unknownKeys } from "./setup.ts";

const versions = { browser: "Firefox 153.0", extension: "0.1.0" };

const sample = (name: string): Refusal => {
	const found = refusals[name];
	if (found === undefined) throw new Error(`No sample ${name}`);
	return found;
};

function factsOf(refusal: Refusal, own: Partial<ReportFacts> = {}): ReportFacts {
	return { refusal, pems: refusal.chain.map(() => null), practice: false, versions, ...own };
}

const file = (refusal: Refusal, include: Partial<Include> = {}, own: Partial<ReportFacts> = {}): string =>
	reportFile(factsOf(refusal, own), { ...NOTHING_PERSONAL, ...include });

/** The file, read as a browser would. */
function read(html: string): Document {
	return new DOMParser().parseFromString(html, "text/html");
}

const textOf = (html: string): string => read(html).body.textContent ?? "";

/** With everything in it that could tell about a person. */
const personal: Refusal = {
	...sample("form"),
	url: "https://someone:secret@outlook.example/mail?q=lawyer#draft",
	rule: {
		ref: "my-rule-7",
		source: "list",
		title: "Title of my own",
		reason: "Reason of my own",
		action: "block",
		exceptable: true,
		list: { id: "exile-press", title: "Exile Press" },
	},
	before: [
		{
			authority: { id: "digicert", name: "DigiCert", country: "US" },
			name: "DigiCert",
			country: "US",
			first: Date.UTC(2026, 2, 3),
			last: Date.UTC(2026, 9, 30),
		},
	],
};

afterEach(() => {
	render(null, document.body);
	expect([...unknownKeys]).toEqual([]);
});

describe("a report", () => {
	test("says what happened, when in UTC, by which rule, in which browser", () => {
		const text = textOf(file(sample("cnnic")));
		expect(text).toContain("Countersign stopped a page of outlook.example.");
		expect(text).toContain("outlook.example proves who it is only through CNNIC.");
		expect(text).toContain("November 22, 2026 at 2:05:00 PM UTC");
		expect(text).toContain("(2026-11-22T14:05:00Z)");
		expect(text).toContain('{"authority":"cnnic"}');
		expect(text).toContain("Whoever uses this browser set the rule. It stops pages, and leaves a way through.");
		expect(text).toContain("Firefox 153.0");
		expect(text).toContain("0.1.0");
		for (const { subject, issuer, sha256, spki } of sample("cnnic").chain) {
			for (const fact of [subject, issuer, sha256, spki]) expect(text).toContain(fact);
		}
		expect(text).toContain("vouches for outlook.example");
		expect(text.match(/Refused/g)).toHaveLength(1);
		expect(text).toContain("does not hold this certificate any more");
	});

	test.each(Object.keys(refusals))("can be made of every refusal: %s", (name) => {
		const html = file(sample(name), { address: true, words: true, visits: true });
		expect(textOf(html)).toContain(sample(name).host);
		expect(read(html).querySelectorAll("h1")).toHaveLength(1);
	});

	test("of a form that was held back claims no more than that", () => {
		const text = textOf(file(sample("unanswered")));
		expect(text).toContain("Countersign did not send a form to outlook.example.");
		expect(text).toContain("No identity document of the site could be read.");
		expect(text).not.toContain("The rule");
		expect(text).not.toContain("signed with the key of the next one");
	});

	test("says what else was noticed of the site, and nothing of the person's own network", () => {
		const connection = { transparency: "not-enough", protocol: "TLSv1", weak: true, proxied: true } as const;
		const text = textOf(file({ ...sample("cnnic"), connection }));
		expect(text).toContain("This identity document is not in enough public lists.");
		expect(text).toContain("the site uses an old way to do it.");
		expect(text).toContain("TLSv1, weak");
		expect(text).not.toMatch(/proxy/i);
	});

	test("of practice says so first", () => {
		const refusal = practiceRefusal(NOW);
		const text = textOf(file(refusal, {}, { practice: true }));
		expect(text.trim()).toMatch(/^Practice: everything in this report is made up\./);
	});

	test("is one file in the page's language that loads nothing, runs nothing and leads nowhere", () => {
		const html = file(sample("cross-signed"), { address: true, words: true });
		expect(html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/);
		const document = read(html);
		expect(document.querySelector("meta")?.getAttribute("charset")).toBe("utf-8");
		expect(document.querySelector("meta[http-equiv]")?.getAttribute("content")).toMatch(/^default-src 'none'/);
		expect(document.title).toBe("Countersign report: outlook.example");
		expect(document.querySelector("script, link, img, iframe, object, embed, form, a, button, input, svg")).toBeNull();
		for (const element of document.querySelectorAll("*")) {
			for (const { name } of [...element.attributes]) {
				expect(name).not.toMatch(/^on|^src$|^href$|^style$|^action$|^srcset$/);
			}
		}
		expect(document.querySelector("style")?.textContent).not.toMatch(/url\(|@import/);
	});

	test("is named after the host and the day in UTC, with nothing in the name that a system minds", () => {
		expect(reportName(sample("cnnic"))).toBe("countersign-report-outlook.example-2026-11-22.html");
		expect(reportName({ ...sample("cnnic"), host: "[2001:db8::1]" })).toBe(
			"countersign-report-_2001_db8_1_-2026-11-22.html",
		);
		const long = reportName({ ...sample("cnnic"), host: `${"a".repeat(250)}.example` });
		expect(long.length).toBeLessThan(140);
		expect(reportName({ ...sample("cnnic"), host: "a;$(b)'c.example" })).toMatch(/^[a-z0-9._-]+$/);
	});
});

describe("nothing personal", () => {
	const SECRETS = [
		"someone",
		"secret",
		"/mail",
		"lawyer",
		"draft",
		"my-rule-7",
		"of my own",
		"Exile",
		"exile",
		"DigiCert",
	];

	test("tells of earlier visits, nor that there were any", () => {
		const visited = Object.keys(refusals).filter((id) => sample(id).before.length > 0);
		expect(visited.length).toBeGreaterThan(3);
		for (const name of visited) expect(file(sample(name)), name).toBe(file({ ...sample(name), before: [] }));
	});

	test("is in it by default", () => {
		const html = file(personal);
		for (const secret of SECRETS) expect(html).not.toContain(secret);
		expect(textOf(html)).toContain("The rule comes from a list that others publish.");
		expect(textOf(html)).toContain("Of the address, only the name of the site is here.");
		expect(textOf(html)).toContain("The rule's own words are not here.");
		// Neither what was sent, nor the computer it was sent from.
		expect(textOf(html)).not.toMatch(/cookies that|Already sent|Linux|Windows|Mozilla\//);
	});

	test("tells the time zone or the region of the computer", () => {
		const zone = process.env.TZ;
		const files = ["UTC", "Asia/Shanghai", "America/Los_Angeles"].map((name) => {
			process.env.TZ = name;
			return file(personal);
		});
		process.env.TZ = zone ?? "";
		if (zone === undefined) Reflect.deleteProperty(process.env, "TZ");
		expect(new Set(files).size).toBe(1);
	});

	test("is in it but what was ticked", () => {
		const address = file(personal, { address: true });
		expect(textOf(address)).toContain("https://outlook.example/mail?q=lawyer#draft");
		// Not a name and password, which addresses can carry.
		for (const secret of ["someone", "secret", "my-rule-7", "of my own", "xile", "DigiCert"])
			expect(address).not.toContain(secret);
		const words = file(personal, { words: true });
		for (const word of ["my-rule-7", "Title of my own", "Reason of my own", "Exile Press"])
			expect(words).toContain(word);
		for (const secret of ["lawyer", "DigiCert"]) expect(words).not.toContain(secret);
		const visits = file(personal, { visits: true });
		expect(textOf(visits)).toContain("DigiCert (United States), from March 3, 2026 to October 30, 2026");
		for (const secret of ["lawyer", "of my own"]) expect(visits).not.toContain(secret);
	});
});

describe("hostile names", () => {
	const HOSTILE = [
		"<script>alert(1)</script>",
		"<img src=x onerror=alert(1)>",
		"</pre></style></title><svg onload=alert(1)>",
		'" onmouseover="alert(1)',
		"&lt;b&gt;&#x3c;i&#x3e;",
		"<!-- --!> ]]>",
		"<plaintext><noscript><textarea>",
		"\u202Eexe.lmth\u2066",
	];

	test.each(HOSTILE)("stay text: %s", (name) => {
		const [leaf, ca, root] = sample("cnnic").chain;
		if (!leaf || !ca || !root) throw new Error("No chain");
		const own = { subject: `CN=${name}`, issuer: `CN=${name}`, commonName: name, organization: name, country: name };
		const hostile: Refusal = {
			...personal,
			url: `https://outlook.example/?${name}`,
			selector: { organization: name },
			chain: [
				{ ...leaf, ...own },
				{ ...ca, ...own, authority: null },
				{ ...root, ...own, authority: { id: name, name, country: name } },
			],
			rule: personal.rule && {
				...personal.rule,
				title: name,
				reason: name,
				ref: name,
				list: { id: name, title: name },
			},
			before: [{ authority: null, name, country: name, first: NOW, last: NOW }],
		};
		const clean = read(file(personal, { address: true, words: true, visits: true }));
		const document = read(file(hostile, { address: true, words: true, visits: true }));
		const tags = (of: Document) => new Set(Array.from(of.querySelectorAll("*"), ({ tagName }) => tagName));
		expect(tags(document)).toEqual(tags(clean));
		for (const element of document.querySelectorAll("*")) {
			for (const attribute of [...element.attributes]) expect(attribute.value).not.toContain("alert");
		}
		expect(document.body.textContent).toContain(`CN=${name}`);
		// Nothing outside of an element of its own can be turned around by it.
		for (const element of document.querySelectorAll("bdi, .mono, pre")) element.remove();
		expect(document.body.textContent).not.toContain(name);
	});

	test("no command is made of a host that means something to a shell", () => {
		const commands = (host: string) =>
			Array.from(
				read(file({ ...sample("cnnic"), host })).querySelectorAll("pre"),
				({ textContent }) => textContent ?? "",
			);
		expect(commands("outlook.example")[1]).toBe(
			"openssl s_client -connect outlook.example:443 -servername outlook.example -showcerts </dev/null",
		);
		expect(commands("[2001:db8::1]")[1]).toBe("openssl s_client -connect [2001:db8::1]:443 -showcerts </dev/null");
		for (const host of [
			"a;reboot.example",
			"$(reboot).example",
			"`reboot`.example",
			"a&b",
			"-proxy.example",
			"a'b",
			"a*b",
		])
			expect(commands(host), host).toHaveLength(1);
	});
});

describe("the certificates", () => {
	let refusal: Refusal;
	let der: string[];
	beforeAll(async () => {
		const pki = await Pki.create();
		const root = await pki.root({ name: "CN=Root,O=Trust,C=XX" });
		const leaf = await root.leaf({ names: ["outlook.example"] });
		const all = [leaf.der, root.der].map((bytes) => Buffer.from(bytes));
		der = all.map((bytes) => bytes.toString("base64"));
		const [first, , last] = sample("cnnic").chain;
		if (!first || !last) throw new Error("No chain");
		const fingerprint = (bytes: Buffer) =>
			(createHash("sha256").update(bytes).digest("hex").toUpperCase().match(/../g) ?? []).join(":");
		refusal = {
			...sample("cnnic"),
			position: 1,
			chain: [first, last].map((one, at) => ({ ...one, sha256: fingerprint(all[at] ?? Buffer.alloc(0)) })),
		};
	});

	/** The PEM texts that the page puts into a report when the background knows these certificates. */
	async function savedWith(certificates: readonly string[], act?: () => Promise<void>) {
		const saved: { name: string; text: string; type: string }[] = [];
		const store = createBlocked({
			background: {
				refusal: async () => refusal,
				chainOf: async () => ({ der: certificates }),
				letThrough: async () => ({ ok: false, error: "no" }),
				goBack: async () => undefined,
				tryAgain: async () => "unanswered",
				sendAnyway: async () => ({ ok: true }),
			},
			clock: fakeClock(),
			navigate: () => undefined,
			id: "r1",
			reports: {
				versions: async () => versions,
				saveFile: (name, text, type) => saved.push({ name, text, type }),
			},
		});
		await store.load();
		render(<App store={store} />, document.body);
		await shown();
		await act?.();
		pressSave();
		await vi.waitFor(() => expect(document.querySelector(".blocked-saved")?.textContent).toContain("Firefox saves it"));
		return { saved, pems: pemsIn(saved[0]?.text ?? "") };
	}

	const pressSave = () => {
		const all = [...document.querySelectorAll("button")];
		const button = all.find(({ textContent }) => textContent === "Save the report");
		if (button === undefined) throw new Error("No button");
		button.click();
	};
	/** The page is there, and what it does once it came into view is done. */
	const shown = async () => {
		await vi.waitFor(() => expect(document.querySelector(".blocked-report")).not.toBeNull());
		await settle();
	};
	const pemsIn = (html: string): string[] =>
		Array.from(read(html).querySelectorAll("li pre"), ({ textContent }) => textContent ?? "");
	const derIn = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, "");

	test("stand in the file as PEM, each beside its own fingerprint, whatever order they came in", async () => {
		const { saved, pems } = await savedWith(der.toReversed());
		expect(saved).toMatchObject([{ name: "countersign-report-outlook.example-2026-11-22.html", type: "text/html" }]);
		expect(pems.map(derIn)).toEqual(der);
		for (const pem of pems) {
			expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----$/);
		}
		expect(document.querySelector(".blocked-saved")?.textContent).toBe(
			"Firefox saves it as countersign-report-outlook.example-2026-11-22.html.",
		);
	});

	test("that are others than were judged are left out, and it says so", async () => {
		const { saved, pems } = await savedWith([der[0] ?? "", "AAAA", "not base64 <"]);
		expect(pems.map(derIn)).toEqual([der[0]]);
		expect(saved[0]?.text).toContain("does not hold this certificate any more");
	});

	test("the page shows beforehand just what will be in the file", async () => {
		const { saved } = await savedWith(der, async () => {
			const box = document.querySelector<HTMLInputElement>(".blocked-tick input");
			if (box === null) throw new Error("Nothing to tick");
			expect(box.checked).toBe(false);
			box.click();
			const preview = document.querySelector<HTMLDetailsElement>(".blocked-report details");
			if (preview === null) throw new Error("No preview");
			preview.open = true;
			preview.dispatchEvent(new Event("toggle"));
			await vi.waitFor(() => {
				const preview = document.querySelector(".blocked-preview")?.textContent;
				expect(preview).toContain("https://outlook.example/mail");
			});
		});
		expect(document.querySelector(".blocked-preview")?.textContent).toBe(textOf(saved[0]?.text ?? "").trim());
	});

	test("a failure is said, and nothing is saved", async () => {
		const saved: string[] = [];
		const store = createBlocked({
			background: {
				refusal: async () => refusal,
				chainOf: () => Promise.reject(new Error("the background is gone")),
				letThrough: async () => ({ ok: false, error: "no" }),
				goBack: async () => undefined,
				tryAgain: async () => "unanswered",
				sendAnyway: async () => ({ ok: true }),
			},
			clock: fakeClock(),
			navigate: () => undefined,
			id: "r1",
			reports: {
				versions: async () => versions,
				saveFile: (name) => saved.push(name),
			},
		});
		await store.load();
		render(<App store={store} />, document.body);
		await shown();
		pressSave();
		await vi.waitFor(() => {
			const error = document.querySelector(".blocked-report .field-error")?.textContent;
			expect(error).toContain("the background is gone");
		});
		expect(saved).toEqual([]);
	});
});
