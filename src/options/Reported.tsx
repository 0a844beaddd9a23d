import { plural } from "../browser/i18n.ts";
import { Disclosure } from "../ui/Disclosure.tsx";

/** Selectors of a document that match nothing here, one line each. */
export function Reported({ reported }: { reported: readonly string[] }) {
	if (reported.length === 0) return null;
	return (
		<Disclosure summary={plural("optionsReported", reported.length)}>
			<ul class="stack-tight small mono" lang="en">
				{reported.map((line) => (
					<li key={line}>{line}</li>
				))}
			</ul>
		</Disclosure>
	);
}
