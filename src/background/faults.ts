/**
 * Fault points: places where tests make something go wrong in real Firefox. Compiled out of the
 * release build, where `__TEST__` is the constant false.
 */
declare const __TEST__: boolean;

/** What tests make happen, by point: a function that throws, or one whose promise is waited for. */
const armed: Map<string, () => unknown> | null = __TEST__ ? new Map() : null;

if (__TEST__) {
	Object.assign(globalThis, { faults: armed });
	// What happens at start-up is over before a test gets there, so such points are held from before.
	const held = globalThis.localStorage?.getItem("fault:held");
	if (held) armed?.set(held, () => new Promise((release) => Object.assign(globalThis, { release })));
}

/** Does what a test armed this point with, if any did. */
export function fault(point: string): unknown {
	if (__TEST__) return armed?.get(point)?.();
}
