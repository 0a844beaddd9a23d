import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { importKey, Pki } from "./index.ts";

describe("pki", () => {
	it("draws root -> ca -> leaf and says what Node says about it", async () => {
		const pki = await Pki.create();
		const root = await pki.root({ name: "CN=Good Root,O=Good Trust,C=US" });
		const ca = await root.intermediate({
			name: "CN=Good CA,O=Good Trust,C=US",
			pathLength: 0,
		});
		const leaf = await ca.leaf({
			names: ["good.example-lab.com", "127.0.0.1"],
		});

		const seen = new X509Certificate(leaf.der);
		expect(seen.subject).toBe("CN=good.example-lab.com");
		expect(seen.subjectAltName).toBe("DNS:good.example-lab.com, IP Address:127.0.0.1");
		expect(seen.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(leaf.sha256);
		expect(seen.verify(ca.publicKey())).toBe(true);
		expect(seen.checkIssued(new X509Certificate(ca.pem))).toBe(true);
		expect(new X509Certificate(ca.pem).verify(root.publicKey())).toBe(true);
		expect(new X509Certificate(root.pem).ca).toBe(true);
		expect(seen.ca).toBe(false);
		expect(leaf.chain()).toEqual([leaf, ca, root]);
		expect(leaf.chainPem()).toBe(leaf.pem + ca.pem);
		expect(leaf.chainPem({ root: true })).toBe(leaf.pem + ca.pem + root.pem);
		expect(leaf.chainPem({ only: true })).toBe(leaf.pem);
	});

	it("cross-signs a root: same name and key, another signer", async () => {
		const pki = await Pki.create();
		const root = await pki.root({ name: "CN=Root" });
		const other = await pki.root({ name: "CN=Other Root" });
		const cross = await other.crossSign(root);
		expect([cross.subject, cross.spki]).toEqual([root.subject, root.spki]);
		expect(cross.sha256).not.toBe(root.sha256);
		expect(new X509Certificate(cross.der).verify(other.publicKey())).toBe(true);
		// Whatever root signed verifies under the copy, which is the point of one.
		const ca = await root.intermediate({ name: "CN=CA" });
		expect(new X509Certificate(ca.der).checkIssued(new X509Certificate(cross.der))).toBe(true);
	});

	it("re-keys and reissues", async () => {
		const root = await (await Pki.create()).root({
			name: "CN=Root,O=Trust,C=US",
		});
		const rekeyed = await root.rekey();
		const reissued = await root.reissue();
		expect(rekeyed.spki).not.toBe(root.spki);
		expect(reissued.spki).toBe(root.spki);
		expect(reissued.sha256).not.toBe(root.sha256);
		expect((await importKey(root.keyPem)).spki).toBe(root.spki);
		expect(new X509Certificate(root.der).subject).toBe("C=US\nO=Trust\nCN=Root");
	});

	it("makes self-signed, expired and back-dated leaves, and none that is too long", async () => {
		const pki = await Pki.create();
		const own = await pki.selfSignedLeaf({ names: ["own.example-lab.com"] });
		expect(new X509Certificate(own.der).verify(own.publicKey())).toBe(true);
		const root = await pki.root({ name: "CN=Root" });
		const expired = await root.expiredLeaf({ names: ["old.example-lab.com"] });
		expect(+expired.notAfter).toBeLessThan(Date.now());
		const dated = await root.leaf({
			names: ["a.example-lab.com"],
			notBefore: new Date("2024-01-02T03:04:05Z"),
		});
		expect(new X509Certificate(dated.der).validFrom).toBe("Jan  2 03:04:05 2024 GMT");
		await expect(
			root.leaf({
				names: ["b.example-lab.com"],
				notBefore: new Date(0),
				notAfter: new Date(400 * 86_400_000),
			}),
		).rejects.toThrow(RangeError);
	});
});
