/** Someone who publishes refusal lists, and signs them. For tests. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A document with what is given in place of the usual. */
export interface Draft {
	readonly sequence?: number;
	readonly rules?: readonly unknown[];
	readonly head?: object;
	readonly more?: object;
}

export class Publisher {
	readonly #privateKey: KeyObject;
	/** Base64 of 32 bytes. */
	readonly key: string;

	constructor() {
		const { privateKey, publicKey } = generateKeyPairSync("ed25519");
		this.#privateKey = privateKey;
		this.key = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64");
	}

	/** The text of a list. */
	document({ sequence = 1, rules = [], head = {}, more = {} }: Draft = {}): string {
		const list = { id: "careful", title: "Careful People", sequence, expires: "2099-01-01T00:00:00Z", ...head };
		return `${JSON.stringify({ version: 1, list, policy: { version: 1, rules }, ...more }, null, "\t")}\n`;
	}

	/** What lies beside a document. */
	signature(text: string | Uint8Array): string {
		return `${sign(null, Buffer.from(text), this.#privateKey).toString("base64")}\n`;
	}
}
