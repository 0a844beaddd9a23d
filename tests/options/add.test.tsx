import { afterEach, describe, expect, test } from "vitest";
import { readCertificates } from "../../src/certificate/read.ts";
import { certificate, fixture } from "../certificate/fixtures.ts";
import { settle } from "../ui/helpers.ts";
import { unknownKeys } from "../ui/setup.ts";
import { open } from "./page.tsx";
import { authorities, cnnic, FINGERPRINT, KEY } from "./samples.ts";

afterEach(() => expect([...unknownKeys]).toEqual([]));

const file = (name: string, content: Uint8Array | string = fixture(name)): File =>
	new File([content as BlobPart], name);
const plain = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();
const checked = (): string[] =>
	[...document.querySelectorAll<HTMLInputElement>(".options-candidate > input")]
		.filter((input) => input.checked)
		.map((input) => document.querySelector(`label[for="${input.id}"]`)?.textContent ?? "");

describe("files", () => {
	test("a dropped chain shows who is in it; its authorities are chosen, by key, and added as one rule", async () => {
		const page = await open({ authorities });
		const event = await page.drop(file("chain.p7b"));
		expect(event.defaultPrevented).toBe(true);
		expect(page.text()).toContain("3 certificates were read");
		expect(page.text()).toContain("Fixture, Inc. · Pseudo-Accents · valid from");
		expect(checked()).toEqual(["Fixture CA", "Fixture Root"]);
		await page.click("Add rule");
		const [, int, root] = await readCertificates(fixture("chain.p7b"));
		expect(page.background.view.rules).toEqual([
			{
				id: "fixture-inc",
				title: "Fixture, Inc.",
				match: [{ spki: int?.spki }, { spki: root?.spki }],
				action: "block",
				enabled: true,
			},
		]);
		expect(document.querySelector(".options-add")).toBeNull();
		expect(document.activeElement?.getAttribute("aria-label")).toBe("Edit Fixture, Inc.");
	});

	test("several files add up, one bad file does not spoil the others, a copy counts once", async () => {
		const page = await open({ authorities });
		await page.drop(file("root.der"), file("broken.crt", "nothing of the kind"), file("other.der"));
		expect(checked()).toEqual(["Fixture Root", "Other Root"]);
		expect(document.querySelector(".options-add [role=alert]")?.textContent).toBe(
			"broken.crt: no certificate was found; expected PEM, DER or PKCS#7",
		);
		await page.drop(file("chain-pem.p7b"));
		expect(checked()).toEqual(["Fixture Root", "Other Root", "Fixture CA"]);
		expect(document.querySelector(".options-add [role=alert]")).toBeNull();
		expect(page.background.asked).toEqual([]);
	});

	test("a certificate can be refused by itself, and a site's alone is chosen where nothing else came", async () => {
		const page = await open({ authorities });
		await page.drop(file("leaf.der"));
		expect(checked()).toEqual(["a.example.test"]);
		await page.fill("Refuse by", "certificate");
		await page.click("Add rule");
		const leaf = await certificate("leaf.der");
		expect(page.background.view.rules[0]?.match).toEqual([{ certificate: plain(leaf.sha256) }]);
	});

	test("nothing chosen, nothing to add", async () => {
		const page = await open({ authorities });
		await page.click("Add a rule");
		expect((page.find("button", "Add rule") as HTMLButtonElement).disabled).toBe(true);
		await page.drop(file("root.der"));
		await page.click("Fixture Root");
		expect((page.find("button", "Add rule") as HTMLButtonElement).disabled).toBe(true);
	});

	test("PEM can be pasted; what cannot be read stays, with its error", async () => {
		const page = await open({ authorities });
		await page.click("Add a rule");
		await page.fill("Or paste a certificate (PEM)", "-----BEGIN CERTIFICATE-----\nMII");
		await page.click("Read pasted text");
		expect(page.text()).toContain("Pasted text: the certificate is cut off: no “END CERTIFICATE” line");
		await page.fill("Or paste a certificate (PEM)", (await certificate("root.der")).toPem());
		await page.click("Read pasted text");
		expect(checked()).toEqual(["Fixture Root"]);
		expect((page.find("textarea", "Or paste a certificate (PEM)") as HTMLTextAreaElement).value).toBe("");
	});

	test("a private key is named and never shown", async () => {
		const page = await open({ authorities });
		await page.drop(file("server.key", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----"));
		expect(page.text()).toContain("server.key: this is a private key, not a certificate.");
		expect(page.text()).not.toContain("c2VjcmV0");
	});

	test("what a rule refuses already is said", async () => {
		const root = await certificate("root.der");
		const page = await open({ authorities, rules: [{ ...cnnic, match: [{ spki: root.spki }] }] });
		await page.drop(file("root.der"));
		expect(page.text()).toContain("Refused by “CNNIC”");
	});
});

describe("typed or chosen", () => {
	test.each([
		["A known authority", "Known authority", "cnnic", { authority: "cnnic" }, "CNNIC"],
		["A country", "Country", "china", { country: "CN" }, "Authorities from China"],
		["An organization", "Organization", "DigiNotar", { organization: "DigiNotar" }, "DigiNotar"],
		["A key by its hash", "Key (SPKI hash)", ` ${KEY} `, { spki: KEY }, "Key H0IkzshPyZ…"],
		[
			"A certificate by fingerprint",
			"Certificate (fingerprint)",
			FINGERPRINT.toUpperCase().replace(/..(?!$)/g, "$&:"),
			{ certificate: FINGERPRINT },
			"Certificate 7D:15:C4:9D:F3…",
		],
		[
			"Clicked-through errors",
			"Clicked-through error",
			"domain",
			{ overridden: "domain" },
			"Clicked-through certificate errors",
		],
		["Not shipped by Firefox", null, "", { root: "not-built-in" }, "Authorities that Firefox does not ship"],
	])("%s", async (way, label, value, selector, title) => {
		const page = await open({ authorities });
		await page.click("Add a rule");
		await page.click(way);
		if (label !== null) await page.fill(label, value);
		await page.click("Add rule");
		expect(page.background.view.rules).toMatchObject([{ title, match: [selector], action: "block", enabled: true }]);
	});

	test.each([
		["A country", "Country", "Chnia", 'expected a country as two letters (ISO 3166-1), got "Chnia"'],
		["A key by its hash", "Key (SPKI hash)", "H0IkzshPyZ==", "expected 44 base64 characters, got 12"],
		["A certificate by fingerprint", "Certificate (fingerprint)", "7d15", "expected 64 hex digits (a SHA-256), got 4"],
	])("bad input: %s", async (way, label, value, error) => {
		const page = await open({ authorities });
		await page.click("Add a rule");
		await page.click(way);
		await page.fill(label, value);
		await page.click("Add rule");
		expect(page.described(label)).toContain(error);
		expect(page.find("input", label).getAttribute("aria-invalid")).toBe("true");
		expect(page.background.asked).toEqual([]);
		await page.fill(label, `${value}x`);
		expect(page.find("input", label).getAttribute("aria-invalid")).toBeNull();
	});

	test("more settings opens the editor on the new rule; nothing is added before it is saved", async () => {
		const page = await open({ authorities });
		await page.click("Add a rule");
		await page.click("A country");
		await page.fill("Country", "Netherlands");
		await page.click("More settings");
		expect(page.background.asked).toEqual([]);
		await page.fill("Still accepted for", "nl");
		await page.click("Save");
		expect(page.background.view.rules).toMatchObject([
			{ id: "authorities-from-netherlands", match: [{ country: "NL" }], acceptFor: ["nl"] },
		]);
	});

	test("a rule about clicked-through errors spares what is local, as the first rules do", async () => {
		const page = await open({ authorities });
		await page.click("Add a rule");
		await page.click("Clicked-through errors");
		await page.click("Add rule");
		expect(page.background.view.rules[0]?.acceptFor).toEqual(
			expect.arrayContaining(["localhost", "<local>", "home.arpa", "10.0.0.0/8", "fe80::/10"]),
		);
	});

	test("a second rule for the same thing gets an id of its own", async () => {
		const page = await open({ authorities, rules: [cnnic] });
		await page.click("Add a rule");
		await page.click("A known authority");
		await page.fill("Known authority", "cnnic");
		await page.click("Add rule");
		expect(page.background.view.rules.map(({ id }) => id)).toEqual(["cnnic", "cnnic-2"]);
	});

	test("Cancel and Escape close it, and the focus returns", async () => {
		const page = await open({ authorities });
		await page.click("Add a rule");
		await page.click("Cancel");
		expect(document.activeElement?.textContent).toBe("Add a rule");
		await page.click("Add a rule");
		document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
		await settle();
		expect(page.has("button", "Add a rule")).toBe(true);
		expect(page.background.asked).toEqual([]);
	});
});
