import { sequence } from "../bench/statistics.ts";

/** Chance, the same for the same seed. */
export interface Chance {
	/** A whole number from 0 up to `end`, without it. */
	below(end: number): number;
	/** Whether one in `n` falls. */
	oneIn(n: number): boolean;
	pick<Value>(values: readonly Value[]): Value;
}

/** Makes a source of chance. */
export function chance(seed: number): Chance {
	const next = sequence(seed);
	const below = (end: number): number => Math.floor(next() * end);
	return {
		below,
		oneIn: (n) => below(n) === 0,
		pick: <Value>(values: readonly Value[]) => values[below(values.length)] as Value,
	};
}

/** Bytes that readers stumble over: ends of lines and of text, what is no UTF-8, lengths of DER and TLS at their limits. */
const ODD = [
	"",
	"\0",
	"\r",
	"\n",
	"\r\n",
	"\r\r\n",
	" ",
	"-",
	"*",
	"+",
	"\xff",
	"\x80",
	"\x16\x03\x01",
	"\x30\x84",
	"\xe2\x80\xae",
];

/** Bytes changed in a few places, their number and order kept. */
export function flip(bytes: Uint8Array, by: Chance): Buffer {
	const mutant = Buffer.from(bytes);
	for (let changes = 1 + by.below(3); changes > 0; changes--) {
		const at = by.below(mutant.length);
		mutant[at] = by.oneIn(2) ? by.below(256) : (mutant[at] ?? 0) ^ (1 << by.below(8));
	}
	return mutant;
}

/** Bytes changed in a few places: flipped, dropped, doubled, cut, or with something odd put in. */
export function mutate(bytes: Uint8Array, by: Chance, words: readonly string[] = []): Buffer {
	let mutant = Buffer.from(bytes);
	for (let changes = 1 + by.below(4); changes > 0; changes--) {
		const at = by.below(mutant.length + 1);
		const length = by.below(1 + by.below(64));
		const [before, after] = [mutant.subarray(0, at), mutant.subarray(at)];
		switch (by.below(7)) {
			case 0:
				if (at < mutant.length) mutant[at] = by.below(256);
				break;
			case 1:
				if (at < mutant.length) mutant[at] = (mutant[at] ?? 0) ^ (1 << by.below(8));
				break;
			case 2:
				mutant = Buffer.concat([before, after.subarray(length)]);
				break;
			case 3:
				mutant = Buffer.concat([before, after.subarray(0, length), after]);
				break;
			case 4:
				mutant = Buffer.from(before);
				break;
			case 5:
				mutant = Buffer.concat([before, Buffer.from(by.pick([...ODD, ...words]), "latin1"), after]);
				break;
			default: {
				const many = Buffer.alloc(by.below(20_000), by.below(256));
				mutant = by.oneIn(8) ? Buffer.concat([before, many, after]) : Buffer.concat([after, before]);
			}
		}
	}
	return mutant;
}
