import { type ReadonlySignal, signal } from "@preact/signals";
import { messageOf } from "../core/error.ts";
import { MAX_DOCUMENT } from "../core/policy.ts";
import type { Background, Changed, ImportPreview } from "../protocol.ts";
import { parsePolicy } from "../schema/policy.ts";
import { toPem } from "../ui/pem.ts";
import { type Sentence, say } from "../ui/Text.tsx";

/** A document that was read and can be imported. */
export interface Offer {
	readonly name: string;
	readonly preview: ImportPreview;
}

/** Import and export of the policy document. */
export interface Transfer {
	/** Null: nothing was chosen, or it was bad. */
	readonly offer: ReadonlySignal<Offer | null>;
	/** Whether the document's settings are to be taken as well. */
	readonly withSettings: ReadonlySignal<boolean>;
	/** Why a document was not taken, or could not be written; names the field. */
	readonly error: ReadonlySignal<string | null>;
	/** Reads a document and asks what it would change. Nothing changes yet. */
	choose(file: { readonly name: string; text(): Promise<string> }): Promise<void>;
	setWithSettings(take: boolean): void;
	take(how: "merge" | "replace"): Promise<void>;
	cancel(): void;
	save(): Promise<void>;
	/** Hands over the certificates of what was stopped, for other programs; or says that there are none. */
	saveCertificates(): Promise<void>;
	/** Certificates were asked for, and there were none. */
	readonly none: ReadonlySignal<boolean>;
}

export interface TransferDeps {
	readonly background: Pick<Background, "previewImport" | "importPolicy" | "exportPolicy" | "heldCertificates">;
	readonly change: (ask: () => Promise<Changed>, done: Sentence | null) => Promise<string | null>;
	readonly saveFile: (name: string, text: string, type?: string) => void;
	/** Called when an offer was taken or cancelled. */
	readonly closed: () => void;
}

/** The state of import and export. */
export function createTransfer({ background, change, saveFile, closed }: TransferDeps): Transfer {
	const offer = signal<Offer | null>(null);
	const withSettings = signal(false);
	const error = signal<string | null>(null);
	const none = signal(false);
	let text = "";

	function clear(): void {
		offer.value = null;
		withSettings.value = false;
		error.value = null;
		text = "";
	}

	return {
		offer,
		withSettings,
		error,
		none,
		async choose(file) {
			clear();
			try {
				const content = await file.text();
				// What no document may be is not sent either: the background would not even look at it.
				const answer =
					content.length > MAX_DOCUMENT
						? parsePolicy(content, "person", () => true)
						: await background.previewImport(content);
				if (!answer.ok) {
					error.value = `${file.name}: ${answer.error}`;
					return;
				}
				if (!("preview" in answer)) return;
				text = content;
				offer.value = { name: file.name, preview: answer.preview };
			} catch (reason) {
				error.value = `${file.name}: ${messageOf(reason)}`;
			}
		},
		setWithSettings(take) {
			withSettings.value = take;
		},
		async take(how) {
			if (offer.value === null) return;
			const request = { text, how, settings: withSettings.value };
			const refused = await change(() => background.importPolicy(request), say("optionsImported", offer.value.name));
			if (refused !== null) {
				error.value = refused;
				return;
			}
			clear();
			closed();
		},
		cancel() {
			clear();
			closed();
		},
		async save() {
			error.value = null;
			try {
				saveFile("countersign-policy.json", await background.exportPolicy());
			} catch (reason) {
				error.value = messageOf(reason);
			}
		},
		async saveCertificates() {
			error.value = null;
			try {
				const held = await background.heldCertificates();
				none.value = held.length === 0;
				if (!none.value) saveFile("countersign-certificates.pem", held.map(toPem).join(""), "application/x-pem-file");
			} catch (reason) {
				error.value = messageOf(reason);
			}
		},
	};
}
