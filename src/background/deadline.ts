/**
 * Settles as `promise` does, or with what `late` gives once `ms` milliseconds have passed. Nothing
 * waits for ever: verdicts that never come leave requests hanging even after a restart.
 */
export async function deadline<Value>(
	promise: Promise<Value>,
	ms: number,
	late: () => Value | Promise<Value>,
): Promise<Value> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const timeout = new Promise<typeof LATE>((resolve) => {
		timer = setTimeout(() => resolve(LATE), ms);
	});
	try {
		const first = await Promise.race([promise, timeout]);
		return first === LATE ? await late() : first;
	} finally {
		clearTimeout(timer);
	}
}

const LATE = Symbol("late");
