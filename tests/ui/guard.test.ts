import { describe, expect, test } from "vitest";
import { createGuard } from "../../src/ui/guard.ts";
import { fakeClock } from "./helpers.ts";

const person = { isTrusted: true };
const script = { isTrusted: false };
const enter = { key: "Enter", repeat: false };
const held = { key: "Enter", repeat: true };

describe("a way through", () => {
	test("does not work while it cannot be seen", () => {
		const clock = fakeClock();
		const guard = createGuard(clock);
		clock.pass(60_000);
		expect(guard.allows(person)).toBe(false);
	});

	test("does not work in the first second after it came into view", () => {
		const clock = fakeClock();
		const guard = createGuard(clock);
		guard.shown();
		expect(guard.allows(person)).toBe(false);
		clock.pass(999);
		expect(guard.allows(person)).toBe(false);
		clock.pass(1);
		expect(guard.allows(person)).toBe(true);
	});

	test("starts the second anew when it was out of view", () => {
		const clock = fakeClock();
		const guard = createGuard(clock);
		guard.shown();
		clock.pass(5000);
		guard.hidden();
		guard.shown();
		clock.pass(500);
		expect(guard.allows(person)).toBe(false);
	});

	test("does not start anew when it stays in view", () => {
		const clock = fakeClock();
		const guard = createGuard(clock);
		guard.shown();
		clock.pass(700);
		guard.shown();
		clock.pass(300);
		expect(guard.allows(person)).toBe(true);
	});

	test("is never taken by a script", () => {
		const clock = fakeClock();
		const guard = createGuard(clock);
		guard.shown();
		clock.pass(5000);
		expect(guard.allows(script)).toBe(false);
	});

	test("is not taken by a key that is held down, and says that its event must be stopped", () => {
		const clock = fakeClock();
		const guard = createGuard(clock);
		guard.shown();
		clock.pass(5000);
		expect(guard.keyDown(held)).toBe(false);
		expect(guard.allows(person)).toBe(false);
		guard.keyUp();
		expect(guard.keyDown(enter)).toBe(true);
		expect(guard.allows(person)).toBe(true);
	});
});
