/** What went wrong, in words, of anything that can be thrown. Never throws on an Error or a primitive. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
