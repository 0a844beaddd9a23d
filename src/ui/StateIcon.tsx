import { SHAPES, type StateShape } from "./shapes.ts";

/**
 * The icon of a state, told by shape as well as colour. Decoration only: the words beside it say the
 * same, so screen readers skip it.
 */
export function StateIcon({ state }: { state: StateShape }) {
	const { body, sign } = SHAPES[state];
	return (
		<svg class={`icon state-${state}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<path fill-rule="evenodd" d={`${body}${sign}`} />
		</svg>
	);
}
