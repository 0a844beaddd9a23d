/** A map that forgets its oldest entry when it is full. Setting a key again makes it the newest. */
export class BoundedMap<Key, Value> {
	readonly #entries = new Map<Key, Value>();
	readonly #max: number;

	constructor(max: number) {
		this.#max = max;
	}

	get(key: Key): Value | undefined {
		return this.#entries.get(key);
	}

	set(key: Key, value: Value): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size <= this.#max) return;
		for (const oldest of this.#entries.keys()) {
			this.#entries.delete(oldest);
			return;
		}
	}

	delete(key: Key): boolean {
		return this.#entries.delete(key);
	}

	entries(): IterableIterator<[Key, Value]> {
		return this.#entries.entries();
	}

	values(): IterableIterator<Value> {
		return this.#entries.values();
	}

	/** Forgets every entry for which `isGone` holds. */
	prune(isGone: (value: Value, key: Key) => boolean): void {
		for (const [key, value] of this.#entries) if (isGone(value, key)) this.#entries.delete(key);
	}
}
