/** The catalogue against the Firefox that is installed: nobody it trusts may be a stranger. */
import { beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "../../src/catalogue/index.ts";
import { createCatalogue } from "../../src/catalogue/rows.ts";
import { driftOf, unownedRoots } from "../../tools/catalogue/drift.ts";
import { type InstalledFirefox, readInstalledFirefox } from "../../tools/catalogue/firefox.ts";
import { make } from "../../tools/catalogue.ts";

describe("the installed Firefox", () => {
	let firefox: InstalledFirefox;
	beforeAll(async () => {
		firefox = await readInstalledFirefox();
	});

	it("trusts nobody for TLS servers who is not in the catalogue", async () => {
		expect(firefox.roots.filter(({ tls }) => tls).length).toBeGreaterThan(100);
		expect(await unownedRoots(firefox, catalogue.ownerOf)).toEqual([]);
	});

	it("would be found out if it did", async () => {
		const without = createCatalogue({ authorities: catalogue.authorities.filter(({ id }) => id !== "disig") });
		const [unowned = "", ...others] = await unownedRoots(firefox, without.ownerOf);
		expect(others).toEqual([]);
		// CA Disig Root R2, and no longer than Firefox has it.
		expect(unowned).toBe("e23d4a036d7b70e9f595b1422079d2b91edfbb1fb651a0633eaa8a9dc5f80703");
	});

	it("differs from the inputs only in ways that are told", async () => {
		const { inputs, generated } = await make();
		const drift = driftOf(inputs, generated.ownership, firefox);
		for (const line of drift) console.log(line);
		// Another version may have another list; the one that the inputs are from has theirs.
		if (inputs.version === `Firefox ESR ${firefox.version}`) expect(drift).toEqual([]);
		expect(drift.filter((line) => line.includes("nobody owns"))).toEqual([]);
	});
});
