/**
 * Takes pictures of the options page in every state, in a real Firefox, into out/gallery/:
 *
 *     npx tsx tests/gallery/shootOptions.ts [words that the name must contain …]
 */
import { optionsStates } from "./optionsStates.ts";
import { type Shot, takePictures } from "./studio.ts";

const SIZES = { wide: { width: 1100, height: 800 }, narrow: { width: 320, height: 640 } };

function shotsFor(theme: string): Shot[] {
	return Object.keys(optionsStates).flatMap((state) =>
		Object.entries(SIZES).flatMap(([size, viewport]) =>
			[false, true].map((rtl) => ({
				name: `options-${state}-${theme}-${size}${rtl ? "-rtl" : ""}`,
				query: `?state=${state}${rtl ? "&rtl" : ""}`,
				...viewport,
			})),
		),
	);
}

await takePictures({ page: "options.html", entry: "options.tsx", shots: shotsFor }, process.argv.slice(2));
