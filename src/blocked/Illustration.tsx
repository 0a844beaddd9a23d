import type { ComponentChildren } from "preact";
import type { Refusal } from "../protocol.ts";
import type { StateShape } from "../ui/shapes.ts";

/** What the drawing shows. */
export type Scene =
	/** A site holds an identity document, and its seal is struck out. */
	| "refused"
	/** The same behind a closed barrier: there is no way through. */
	| "closed"
	/** The seal has an exclamation mark. */
	| "warned"
	/** The document itself is struck out, whoever sealed it. */
	| "document"
	/** Where the seal should be there is none. */
	| "nobody"
	/** The document is another site's. */
	| "other-site"
	/** The document is not valid today. */
	| "not-today"
	/** The document cannot be read. */
	| "unreadable"
	/** An envelope waits in front of a site that says nothing. */
	| "held"
	/** An envelope that will leave without an answer. */
	| "sends"
	/** The seal is accepted. */
	| "accepted";

/** The drawing for a refusal, by severity and by what was found. */
export function sceneOf({ outcome, rule, selector, overridden, position, chain, wayThrough }: Refusal): Scene {
	if (outcome === "unanswered") return "held";
	if (rule === null) return "unreadable";
	if (overridden.length > 0) {
		if (overridden.includes("trust")) return "nobody";
		return overridden.includes("domain") ? "other-site" : "not-today";
	}
	if (outcome === "warn") return "warned";
	if (wayThrough.startsWith("none-")) return "closed";
	const own = selector !== null && ("spki" in selector || "certificate" in selector);
	return own && position === 0 && chain.length > 0 ? "document" : "refused";
}

/** A round seal with a wavy edge, at the lower end of the document. */
const SEAL =
	"M130 110.5A4.4 4.4 0 0 1 137.8 112.6A4.4 4.4 0 0 1 143.4 118.2A4.4 4.4 0 0 1 145.5 126A4.4 4.4 0 0 1 143.4 133.8" +
	"A4.4 4.4 0 0 1 137.8 139.4A4.4 4.4 0 0 1 130 141.5A4.4 4.4 0 0 1 122.2 139.4A4.4 4.4 0 0 1 116.6 133.8" +
	"A4.4 4.4 0 0 1 114.5 126A4.4 4.4 0 0 1 116.6 118.2A4.4 4.4 0 0 1 122.2 112.6A4.4 4.4 0 0 1 130 110.5z";

/** The window that stands for the site. */
function Site({ children }: { children?: ComponentChildren }) {
	return (
		<>
			<ellipse class="art-shade" cx="104" cy="158" rx="82" ry="6" />
			<rect class="art-site" x="16" y="8" width="176" height="112" rx="12" />
			<path class="art-line" d="M16 34h176" />
			<circle class="art-ink" cx="32" cy="21" r="3.5" />
			<circle class="art-ink" cx="44" cy="21" r="3.5" />
			<rect class="art-shade" x="60" y="15" width="116" height="12" rx="6" />
			{children}
		</>
	);
}

/** The identity document, and the hands that hold it out. `seal` is what vouches for it. */
function Document({ children, seal, blank = false }: { children?: ComponentChildren; seal?: string; blank?: boolean }) {
	return (
		<>
			<rect class="art-paper" x="52" y="46" width="104" height="104" rx="8" />
			{!blank && (
				<>
					<circle class="art-soft" cx="78" cy="74" r="14" />
					<path class="art-thin" d="M64 74h28M78 60c-10 8-10 20 0 28M78 60c10 8 10 20 0 28" />
					<circle class="art-thin" cx="78" cy="74" r="14" />
					<path class="art-words" d="M104 66h38M104 79h26M66 104h26M66 118h24M66 132h28" />
				</>
			)}
			{seal !== undefined && (
				<g transform="translate(124 110) scale(1.5) translate(-130 -126)">
					<path class="art-ribbon" d="M120 133l-6 20 7-2.5 5 5 5-17zM140 133l6 20-7-2.5-5 5-5-17z" />
					<path class="art-seal" d={SEAL} />
					<path class="art-sign" d={seal} />
				</g>
			)}
			{children}
			<rect class="art-site" x="42" y="92" width="19" height="28" rx="9.5" />
			<rect class="art-site" x="147" y="84" width="19" height="28" rx="9.5" />
		</>
	);
}

/** What the person wanted to send. */
function Envelope({ children }: { children: ComponentChildren }) {
	return (
		<>
			<circle class="art-ink" cx="88" cy="60" r="4" />
			<circle class="art-ink" cx="104" cy="60" r="4" />
			<circle class="art-ink" cx="120" cy="60" r="4" />
			<rect class="art-paper" x="50" y="82" width="108" height="70" rx="8" />
			<path class="art-line" d="M54 88l50 36 50-36" />
			{children}
		</>
	);
}

const SIGNS = {
	bar: "M120 123h20v6h-20z",
	mark: "M127.5 116h5v12.5h-5zM127.5 131h5v5h-5z",
	unlike: "M121 119.5h18v4h-18zM121 128.5h18v4h-18zM134.6 114.4l3.4 2-12.6 21.2-3.4-2z",
	clock: "M128 115.5h4v9.3l6.5 6.5-2.9 2.9-7.6-7.7z",
	tick: "M127.6 134l-7.6-7.6 3-3 4.6 4.6 9.4-9.4 3 3z",
} as const;

const QUESTION =
	"M100.6 117h7.4v7.4h-7.4zM104.2 71c8.6 0 14.7 5.4 14.7 12.9 0 5.7-2.9 8.6-6.1 11.1-2.9 2.2-4.3 3.6-4.3 6.8v8.4" +
	"h-8.6v-9.1c0-6.1 3.200-8.9 6.5-11.5 2.5-2.100 3.900-3.200 3.900-5.7 0-2.9-2.5-5-6.1-5s-5.7 2.100-6.5 5.7h-8.6" +
	"c.4-6.400 6.8-13.6 15.100-13.6z";

const SCENES: Readonly<Record<Scene, () => ComponentChildren>> = {
	refused: () => <Document seal={SIGNS.bar} />,
	closed: () => (
		<>
			<Document seal={SIGNS.bar} />
			<path class="art-post" d="M14 130h12v30h-12zM182 130h12v30h-12z" />
			<rect class="art-barrier" x="6" y="137" width="196" height="16" rx="6" />
			<path
				class="art-stripes"
				d="M32 137h20l-12 16h-20zM72 137h20l-12 16h-20zM112 137h20l-12 16h-20zM152 137h20l-12 16h-20z"
			/>
			<rect class="art-line" x="6" y="137" width="196" height="16" rx="6" />
		</>
	),
	warned: () => <Document seal={SIGNS.mark} />,
	document: () => (
		<Document>
			<path class="art-struck-under" d="M66 140l76-84" />
			<path class="art-struck" d="M66 140l76-84" />
		</Document>
	),
	nobody: () => (
		<Document>
			<circle class="art-missing" cx="124" cy="110" r="22" />
		</Document>
	),
	"other-site": () => <Document seal={SIGNS.unlike} />,
	"not-today": () => <Document seal={SIGNS.clock} />,
	unreadable: () => (
		<Document blank>
			<path class="art-state" fill-rule="evenodd" d={QUESTION} />
		</Document>
	),
	held: () => (
		<Envelope>
			<rect class="art-badge" x="132" y="118" width="38" height="38" rx="10" />
			<path class="art-sign" d="M142 127h6v20h-6zM154 127h6v20h-6z" />
		</Envelope>
	),
	sends: () => (
		<Envelope>
			<rect class="art-badge" x="132" y="118" width="38" height="38" rx="10" />
			<path class="art-sign" d="M148 124h6v16h-6zM148 144h6v6h-6z" />
		</Envelope>
	),
	accepted: () => <Document seal={SIGNS.tick} />,
};

/**
 * What happened, as a picture: calm, in the colour of the state, and told by shapes. Decoration only: the words beside
 * it say the same, so screen readers skip it.
 */
export function Illustration({ scene, state }: { scene: Scene; state: StateShape }) {
	return (
		<svg class={`art art-is-${scene} state-${state}`} viewBox="0 0 208 168" aria-hidden="true" focusable="false">
			<Site>{SCENES[scene]()}</Site>
		</svg>
	);
}
