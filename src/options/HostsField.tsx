import { Field } from "../ui/Field.tsx";
import type { Editor } from "./editor.ts";

/** A list of host names of a rule, one a line; left to right in every language. */
export function HostsField(props: { editor: Editor; name: "acceptFor" | "sites"; label: string; hint: string }) {
	const { editor, name, label, hint } = props;
	return (
		<Field label={label} hint={hint} error={editor.errors.value.get(name) ?? null}>
			{(control) => (
				<textarea
					{...control}
					class="input"
					rows={3}
					dir="ltr"
					spellcheck={false}
					value={editor.draft.value[name]}
					onInput={(event) => editor.set({ [name]: event.currentTarget.value })}
				/>
			)}
		</Field>
	);
}
