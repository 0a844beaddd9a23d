/** A document's text as people see it: lines and columns. */

/** Where something stands: offsets in UTF-16 units from the start of the text. */
export interface Span {
	readonly offset: number;
	readonly length: number;
}

/** Line and column from 1; columns are counted in characters (code points), a tab is one. */
export interface Position {
	readonly line: number;
	readonly column: number;
}

/** How many of some numbers, which are in order, are less than one. */
function countBelow(numbers: readonly number[], limit: number): number {
	let low = 0;
	let high = numbers.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((numbers[middle] ?? 0) < limit) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** The lines of a text, which end in LF, CRLF or CR. A byte order mark is no part of the first. */
export class Source {
	readonly text: string;
	readonly #starts: number[] = [0];
	/** Where characters of two UTF-16 units begin, in order. */
	readonly #pairs: readonly number[];

	constructor(text: string) {
		this.text = text;
		for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) this.#starts.push(index + end.length);
		if (text.startsWith("\u{feff}")) this.#starts[0] = 1;
		this.#pairs = Array.from(text.matchAll(/[\u{10000}-\u{10ffff}]/gu), ({ index }) => index);
	}

	/** The position of an offset; beyond the end it is the end. */
	position(offset: number): Position {
		// Before the first line there is at most a byte order mark.
		const at = Math.max(this.#starts[0] ?? 0, Math.min(offset, this.text.length));
		const line = Math.max(1, countBelow(this.#starts, at + 1));
		const start = this.#starts[line - 1] ?? 0;
		const pairs = countBelow(this.#pairs, at) - countBelow(this.#pairs, start);
		return { line, column: at - start - pairs + 1 };
	}

	/** The line of a span: what stands before it, what of it is in this line, and what follows; at most so much of each. */
	around({ offset, length }: Span, most: number): readonly [before: string, inside: string, after: string] {
		const start = this.#starts[this.position(offset).line - 1] ?? 0;
		const before = this.text.slice(Math.max(start, offset - most), offset);
		const rest = this.text.slice(offset, offset + Math.max(1, length) + most);
		const end = rest.search(/[\r\n]/);
		const line = end < 0 ? rest : rest.slice(0, end);
		return [before, line.slice(0, Math.max(1, length)), line.slice(Math.max(1, length))];
	}
}
