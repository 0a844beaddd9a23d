const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Waits until nothing in the document changes any more: effects run after a frame, and answers come by message. */
export async function settled(): Promise<void> {
	let changed = true;
	const observer = new MutationObserver(() => {
		changed = true;
	});
	observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
	while (changed) {
		changed = false;
		// An effect runs in the turn after the frame: those that were waiting have run before this one.
		await frame();
		await turn();
	}
	observer.disconnect();
}
