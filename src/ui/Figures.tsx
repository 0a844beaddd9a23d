/** The people and papers of the chain, drawn. All are decoration: the words beside them say the same. */
import type { ComponentChildren } from "preact";

function Figure({ children }: { children: ComponentChildren }) {
	return (
		<svg class="figure" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
			{children}
		</svg>
	);
}

/** Head and shoulders. */
function Person() {
	return (
		<>
			<path class="figure-soft" d="M4 44v-4.5C4 32 9.4 27 16.5 27S29 32 29 39.5V44z" />
			<circle class="figure-soft" cx="16.5" cy="15.5" r="8" />
		</>
	);
}

/** A site that shows its identity document: a card in a window. */
export function SiteFigure() {
	return (
		<Figure>
			<rect class="figure-soft" x="3" y="6" width="42" height="36" rx="4" />
			<path d="M3 14.5h42" />
			<path class="figure-dots" d="M8.5 10.3h.01M13 10.3h.01M17.5 10.3h.01" />
			<rect class="figure-paper" x="10" y="20" width="28" height="16.5" rx="2.5" />
			<circle class="figure-full" cx="17" cy="26" r="2.6" />
			<path class="figure-full" d="M12.8 33.5c0-2.6 1.8-4 4.2-4s4.2 1.4 4.2 4z" />
			<path d="M26 25.5h8M26 30.5h5.5" />
		</Figure>
	);
}

/** Somebody with a stamp: an authority below another one. */
export function StampFigure() {
	return (
		<Figure>
			<Person />
			<path
				class="figure-paper"
				d="M37 17.5a3.9 3.9 0 0 1 1.7 7.4c.3 2.1 1 3.6 2.2 5h2.6a1.5 1.5 0 0 1 1.5 1.5v3.6H29v-3.6a1.5 1.5 0 0 1 1.5-1.5h2.6c1.2-1.4 1.9-2.9 2.2-5a3.9 3.9 0 0 1 1.7-7.4z"
			/>
			<path d="M29 40h16" />
		</Figure>
	);
}

/** Somebody with a seal of their own: an authority for which nobody else has to vouch. */
export function SealFigure() {
	return (
		<Figure>
			<Person />
			<path class="figure-paper" d="M33 31.5v12l4-2.6 4 2.6v-12z" />
			<path
				class="figure-paper"
				d="m37 14.5 2.3 1.7 2.9-.1.8 2.8 2.4 1.6-1 2.7 1 2.7-2.4 1.6-.8 2.8-2.9-.1-2.3 1.7-2.3-1.7-2.9.1-.8-2.8-2.4-1.6 1-2.7-1-2.7 2.4-1.6.8-2.8 2.9.1z"
			/>
			<path d="m33.8 23.3 2.3 2.3 4.2-4.3" />
		</Figure>
	);
}

/** From who vouches to whom: upwards, to the site. `isRefused`: broken, and crossed out. */
export function VouchesArrow({ isRefused }: { isRefused: boolean }) {
	return (
		<svg class="chain-arrow" viewBox="0 0 24 34" aria-hidden="true" focusable="false">
			{isRefused ? <path d="M12 33v-5M12 15V4M8 17.5l8 8m0-8-8 8" /> : <path d="M12 33V4" />}
			<path d="m6.5 9 5.5-6 5.5 6" />
		</svg>
	);
}
