/**
 * Sets of rules. A rule is a number, its rank: 0 wins over all. A set holds one bit per rank, so that
 * what would be a loop over a thousand rules is a loop over 32 words.
 */
export class Ranks {
	/** Number of the first word that is held; ranks 32 × word to 32 × word + 31 are in it. */
	#first = 0;
	readonly #words: number[] = [];

	/** Adds a rank. Ranks have to come in ascending order. */
	add(rank: number): void {
		const word = rank >>> 5;
		if (this.#words.length === 0) this.#first = word;
		while (this.#words.length <= word - this.#first) this.#words.push(0);
		const at = word - this.#first;
		this.#words[at] = (this.#words[at] ?? 0) | (1 << (rank & 31));
	}

	/** Number of the first word with anything in it. */
	get first(): number {
		return this.#first;
	}

	/** Number of the word after the last one with anything in it. */
	get end(): number {
		return this.#first + this.#words.length;
	}

	/** The 32 bits of a word. */
	word(word: number): number {
		return word >= this.#first ? (this.#words[word - this.#first] ?? 0) : 0;
	}
}

/** All bits that any of the sets has in a word. */
export function anyOf(sets: readonly Ranks[], word: number): number {
	let bits = 0;
	for (const set of sets) bits |= set.word(word);
	return bits;
}

/** The lowest rank that a word with these bits (not 0) holds. */
export function lowest(word: number, bits: number): number {
	return word * 32 + 31 - Math.clz32(bits & -bits);
}
