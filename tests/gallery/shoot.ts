/**
 * Takes pictures of every page in every state, in a real Firefox, into out/gallery/:
 *
 *     npx tsx tests/gallery/shoot.ts [words that the name must contain …]
 *
 * Names are `page-state[-open]-theme-size[-rtl].png`. All of them take half an hour: name what you want.
 */
import { doneAboutHeld, refusals, reports, welcomes } from "./samples.ts";
import { type Shot, takePictures } from "./studio.ts";

const SIZES = { wide: { width: 1200, height: 800 }, narrow: { width: 320, height: 640 } } as const;
const POPUP = { width: 368, height: 600 };

function shotsFor(theme: string): Shot[] {
	const shots: Shot[] = [];
	const done = Object.keys(doneAboutHeld);
	const blocked = [...Object.keys(refusals), ...done.map((state) => `unanswered-${state}`), "gone"];
	const popup = [...Object.keys(reports), ...done.map((state) => `held-${state}`), "refusing", "refused"];
	const states = [
		...blocked.map((state) => ["blocked", state] as const),
		...popup.map((state) => ["popup", state] as const),
		...Object.keys(welcomes).map((state) => ["welcome", state] as const),
	];
	for (const [page, state] of states) {
		for (const open of page === "welcome" ? [false] : [false, true]) {
			for (const rtl of [false, true]) {
				for (const [size, viewport] of Object.entries(
					page === "popup" ? { wide: POPUP, narrow: SIZES.narrow } : SIZES,
				)) {
					const name = `${page}-${state}${open ? "-open" : ""}-${theme}-${size}${rtl ? "-rtl" : ""}`;
					const query = `?page=${page}&state=${state}${open ? "&open" : ""}${rtl ? "&rtl" : ""}`;
					shots.push({ name, query, ...viewport });
				}
			}
		}
	}
	return shots;
}

await takePictures({ page: "index.html", entry: "main.tsx", shots: shotsFor }, process.argv.slice(2));
