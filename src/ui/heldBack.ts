/**
 * What a person can do about something that was held back because its site did not answer: ask once
 * more, or have it sent unasked. The block page and the popup share it.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { messageOf } from "../core/error.ts";
import type { Background } from "../protocol.ts";
import type { Clock } from "./clock.ts";
import { timeOfDay } from "./names.ts";
import { type Sentence, say } from "./Text.tsx";

export type HeldStep =
	/** Nothing was done about it yet. */
	| { readonly step: "waits" }
	/** The site is being asked. */
	| { readonly step: "asks" }
	/** It did not answer; `at` is when that was known, in milliseconds since 1970. */
	| { readonly step: "unanswered"; readonly at: number }
	| { readonly step: "refused" }
	/** What was held back is not known any more. */
	| { readonly step: "gone" }
	/** The site answered and is accepted. */
	| { readonly step: "accepted" }
	/** It is sent to unasked from now on. */
	| { readonly step: "sends" };

export interface HeldBack {
	readonly state: ReadonlySignal<HeldStep>;
	/** Asks the site once more; not while it is being asked. Never rejects. */
	tryAgain(): Promise<void>;
	/** Has it sent unasked from now on. Answers with an error, or null. */
	sendAnyway(): Promise<string | null>;
}

export interface HeldBackDeps {
	readonly background: Pick<Background, "tryAgain" | "sendAnyway">;
	readonly clock: Clock;
	/** Id of the refusal. */
	readonly id: string;
}

/** The state of one thing that was held back. */
export function createHeldBack({ background, clock, id }: HeldBackDeps): HeldBack {
	const state = signal<HeldStep>({ step: "waits" });
	return {
		state,
		async tryAgain() {
			if (state.value.step === "asks") return;
			const asking: HeldStep = { step: "asks" };
			state.value = asking;
			let next: HeldStep;
			try {
				const answer = await background.tryAgain(id);
				next = answer === "unanswered" ? { step: answer, at: clock.now() } : { step: answer };
			} catch {
				next = { step: "unanswered", at: clock.now() };
			}
			// Whoever chose meanwhile to send unasked has had their answer.
			if (state.value === asking) state.value = next;
		},
		async sendAnyway() {
			try {
				const answer = await background.sendAnyway(id);
				if (!answer.ok) return answer.error;
				state.value = { step: "sends" };
				return null;
			} catch (error) {
				return messageOf(error);
			}
		},
	};
}

/** What is going on, in one sentence, until there is an answer that changes everything. */
export function heldStatus(state: HeldStep, host: string, now: number): Sentence | null {
	switch (state.step) {
		case "waits":
			return say("uiHeldHint");
		case "asks":
			return say("uiHeldAsking", host);
		case "unanswered":
			return say("uiHeldUnanswered", timeOfDay(state.at, now, true));
		case "refused":
			return say("uiHeldRefused");
		default:
			return null;
	}
}
