/** The one state and the one sentence that the popup begins with. */
import type { NotChecked, Refusal, TabReport } from "../protocol.ts";
import { hostAndPort, list, nameAndCountry, nameOf, timeOfDay } from "../ui/names.ts";
import type { StateShape } from "../ui/shapes.ts";
import { type Sentence, say } from "../ui/Text.tsx";
import { whatWasFound, whoDecided } from "../ui/why.ts";

export interface Headline {
	readonly state: StateShape;
	readonly headline: Sentence;
	readonly sentences: readonly Sentence[];
	/** What the person can do about it at once. */
	readonly action: "reload" | "go-back" | null;
}

const NOT_CHECKED: Readonly<Record<NotChecked, readonly [headline: string, sentence: string]>> = {
	"before-start": ["popupNotCheckedYet", "popupBeforeStart"],
	restricted: ["popupNotChecked", "popupRestricted"],
	http: ["popupNotChecked", "popupHttp"],
	"not-web": ["popupNothing", "popupNotWeb"],
	private: ["popupNotChecked", "popupPrivate"],
	"no-connection": ["popupNotCheckedYet", "popupNoConnection"],
	unreadable: ["popupNotChecked", "popupUnreadable"],
	empty: ["popupNothing", "popupEmpty"],
};

/** The host as the address bar shows it: without the usual port. */
export function whereOf({ host, port, why }: TabReport): string | null {
	if (host === null) return null;
	return hostAndPort(host, why === "http" && port === 80 ? null : port);
}

/** Reloading has these judged. */
const RELOAD: readonly NotChecked[] = ["before-start", "no-connection"];

/** Who vouches for the site, and who for that one where it is somebody else. */
function whoVouches({ chain, host }: TabReport): Sentence {
	const first = chain[1] ?? chain[0];
	const last = chain[chain.length - 1];
	if (first === undefined || last === undefined) return say("popupProtectedPlain", host ?? "");
	if (nameOf(first) === nameOf(last)) return say("popupProtectedBy", nameAndCountry(last), host ?? "");
	return say("popupProtectedByTwo", nameAndCountry(first), host ?? "", nameAndCountry(last));
}

/**
 * `refusal` is the one that fills the tab, if any.
 *
 * @param now milliseconds since 1970
 */
export function headlineFor(report: TabReport, refusal: Refusal | null, now: number): Headline {
	const plain = headlineOf(report, refusal);
	if (report.probed === null) return plain;
	const time = timeOfDay(report.probed, now);
	// Nothing else is to be said of the page than that it was checked in another way.
	if (plain.state === "protected") {
		return {
			...plain,
			headline: say("popupProbed", time),
			sentences: [...plain.sentences, say("popupProbedAccepted")],
		};
	}
	return { ...plain, sentences: [...plain.sentences, say("popupProbedWhy", time)] };
}

function headlineOf(report: TabReport, refusal: Refusal | null): Headline {
	const host = report.host ?? "";
	switch (report.state) {
		case "protected":
			// Accepted on purpose (a router, a printer), but checked by nobody.
			if (report.overridden.length > 0) {
				return {
					state: "not-checked",
					headline: say("popupUnvouched"),
					sentences: [say("popupUnvouchedWhy", host)],
					action: null,
				};
			}
			return {
				state: "protected",
				headline: say("popupProtected"),
				sentences: [whoVouches(report)],
				action: null,
			};
		case "stopped":
			if (refusal?.outcome === "unanswered") {
				return {
					state: "unanswered",
					headline: say("popupHeldPage"),
					sentences: [whatWasFound(refusal), say("sentHeldBack")],
					action: "go-back",
				};
			}
			return {
				state: "stopped",
				headline: say("popupStopped"),
				sentences: refusal === null ? [say("popupStoppedPlain")] : [whoDecided(refusal), whatWasFound(refusal)],
				action: "go-back",
			};
		case "warned": {
			const { exceptions } = report;
			const hosts = new Set(exceptions.map((exception) => exception.host));
			// What was let through can be the page itself or only what it shows from elsewhere.
			const isPage = hosts.size === 0 || hosts.has(host);
			return {
				state: "warned",
				headline: say(isPage ? "popupWarned" : "popupWarnedParts"),
				sentences: [say("popupWarnedWhy", isPage ? host : list([...hosts]))],
				action: null,
			};
		}
		case "local-root": {
			const last = report.chain[report.chain.length - 1];
			return {
				state: "local-root",
				headline: say("popupLocalRoot"),
				sentences: [
					last === undefined ? say("popupLocalRootPlain") : say("popupLocalRootWho", nameOf(last)),
					say("popupLocalRootWhy"),
				],
				action: null,
			};
		}
		case "not-checked": {
			const why = report.why ?? "empty";
			const [headline, sentence] = NOT_CHECKED[why];
			return {
				state: "not-checked",
				headline: say(headline),
				sentences: [say(sentence)],
				action: RELOAD.includes(why) ? "reload" : null,
			};
		}
	}
}
