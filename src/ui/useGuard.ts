import { useEffect, useRef, useState } from "preact/hooks";
import type { Clock } from "./clock.ts";
import { createGuard, FIRST_SECOND, type Guard } from "./guard.ts";

/**
 * A guard that watches whether its element is in view. `ready` turns true after the first second, for
 * looks only: whether an event counts is asked of the guard, at the time of the event.
 */
export function useGuard<E extends Element>(clock: Clock) {
	const element = useRef<E>(null);
	const guard = useRef<Guard>(null);
	guard.current ??= createGuard(clock);
	const [ready, setReady] = useState(false);

	useEffect(() => {
		const target = element.current;
		const watched = guard.current;
		if (target === null || watched === null) return;
		let inView = false;
		let cancel: (() => void) | null = null;

		const update = () => {
			cancel?.();
			cancel = null;
			if (inView && document.visibilityState === "visible") {
				watched.shown();
				cancel = clock.after(FIRST_SECOND, () => setReady(true));
			} else {
				watched.hidden();
				setReady(false);
			}
		};
		// Another window in front (a site can open and close one under the pointer): start anew.
		const blurred = () => {
			watched.hidden();
			setReady(false);
			cancel?.();
		};

		const observer = new IntersectionObserver(
			(entries) => {
				inView = entries[entries.length - 1]?.isIntersecting ?? false;
				update();
			},
			{ threshold: 0.5 },
		);
		observer.observe(target);
		document.addEventListener("visibilitychange", update);
		window.addEventListener("blur", blurred);
		window.addEventListener("focus", update);
		return () => {
			cancel?.();
			observer.disconnect();
			document.removeEventListener("visibilitychange", update);
			window.removeEventListener("blur", blurred);
			window.removeEventListener("focus", update);
		};
	}, [clock]);

	return { element, guard: guard.current, ready };
}
