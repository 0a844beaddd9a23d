/**
 * The bytes of certificates, for a person who looks into one. Firefox gives them only while it waits for a verdict, so
 * they are asked for then: of pages and of what is stopped, each certificate once. No verdict waits for them, or depends
 * on them.
 */
import type { RequestDetails } from "../browser/webRequest.ts";
import type { Certificate, Evidence } from "../core/chain.ts";
import type { Fingerprint } from "../core/key.ts";
import { BoundedMap } from "./bounded.ts";
import type { AskFirefox } from "./evidence.ts";
import { certificatesOf } from "./views.ts";

/** A chain has three or four, of 1.5 kB each; authorities come up again and again. */
const MAX_CERTIFICATES = 400;
/** Honest ones have 10 kB at most. */
const MAX_BYTES = 32_000;

type Ask = (requestId: string, what: Parameters<AskFirefox>[0]) => ReturnType<AskFirefox>;

/** As Firefox gives it; what is of another shape ends in an error that is caught. */
interface Raw {
	readonly fingerprint: { readonly sha256: string };
	readonly rawDER: readonly number[];
}

interface Kept {
	readonly bytes: Uint8Array;
	readonly private: boolean;
}

export class CertificateBytes {
	readonly #ask: Ask;
	readonly #kept = new BoundedMap<Fingerprint, Kept>(MAX_CERTIFICATES);
	readonly #asking = new Set<Fingerprint>();

	constructor(ask: Ask) {
		this.#ask = ask;
	}

	/** Asks for what is not known yet of a response that has no verdict so far. Never throws; the answer comes later. */
	note({ requestId, incognito }: RequestDetails, evidence: Evidence): void {
		const [leaf] = certificatesOf(evidence);
		if (leaf && !this.#kept.get(leaf.sha256) && !this.#asking.has(leaf.sha256)) {
			void this.#fetch(requestId, evidence.kind === "chain" ? "chainDer" : "leafDer", leaf.sha256, incognito === true);
		}
	}

	async #fetch(requestId: string, what: "chainDer" | "leafDer", leaf: Fingerprint, isPrivate: boolean): Promise<void> {
		this.#asking.add(leaf);
		try {
			const { certificates } = ((await this.#ask(requestId, what)) ?? {}) as { certificates?: readonly Raw[] };
			for (const { fingerprint, rawDER } of certificates ?? []) {
				if (rawDER.length > MAX_BYTES) continue;
				this.#kept.set(fingerprint.sha256, { bytes: Uint8Array.from(rawDER), private: isPrivate });
			}
		} catch {
			// Then there are none to look into.
		}
		this.#asking.delete(leaf);
	}

	/** DER in base64, in the same order. Null: of one of them nothing is known. */
	of(certificates: readonly Certificate[]): string[] | null {
		const all = certificates.flatMap(({ sha256 }) => this.#kept.get(sha256) ?? []);
		if (all.length === 0 || all.length < certificates.length) return null;
		return all.map(({ bytes }) => btoa(String.fromCharCode(...bytes)));
	}

	/** Forgets what was seen in private windows. */
	forgetPrivate(): void {
		this.#kept.prune((kept) => kept.private);
	}
}
