/** Every state of the options page that a picture is taken of. */
import type { OptionsView } from "../../src/protocol.ts";
import * as samples from "../options/samples.ts";

const { authorities, rules, exceptions, admin, cnnic, clicked } = samples;

/** What is shown, and what is done on the page before the picture is taken. */
export interface OptionsState {
	readonly view: Partial<OptionsView>;
	readonly act?:
		| "delete"
		| "edit"
		| "edit-bad"
		| "files"
		| "file-bad"
		| "country"
		| "overridden"
		| "import"
		| "import-bad";
}

const usual = { authorities, rules, exceptions };

export const optionsStates: Readonly<Record<string, OptionsState>> = {
	first: { view: { authorities, rules: [cnnic, clicked], privateAllowed: false } },
	usual: { view: usual },
	none: { view: { authorities } },
	deleted: { view: usual, act: "delete" },
	edit: { view: usual, act: "edit" },
	"edit-bad": { view: usual, act: "edit-bad" },
	files: { view: { authorities, rules: [cnnic] }, act: "files" },
	"file-bad": { view: { authorities, rules: [cnnic] }, act: "file-bad" },
	country: { view: { authorities, rules: [cnnic] }, act: "country" },
	overridden: { view: { authorities, rules: [cnnic] }, act: "overridden" },
	import: { view: usual, act: "import" },
	"import-bad": { view: usual, act: "import-bad" },
	admin: { view: { ...usual, admin, settingsLocked: ["unverifiable"] } },
	locked: {
		view: {
			...usual,
			exceptions: exceptions.map((exception) => ({ ...exception, suspended: true })),
			admin: { ...admin, locked: true, error: "policy.rules[0].title: expected 1–120 characters, got nothing" },
			settingsLocked: ["unverifiable"],
		},
	},
	trouble: {
		view: {
			...usual,
			trouble: { kind: "fell-back", detail: "state.policy.rules: expected an array of rules, got nothing" },
		},
	},
	newer: { view: { authorities, rules: [cnnic], trouble: { kind: "newer", detail: "version: expected 1, got 3" } } },
};
