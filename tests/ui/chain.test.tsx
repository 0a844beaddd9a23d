import "./setup.ts";

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readCertificates } from "../../src/certificate/read.ts";
import type { CertificateView } from "../../src/protocol.ts";
import { Chain } from "../../src/ui/Chain.tsx";
import { settle } from "./helpers.ts";
import { ROOT, unknownKeys } from "./setup.ts";

const NAMES = ["comodo-leaf-xs4all.nl.pem", "comodo-dv-ca.pem", "comodo-root.pem"];
const pem = (name: string): string => readFileSync(join(ROOT, "tests/fixtures/chains", name), "utf8");

let chain: CertificateView[];
let der: string[];
let asked: number;
let copied: string[];

beforeEach(async () => {
	const read = await readCertificates(NAMES.map(pem).join("\n"));
	chain = read.map((one, at) => ({ ...one, builtInRoot: at === 2, authority: null }));
	der = read.map((one) => Buffer.from(one.der).toString("base64"));
	asked = 0;
	copied = [];
	vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => void copied.push(text) } });
});

afterEach(() => {
	render(null, document.body);
	vi.unstubAllGlobals();
	expect([...unknownKeys]).toEqual([]);
});

async function show(own: Partial<Parameters<typeof Chain>[0]> = {}): Promise<void> {
	render(
		<Chain
			host="xs4all.nl"
			chain={chain}
			refused={() => false}
			bytes={async () => {
				asked++;
				return { der };
			}}
			{...own}
		/>,
		document.body,
	);
	await settle();
}

const links = () => [...document.querySelectorAll(".chain > li")];

/** `isThere`: the document is at hand, so that it can be copied. */
async function open(position: number, isThere = true): Promise<HTMLDetailsElement> {
	const details = links()[position]?.querySelector("details");
	if (!details) throw new Error(`nothing opens at ${position}`);
	details.open = true;
	details.dispatchEvent(new Event("toggle"));
	// The library comes late, as it does in a page.
	await import("../../src/ui/CertificateDetails.tsx");
	if (isThere) await vi.waitFor(() => expect(details.querySelector("button")).not.toBeNull(), 5000);
	await settle();
	return details;
}

/** What stands beside each name in a list of facts. */
const facts = (details: Element): Record<string, string> =>
	Object.fromEntries(
		[...details.querySelectorAll("dt")].map((dt) => [
			dt.textContent?.trim() ?? "",
			[...(dt.nextElementSibling?.querySelectorAll("li") ?? [])].map((li) => li.textContent).join(" ") ||
				(dt.nextElementSibling?.textContent ?? ""),
		]),
	);

async function click(words: string, within: ParentNode = document): Promise<void> {
	const button = [...within.querySelectorAll("button")].find((one) => one.textContent === words);
	if (!button) throw new Error(`no button ${words}`);
	button.click();
	await settle();
}

describe("the chain", () => {
	test("is a list from the site up, in which each says for whom it vouches, from where and since when", async () => {
		await show();
		const texts = links().map((link) => link.textContent ?? "");
		expect(texts).toHaveLength(3);
		expect(texts[0]).toContain("xs4all.nl");
		expect(texts[0]).toContain("since March 20, 2015");
		expect(texts[1]).toContain("COMODO CA Limited");
		expect(texts[1]).toContain("vouches for xs4all.nl");
		expect(texts[1]).toContain("United Kingdom · since February 12, 2014");
		expect(texts[2]).toContain("vouches for COMODO RSA Domain Validation Secure Server CA");
		// Each has a figure of its own, and pictures say nothing that words do not.
		const figures = links().map((link) => link.querySelector(".figure")?.innerHTML);
		expect(new Set(figures).size).toBe(3);
		for (const svg of document.querySelectorAll("svg")) expect(svg.getAttribute("aria-hidden")).toBe("true");
		expect(links().map((link) => link.querySelectorAll(".chain-arrow").length)).toEqual([0, 1, 1]);
	});

	test("marks who is refused by a word, a shape and a border", async () => {
		await show({ refused: (position) => position === 2 });
		expect(links().map((link) => link.classList.contains("chain-refused"))).toEqual([false, false, true]);
		expect(links().map((link) => link.textContent?.includes("Refused"))).toEqual([false, false, true]);
		expect(links()[2]?.querySelector(".chain-figure > .icon.state-stopped")).not.toBeNull();
		expect(links()[1]?.querySelector(".icon")).toBeNull();
	});

	test("asks for nothing until somebody looks into a document", async () => {
		await show();
		expect(asked).toBe(0);
		expect(document.querySelector(".chain-details")).toBeNull();
		await open(0);
		await open(1);
		expect(asked).toBe(1);
	});
});

describe("a document that is looked into", () => {
	test("says all that is in it, in words", async () => {
		await show();
		const details = await open(0);
		expect(details.querySelector("summary")?.textContent).toBe("Identity document");
		expect(details.querySelector("summary")?.getAttribute("aria-label")).toBe(
			"Identity document of \u2068xs4all.nl\u2069",
		);
		expect(facts(details)).toMatchObject({
			Subject: chain[0]?.subject,
			Issuer: chain[0]?.issuer,
			"SHA-256 fingerprint": chain[0]?.sha256,
			"SHA-256 of the public key (SPKI)": chain[0]?.spki,
			Names: "xs4all.nl www.xs4all.nl",
			"Public key": "RSA, 4,096 bits",
			"Signed with": "SHA-256 + RSA",
			"Role (critical)": "A site: may not vouch for others",
			"The key may (critical)": "sign and encrypt keys",
			"Made for": "websites and visitors of websites",
			"What was checked": "1.3.6.1.4.1.6449.1.2.2.7 and control of the site’s name",
			"Lists of what is revoked": "http://crl.comodoca.com/COMODORSADomainValidationSecureServerCA.crl",
		});
		expect(facts(await open(1))).toMatchObject({
			"Role (critical)": "An authority: may vouch for sites, not for other authorities",
			"What was checked": "anything and control of the site’s name",
		});
	});

	test("is copied as it is, and that is said", async () => {
		await show();
		const details = await open(1);
		expect(details.querySelector("[role=status]")?.textContent).toBe("");
		await click("Copy as PEM", details);
		expect(copied.map((text) => text.trim())).toEqual([pem("comodo-dv-ca.pem").trim()]);
		expect(details.querySelector("[role=status]")?.textContent).toBe("Copied");
	});

	test("says so where the browser does not let it be copied", async () => {
		vi.stubGlobal("navigator", { clipboard: { writeText: () => Promise.reject(new Error("no")) } });
		await show();
		const details = await open(1);
		await click("Copy as PEM", details);
		expect(details.querySelector("[role=status]")?.textContent).toBe("Firefox did not let it be copied.");
	});

	test("shows what is known without it where it is not at hand", async () => {
		for (const bytes of [async () => null, () => Promise.reject(new Error("gone"))]) {
			await show({ bytes });
			const details = await open(0, false);
			expect(facts(details)).toMatchObject({ Subject: chain[0]?.subject, "SHA-256 fingerprint": chain[0]?.sha256 });
			expect(details.textContent).toContain("Load the page again to look into them.");
			expect(facts(details)).not.toHaveProperty("Names");
			render(null, document.body);
		}
	});

	test("is never another one than the chain names", async () => {
		const [first = "", ...rest] = der;
		await show({ bytes: async () => ({ der: [rest[0] ?? "", first] }) });
		const details = await open(0, false);
		expect(facts(details)).toMatchObject({ "SHA-256 fingerprint": chain[0]?.sha256 });
		expect(facts(details)).not.toHaveProperty("Names");
		expect(details.querySelector("button")).toBeNull();
	});
});

describe("saving", () => {
	test("gives all certificates in one file, leaf first", async () => {
		let saved: Blob | undefined;
		let name = "";
		vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
			saved = blob as Blob;
			return "blob:saved";
		});
		vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
			name = this.download;
		});
		await show();
		await click("Save all documents");
		expect(name).toBe("xs4all.nl.pem");
		expect(await saved?.text()).toBe(NAMES.map((file) => `${pem(file).trim()}\n`).join(""));
		vi.restoreAllMocks();
	});

	test("says so where they are not at hand", async () => {
		await show({ bytes: async () => null });
		await click("Save all documents");
		expect(document.querySelector(".chain-save [role=status]")?.textContent).toContain("not at hand any more");
	});
});
