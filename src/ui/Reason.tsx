import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isElsewhere, ownWords } from "./builtIn.ts";
import { English } from "./English.tsx";

/** Reasons that the ready-made sets come with. Asked for only where it matters which they are. */
const ready = signal<ReadonlySet<string>>(new Set());
let asked = false;

function askForReady(): void {
	if (asked || !isElsewhere()) return;
	asked = true;
	void readReady().catch(() => {
		// Only the mark is missing then.
		asked = false;
	});
}

async function readReady(): Promise<void> {
	const { loadPresets } = await import("../catalogue/load.ts");
	const presets = await loadPresets();
	ready.value = new Set(presets.flatMap(({ policy }) => policy.rules.flatMap(({ reason }) => reason ?? [])));
}

/**
 * Why a rule is there, as whoever made it wrote it. Countersign's own reasons are shown in the person's
 * language, and those of the ready-made sets, which are in English only, are marked.
 */
export function Reason({ text }: { text: string }) {
	useEffect(askForReady, []);
	const words = ownWords(text);
	return words === text && ready.value.has(text) ? <English>{text}</English> : <bdi>{words}</bdi>;
}
