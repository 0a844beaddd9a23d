import type { ComponentChildren, Ref } from "preact";
import { useId } from "preact/hooks";

/** A part of the page, with its heading as its name. */
export function Section(props: {
	title: ComponentChildren;
	headingRef?: Ref<HTMLHeadingElement>;
	intro?: ComponentChildren;
	/** Stands beside the heading. */
	aside?: ComponentChildren;
	children: ComponentChildren;
}) {
	const { title, intro, aside, children, headingRef = null } = props;
	const id = useId();
	return (
		<section class="stack" aria-labelledby={id}>
			<div class="row row-spread options-section-head">
				<div class="options-section-words">
					<h2 id={id} ref={headingRef} tabIndex={-1}>
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
