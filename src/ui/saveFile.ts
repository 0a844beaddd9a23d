/** How long Firefox may take to begin reading what it was given. */
const READ_MS = 60_000;

/** Hands a text to the person as a download. Needs no permission. `type` is its media type, without parameters. */
export function saveFile(name: string, text: string, type = "application/json"): void {
	const url = URL.createObjectURL(new Blob([text], { type }));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), READ_MS);
}
