import { type ReadonlySignal, signal } from "@preact/signals";
import type { Background } from "../protocol.ts";

/** The certificates of a chain as they came, asked for when a person first looks into one. */
export interface ChainBytes {
	/** DER in base64, leaf first. Undefined: not asked for, or not there yet. Null: not known any more, or never was. */
	readonly der: ReadonlySignal<readonly string[] | null | undefined>;
	/** Asks, unless they are there. Never rejects. */
	load(): Promise<readonly string[] | null>;
}

/** `ask` may reject: then nothing is known. */
export function createChainBytes(ask: () => ReturnType<Background["chainOf"]>): ChainBytes {
	const der = signal<readonly string[] | null | undefined>(undefined);
	let asking: Promise<readonly string[] | null> | null = null;
	const load = async () => {
		const answer = await ask().catch(() => null);
		der.value = answer?.der ?? null;
		asking = null;
		return der.value;
	};
	return {
		der,
		async load() {
			if (der.value) return der.value;
			asking ??= load();
			return await asking;
		},
	};
}
