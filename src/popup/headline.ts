/** The one state and the one sentence that the popup begins with. */
import type { Explanation } from "../core/findings/explanation.ts";
import { explain } from "../core/findings/index.ts";
import type { NotChecked, Refusal, TabReport } from "../protocol.ts";
import { sentenceOf } from "../ui/explain.ts";
import { factsOfReport } from "../ui/facts.ts";
import { hostAndPort, timeOfDay } from "../ui/names.ts";
import type { StateShape } from "../ui/shapes.ts";
import { type Sentence, say } from "../ui/Text.tsx";

export interface Headline {
	readonly state: StateShape;
	readonly headline: Sentence;
	/** What matters most. */
	readonly sentences: readonly Sentence[];
	/** What `sentences` begins with; null where nothing is known. */
	readonly lead: Explanation | null;
	/** What else is known, most important first. */
	readonly more: readonly Explanation[];
	/** What the person can do about it at once. */
	readonly action: "reload" | "go-back" | null;
}

const NOT_CHECKED: Readonly<Record<NotChecked, string>> = {
	"before-start": "popupNotCheckedYet",
	restricted: "popupNotChecked",
	http: "popupNotChecked",
	"not-web": "popupNothing",
	private: "popupNotChecked",
	"no-connection": "popupNotCheckedYet",
	unreadable: "popupNotChecked",
	empty: "popupNothing",
};

/** The host as the address bar shows it: without the usual port. */
export function whereOf({ host, port, why }: TabReport): string | null {
	if (host === null) return null;
	return hostAndPort(host, why === "http" && port === 80 ? null : port);
}

/** Reloading has these judged. */
const RELOAD: readonly NotChecked[] = ["before-start", "no-connection"];

/**
 * `refusal` is the one that fills the tab, if any.
 *
 * @param now milliseconds since 1970
 */
export function headlineFor(report: TabReport, refusal: Refusal | null, now: number): Headline {
	const { state, headline, action, first } = headlineOf(report, refusal);
	// Of a page whose block page is all that is left, nothing is known any more.
	const [lead = null, ...others] = first === "popupStoppedPlain" ? [] : explain(factsOfReport(report, refusal, now));
	const sentences = lead === null ? (first ? [say(first)] : []) : [sentenceOf(lead, now)];
	// Nothing else is to be said of the page than that it was checked in another way.
	const isProbed = report.probed !== null && state === "protected";
	return {
		state,
		headline: isProbed ? say("popupProbed", timeOfDay(report.probed, now)) : say(headline),
		sentences: state === "unanswered" ? [...sentences, say("sentHeldBack")] : sentences,
		lead,
		// The picture of the chain says it.
		more: others.filter(({ id }) => id !== "vouched"),
		action,
	};
}

/** What the popup says first, before it says why. */
interface Plain extends Pick<Headline, "state" | "action"> {
	readonly headline: string;
	/** Said where there are no findings. */
	readonly first?: string;
}

function headlineOf(report: TabReport, refusal: Refusal | null): Plain {
	switch (report.state) {
		case "protected":
			// Accepted on purpose (a router, a printer), but checked by nobody.
			return report.overridden.length > 0
				? { state: "not-checked", headline: "popupUnvouched", action: null }
				: { state: "protected", headline: "popupProtected", action: null };
		case "stopped":
			if (refusal?.outcome === "unanswered") {
				return { state: "unanswered", headline: "popupHeldPage", action: "go-back" };
			}
			return {
				state: "stopped",
				headline: "popupStopped",
				action: "go-back",
				...(refusal === null && { first: "popupStoppedPlain" }),
			};
		case "warned": {
			const hosts = new Set(report.exceptions.map((exception) => exception.host));
			// What was let through can be the page itself or only what it shows from elsewhere.
			const isPage = hosts.size === 0 || hosts.has(report.host ?? "");
			return { state: "warned", headline: isPage ? "popupWarned" : "popupWarnedParts", action: null };
		}
		case "local-root":
			return { state: "local-root", headline: "popupLocalRoot", action: null };
		case "not-checked": {
			const why = report.why ?? "empty";
			return {
				state: "not-checked",
				headline: NOT_CHECKED[why],
				action: RELOAD.includes(why) ? "reload" : null,
			};
		}
	}
}
