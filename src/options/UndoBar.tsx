import { t } from "../browser/i18n.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { Text } from "../ui/Text.tsx";
import { useFocus } from "./focus.ts";
import { UNDO } from "./places.ts";
import { useOptions } from "./store.ts";

const WORDS: Readonly<Record<NonNullable<OptionsView["undo"]>["what"], string>> = {
	delete: "optionsDeleted",
	edit: "optionsSaved",
	add: "optionsAdded",
	import: "optionsImported",
	order: "optionsReordered",
	leave: "optionsLeft",
};

/** The last change, and the way back. It stays until it is used or closed: no clock runs. */
export function UndoBar() {
	const store = useOptions();
	const button = useFocus<HTMLButtonElement>(UNDO);
	const undo = store.undoable.value;
	if (undo === null) return null;
	return (
		<aside class="options-undo" aria-label={t("optionsUndoBar")}>
			<p>
				<Text of={WORDS[undo.what]} args={[ownWords(undo.title)]} />
			</p>
			<Button small buttonRef={button} onClick={() => void store.undo()}>
				{t("optionsUndo")}
			</Button>
			<Button small look="link" onClick={() => store.hideUndo()}>
				{t("optionsDismiss")}
			</Button>
		</aside>
	);
}
