/**
 * Fault points: places where tests make something go wrong in real Firefox. Compiled out of the
 * release build, where `__TEST__` is the constant false.
 */
declare const __TEST__: boolean;

/** Names of the points at which the next call shall throw. Only in test builds. */
const armed: Set<string> | null = __TEST__ ? new Set() : null;

if (__TEST__) Object.assign(globalThis, { faults: armed });

/** Throws when a test armed this point. */
export function fault(point: string): void {
	if (__TEST__ && armed?.has(point)) throw new Error(`fault: ${point}`);
}
