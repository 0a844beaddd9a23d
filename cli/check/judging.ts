/** A policy over a catalogue, ready to judge chains that were seen. */
export interface Judging {
	readonly todo: never;
}
