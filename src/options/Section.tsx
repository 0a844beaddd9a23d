import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A part of the page, with its heading as its name. */
export function Section(props: {
	title: ComponentChildren;
	/** Of the heading, where something has to find it. */
	id?: string;
	intro?: ComponentChildren;
	/** Stands beside the heading. */
	aside?: ComponentChildren;
	children: ComponentChildren;
}) {
	const { title, intro, aside, children } = props;
	const own = useId();
	const id = props.id ?? own;
	return (
		<section class="stack" aria-labelledby={id}>
			<div class="row row-spread options-section-head">
				<div class="options-section-words">
					<h2 id={id} tabIndex={-1}>
						{title}
					</h2>
					{intro !== undefined && <p class="soft small">{intro}</p>}
				</div>
				{aside}
			</div>
			{children}
		</section>
	);
}
