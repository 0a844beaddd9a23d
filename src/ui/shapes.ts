/**
 * The outlines of the state icons, on a field of 24 × 24. Each state has a shape of its own, so that
 * it can be told without colour. `public/icons/state-*.svg` are the same outlines for the toolbar; a
 * test holds the two together.
 */
export type StateShape = "protected" | "stopped" | "warned" | "not-checked" | "local-root" | "unanswered";

/** `body` is filled; `sign` stands out of it. */
export interface Shape {
	readonly body: string;
	readonly sign: string;
}

export const SHAPES: Readonly<Record<StateShape, Shape>> = {
	/** A shield with a tick. */
	protected: {
		body: "M12 1.5 3.2 4.8v6.5c0 5.2 3.7 9.5 8.8 11.2 5.1-1.7 8.8-6 8.8-11.2V4.8z",
		sign: "M10.6 16.9l-4.4-4.4 1.9-1.9 2.5 2.5 5.3-5.3 1.9 1.9z",
	},
	/** An octagon with a bar. */
	stopped: {
		body: "M7.6 1.5h8.8l6.1 6.1v8.8l-6.1 6.1H7.6l-6.1-6.1V7.6z",
		sign: "M6 10.3h12v3.4H6z",
	},
	/** A triangle with an exclamation mark. */
	warned: {
		body: "M12 1.8c.5 0 .9.2 1.2.7l10 17.7c.5 1-.2 2-1.2 2H2c-1 0-1.7-1-1.2-2l10-17.7c.3-.5.7-.7 1.2-.7z",
		sign: "M10.7 8.3h2.6v6.9h-2.6zM10.7 16.7h2.6v2.6h-2.6z",
	},
	/** A ring with a question mark. */
	"not-checked": {
		body: "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21z",
		sign: "M10.8 16h2.5v2.5h-2.5zM12 5.3c2.4 0 4.1 1.5 4.1 3.6 0 1.6-.8 2.4-1.7 3.1-.8.6-1.2 1-1.2 1.9v.5h-2.4v-.7c0-1.7.9-2.5 1.8-3.2.7-.6 1.1-.9 1.1-1.6 0-.8-.7-1.4-1.7-1.4s-1.7.6-1.8 1.6H7.7C7.8 6.8 9.6 5.3 12 5.3z",
	},
	/** A rounded square with the two bars of a pause: something waits, and nothing is wrong. */
	unanswered: {
		body: "M6.5 1.8h11a4.7 4.7 0 0 1 4.7 4.7v11a4.7 4.7 0 0 1-4.7 4.7h-11a4.7 4.7 0 0 1-4.7-4.7v-11a4.7 4.7 0 0 1 4.7-4.7z",
		sign: "M7.6 6.8h3v10.4h-3zM13.4 6.8h3v10.4h-3z",
	},
	/** A screen with a keyhole. */
	"local-root": {
		body: "M2.5 3h19c.6 0 1 .4 1 1v12.5c0 .6-.4 1-1 1H14l.6 2H17V21.5H7v-2h2.4l.6-2H2.5c-.6 0-1-.4-1-1V4c0-.6.4-1 1-1z",
		sign: "M12 5.8a2.3 2.3 0 0 1 1.2 4.3l.7 4.4h-3.8l.7-4.4A2.3 2.3 0 0 1 12 5.8z",
	},
};
