import type { Input } from "./candidates.ts";

/** Whether a drag carries files. Their names are not known before they are dropped. */
export function holdsFiles(event: DragEvent): boolean {
	return event.dataTransfer?.types.includes("Files") === true;
}

/** The files that were dropped. */
export function filesOf(event: DragEvent): File[] {
	return Array.from(event.dataTransfer?.files ?? []);
}

/** A file as something to read certificates from. */
export function toInput(file: File): Input {
	return { name: file.name, content: async () => new Uint8Array(await file.arrayBuffer()) };
}
