import type { Messages } from "../ui/fakeBrowser.ts";

/** Arabic letters in the places of Latin ones: unreadable, but shaped, and running right to left. */
const LETTERS: Readonly<Record<string, string>> = {
	a: "ا",
	b: "ب",
	c: "ص",
	d: "د",
	e: "ه",
	f: "ف",
	g: "غ",
	h: "ح",
	i: "ي",
	j: "ج",
	k: "ك",
	l: "ل",
	m: "م",
	n: "ن",
	o: "و",
	p: "ة",
	q: "ق",
	r: "ر",
	s: "س",
	t: "ت",
	u: "ع",
	v: "ط",
	w: "ش",
	x: "خ",
	y: "ى",
	z: "ز",
};

/** Words as a language written right to left would have them, to judge the layout by. */
export function mirrored(messages: Messages): Messages {
	const turn = (text: string) =>
		text
			.split(/(\$[A-Z]+\$)/)
			.map((piece, index) =>
				index % 2 === 1 ? piece : piece.replace(/[a-z]/gi, (letter) => LETTERS[letter.toLowerCase()] ?? letter),
			)
			.join("");
	const turned = Object.entries(messages).map(([key, message]) => [
		key,
		{ ...message, message: turn(message.message) },
	]);
	return {
		...Object.fromEntries(turned),
		language: { message: "ar" },
		direction: { message: "rtl" },
	};
}
