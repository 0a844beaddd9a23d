/** The options page over a background in memory, and what a person does on it. */
import "../ui/setup.ts";
import { render } from "preact";
import type { AuthorityDetails } from "../../src/catalogue/details.ts";
import { App } from "../../src/options/App.tsx";
import type { CheckDeps } from "../../src/options/check.ts";
import { createOptions, type Options } from "../../src/options/store.ts";
import type { OptionsView } from "../../src/protocol.ts";
import { fakeClock, settle } from "../ui/helpers.ts";
import { details, presets } from "./catalogue.ts";
import { type FakeBackground, fakeBackground } from "./fakeBackground.ts";

export interface OptionsPage {
	readonly store: Options;
	readonly background: FakeBackground;
	/** Files that the person was handed. */
	readonly saved: { name: string; text: string }[];
	/** All that can be read, white space collapsed, direction marks left out. */
	text(): string;
	/** The element with this accessible name: its aria-label, its label's or its own text. */
	find(selector: string, name: string): HTMLElement;
	has(selector: string, name: string): boolean;
	click(name: string): Promise<void>;
	/** Follows the link with this text, within the page. */
	follow(name: string): Promise<void>;
	/** Lets time pass, in milliseconds. */
	pass(ms: number): Promise<void>;
	/** The address gets another fragment. */
	go(fragment: string): Promise<void>;
	/** Drops files on the page. */
	drop(...files: File[]): Promise<Event>;
	/** Types into, or chooses in, the control with this name. */
	fill(name: string, value: string): Promise<void>;
	/** Text of what describes the control with this name: its error and its hint. */
	described(name: string): string;
}

const clean = (text: string | null | undefined): string =>
	(text ?? "")
		.replace(/[\u2068\u2069]/g, "")
		.replace(/\s+/g, " ")
		.trim();

function nameOf(element: Element): string {
	const label = element.getAttribute("aria-label");
	if (label !== null) return clean(label);
	if (element.matches("input, select, textarea")) {
		const own =
			element.closest("label") ?? (element.id === "" ? null : document.querySelector(`label[for="${element.id}"]`));
		const words = own?.querySelector(":scope > span > .label") ?? own?.querySelector(":scope > span") ?? own;
		return clean(words?.textContent);
	}
	return clean(element.textContent);
}

const CONTROLS = "button, input, select, textarea, label.button";

/** What the page begins with beside the background's view. */
export interface Opening {
	/** Of its address. */
	readonly fragment?: string;
	readonly loadDetails?: () => Promise<readonly AuthorityDetails[]>;
	/** What Firefox says of the extension; without it, all is well. */
	readonly check?: Partial<CheckDeps>;
	/** Sets the background up before it is asked. */
	readonly before?: (background: FakeBackground) => void;
}

/** Shows the page with this on it. */
export async function open(view: Partial<OptionsView> = {}, opening: Opening = {}): Promise<OptionsPage> {
	render(null, document.body);
	const background = fakeBackground(view);
	opening.before?.(background);
	let fragment = opening.fragment ?? "";
	const followers = new Set<() => void>();
	const saved: { name: string; text: string }[] = [];
	const clock = fakeClock();
	const store = createOptions({
		background,
		onChanges: background.onChanges,
		check: {
			readStorage: async () => ({ state: background.self.state, previous: background.self.state }),
			readCopy: () => background.self.state,
			maySeeAllSites: async () => true,
			isOnToolbar: async () => true,
			...opening.check,
		},
		mail: {
			requestPermissions: async () => {
				background.asked.push("requestPermissions");
				return background.allows;
			},
			dropPermissions: async () => void background.asked.push("dropPermissions"),
		},
		clock,
		saveFile: (name, text) => saved.push({ name, text }),
		loadDetails: opening.loadDetails ?? (async () => details),
		loadPresets: async () => presets,
		fragment: () => fragment,
		onFragment(callback) {
			followers.add(callback);
			return () => followers.delete(callback);
		},
	});
	// Reading files takes as long as it takes: what the page began is waited for.
	const reading = new Set<Promise<void>>();
	const watch = <Args extends unknown[]>(read: (...args: Args) => Promise<void>) => {
		return (...args: Args): Promise<void> => {
			const promise = read(...args).finally(() => reading.delete(promise));
			reading.add(promise);
			return promise;
		};
	};
	Object.assign(store.add, { read: watch(store.add.read), readPasted: watch(store.add.readPasted) });
	Object.assign(store.transfer, { choose: watch(store.transfer.choose) });
	const done = async () => {
		await settle();
		while (reading.size > 0) await Promise.all(reading);
		await settle();
	};
	store.start();
	render(<App store={store} />, document.body);
	await settle();

	const all = (selector: string, name: string): HTMLElement[] =>
		[...document.querySelectorAll<HTMLElement>(selector)].filter((element) => nameOf(element) === name);

	function find(selector: string, name: string): HTMLElement {
		const [first, ...others] = all(selector, name);
		if (!first || others.length > 0) {
			const names = [...document.querySelectorAll(selector)].map(nameOf);
			throw new Error(
				`Expected one ${selector} called “${name}”, got ${others.length + (first ? 1 : 0)} of: ${names.join(" | ")}`,
			);
		}
		return first;
	}

	async function go(next: string): Promise<void> {
		fragment = next;
		for (const follower of followers) follower();
		await done();
	}

	return {
		store,
		background,
		saved,
		find,
		text: () => clean(document.body.textContent),
		has: (selector, name) => all(selector, name).length > 0,
		async click(name) {
			find(CONTROLS, name).click();
			await done();
		},
		async follow(name) {
			await go(find("a", name).getAttribute("href") ?? "");
		},
		go,
		async pass(ms) {
			clock.pass(ms);
			await done();
		},
		async drop(...files) {
			const event = new Event("drop", { bubbles: true, cancelable: true });
			Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], files } });
			document.querySelector("main")?.dispatchEvent(event);
			await done();
			return event;
		},
		async fill(name, value) {
			const control = find("input, select, textarea", name) as HTMLInputElement;
			control.value = value;
			control.dispatchEvent(new Event(control.matches("select") ? "change" : "input", { bubbles: true }));
			await done();
		},
		described(name) {
			const ids = find("input, select, textarea", name).getAttribute("aria-describedby") ?? "";
			return clean(
				ids
					.split(" ")
					.map((id) => document.getElementById(id)?.textContent)
					.join(" "),
			);
		},
	};
}
