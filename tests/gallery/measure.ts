/** What can be wrong with a page in front of people, measured where it is shown. */

/** "button.button “Continue to …”": enough to find an element by. */
function nameOf(element: Element): string {
	const classes = [...element.classList].map((name) => `.${name}`).join("");
	const words = (element.textContent ?? "").trim().replace(/\s+/g, " ");
	return `${element.localName}${classes} “${words.slice(0, 60)}”`;
}

/** Text that only screen readers see, or that a control of the browser draws its own way. */
const NOT_DRAWN = ".visually-hidden, option, select, script, style, textarea";

function* shownTexts(): Generator<{ readonly node: Text; readonly parent: Element }> {
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
		const parent = node.parentElement;
		if (!(node instanceof Text) || parent === null || node.data.trim() === "") continue;
		if (parent.closest(NOT_DRAWN) !== null || !parent.checkVisibility({ visibilityProperty: true })) continue;
		yield { node, parent };
	}
}

/** Where words must not be torn apart: what is pressed, and what is read at a glance. */
const IN_ONE_PIECE = "button, .button, summary, h1, h2, h3, label, .label, .tag, nav a, th, legend";

/** A word that a language writes with letters: no name of a host, no key. */
const WORD = /[\p{Letter}\p{Mark}’'-]+/gu;

/** Everything that does not fit: pages that scroll sideways, text outside its box, cut text, torn words. */
export function tooLong(): string[] {
	const found: string[] = [];
	const { scrollWidth, clientWidth } = document.documentElement;
	if (scrollWidth > clientWidth) {
		const wide = [...document.body.querySelectorAll("*")].filter((element) => {
			const { left, right, width } = element.getBoundingClientRect();
			return width > 0 && (right > clientWidth + 1 || left < -1) && element.closest(NOT_DRAWN) === null;
		});
		const [first] = wide.filter((element) => !wide.some((other) => other !== element && element.contains(other)));
		found.push(`scrolls sideways: ${scrollWidth} > ${clientWidth}${first ? `, ${nameOf(first)}` : ""}`);
	}
	const styles = new Map<Element, CSSStyleDeclaration>();
	const styleOf = (element: Element): CSSStyleDeclaration => {
		const style = styles.get(element) ?? getComputedStyle(element);
		styles.set(element, style);
		return style;
	};
	const edges = new Map<Element, DOMRect>();
	const edgesOf = (element: Element): DOMRect => {
		const rect = edges.get(element) ?? element.getBoundingClientRect();
		edges.set(element, rect);
		return rect;
	};
	for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
		// What is typed scrolls inside its field.
		if (element.closest(`${NOT_DRAWN}, input`) !== null || element.clientWidth === 0) continue;
		const { overflowX, overflowY } = styleOf(element);
		const cuts = (overflow: string) => overflow === "hidden" || overflow === "clip";
		if (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1) {
			found.push(`${cuts(overflowX) ? "cut" : "scrolls"}: ${nameOf(element)}`);
		}
		if (cuts(overflowY) && element.scrollHeight > element.clientHeight + 1) found.push(`cut below: ${nameOf(element)}`);
	}
	const range = document.createRange();
	for (const { node, parent } of shownTexts()) {
		let box: Element = parent;
		while (/^(?:inline|contents|ruby)$/.test(styleOf(box).display) && box.parentElement) box = box.parentElement;
		const { left, right } = edgesOf(box);
		const isOutside = (from: number, to: number): boolean => {
			range.setStart(node, from);
			range.setEnd(node, to);
			return [...range.getClientRects()].some(
				(rect) => rect.width > 0 && (rect.left < left - 1.5 || rect.right > right + 1.5),
			);
		};
		// A space at the end of a line may hang over: then its words tell.
		const words = () => [...node.data.matchAll(/\S+/g)];
		if (isOutside(0, node.length) && words().some(({ index, 0: word }) => isOutside(index, index + word.length)))
			found.push(`outside its box: ${nameOf(box)}`);
		if (parent.closest(IN_ONE_PIECE) === null || parent.closest("bdi, .mono, [lang=en]") !== null) continue;
		if (styleOf(parent).hyphens === "auto") continue;
		for (const { index, 0: word } of node.data.matchAll(WORD)) {
			range.setStart(node, index);
			range.setEnd(node, index + word.length);
			const rows = new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 4)));
			// A language without spaces breaks anywhere; others where there is a hyphen.
			if (rows.size > 1 && !word.includes("-") && !/\p{Script=Han}/u.test(word)) {
				found.push(`torn: “${word}” in ${nameOf(box)}`);
			}
		}
	}
	return [...new Set(found)];
}

/** Between these, a name stands in a sentence (Unicode UAX #9: FSI, PDI). */
const ISOLATED = /\u2068[^\u2069]*\u2069/g;

const LATIN = /[A-Za-z][A-Za-z0-9’'.:/-]*[A-Za-z0-9]/g;

/**
 * Words in Latin letters that people see or are read, where the page's own words stand: "word: where". Left out
 * is what is marked as a name or as English.
 */
export function latinWords(): string[] {
	const foreign = "bdi, [lang=en], code, pre, .mono, textarea, option";
	const found = new Map<string, string>();
	const look = (text: string, where: Element) => {
		for (const [word] of text.replace(ISOLATED, " ").matchAll(LATIN)) found.set(word, nameOf(where));
	};
	for (const { node, parent } of shownTexts()) if (parent.closest(foreign) === null) look(node.data, parent);
	// There is no marking a name in these: what stands on the page as a name is one.
	const names = new Set<string>();
	for (const element of document.querySelectorAll<HTMLElement>(`${foreign}, input`)) {
		const text = element instanceof HTMLInputElement ? element.value : (element.textContent ?? "");
		for (const [word] of text.matchAll(LATIN)) names.add(word);
	}
	const lookBut = (text: string, where: Element) => {
		look(
			text.replace(LATIN, (word) => (names.has(word) ? "" : word)),
			where,
		);
	};
	lookBut(document.title, document.documentElement);
	for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
		for (const name of ["aria-label", "title", "placeholder", "alt"]) {
			const text = element.getAttribute(name) ?? "";
			// The first line of a certificate as text is the same everywhere.
			if (!text.startsWith("-----BEGIN")) lookBut(text, element);
		}
	}
	return [...found].map(([word, where]) => `${word}: ${where}`);
}

/** What axe-core, a collection of rules for accessible pages, finds wrong. */
export async function violations(): Promise<string[]> {
	const { default: axe } = await import("axe-core");
	const found = await axe.run(document, { resultTypes: ["violations"], preload: false });
	return found.violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.replace(/\s+/g, " ")}`),
	);
}

/** What moves by itself, or would on a touch. */
export function moving(): string[] {
	return [...document.querySelectorAll("*")]
		.filter((element) => {
			const { animationName, transitionDuration } = getComputedStyle(element);
			return (
				animationName !== "none" || transitionDuration.split(",").some((duration) => Number.parseFloat(duration) > 0)
			);
		})
		.map(nameOf);
}

const REACHABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

/** Everything that the Tab key has to come to, in the order of the page. */
function reachable(): HTMLElement[] {
	return [...document.querySelectorAll<HTMLElement>(REACHABLE)].filter((element) => {
		if (element.tabIndex < 0 || element.matches(":disabled") || !element.checkVisibility()) return false;
		// Of a group of radio buttons, the chosen one; the arrow keys go to the others.
		if (!(element instanceof HTMLInputElement) || element.type !== "radio" || element.checked) return true;
		const group = [...document.querySelectorAll<HTMLInputElement>("input[type=radio]")].filter(
			({ name, form }) => name === element.name && form === element.form,
		);
		return !group.some(({ checked }) => checked) && group[0] === element;
	});
}

const ringOf = (element: Element): string => {
	const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
	return outlineStyle === "none" || Number.parseFloat(outlineWidth) < 1 ? boxShadow : `${outlineColor} ${outlineWidth}`;
};

let expected: HTMLElement[] = [];
let rings = new Map<Element, string>();
const visited: { readonly element: Element; readonly seen: boolean }[] = [];

document.addEventListener("focusin", ({ target }) => {
	// A date field has several places inside itself.
	if (!(target instanceof Element) || visited.at(-1)?.element === target) return;
	const ring = ringOf(target);
	visited.push({ element: target, seen: ring !== "none" && ring !== rings.get(target) });
});

/** Gets ready for the Tab key, at the beginning of the page. Returns how often it has to be pressed, at least. */
export function beforeTabs(): number {
	if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
	expected = reachable();
	rings = new Map(expected.map((element) => [element, ringOf(element)]));
	document.body.tabIndex = -1;
	document.body.focus();
	visited.length = 0;
	return expected.length;
}

/** How many of them the Tab key has not come to yet. */
export const leftForTabs = (): number =>
	expected.filter((element) => !visited.some(({ element: other }) => other === element)).length;

/** What the Tab key did not come to, came to in another order, or came to without a sign. */
export function afterTabs(): string[] {
	document.body.removeAttribute("tabindex");
	const order = visited.map(({ element }) => element);
	return [
		...expected.filter((element) => !order.includes(element)).map((element) => `not reached: ${nameOf(element)}`),
		...visited.filter(({ seen }) => !seen).map(({ element }) => `focus not seen: ${nameOf(element)}`),
		...expected
			.filter((element, index) => order.includes(element) && order[index] !== element)
			.slice(0, 1)
			.map((element) => `out of order from: ${nameOf(element)}`),
	];
}
