/** A block page to practise on: a made-up refusal, on which every button works and none does anything. */
import { t } from "../browser/i18n.ts";
import { firefoxFingerprint } from "../core/key.ts";
import type { Background, CertificateView, Refusal } from "../protocol.ts";

const DAY = 86_400_000;

/** One of the made-up certificates. `digit` tells their keys and fingerprints apart. */
function certificate(digit: string, now: number, own: Partial<CertificateView>): CertificateView {
	return {
		subject: `CN=${own.commonName}`,
		issuer: "CN=CNNIC ROOT,O=CNNIC,C=CN",
		notBefore: now - 30 * DAY,
		notAfter: now + 60 * DAY,
		sha256: firefoxFingerprint(digit.repeat(64)),
		spki: `${digit.repeat(42)}A=`,
		builtInRoot: false,
		commonName: null,
		organization: null,
		country: null,
		authority: null,
		...own,
	};
}

/** The refusal to practise on: example.org, vouched for by CNNIC only. `now` is in milliseconds since 1970. */
export function practiceRefusal(now: number): Refusal {
	const authority = { id: "cnnic", name: "CNNIC", country: "CN" };
	const chain = [
		certificate("1", now, { commonName: "example.org" }),
		certificate("2", now, {
			subject: "CN=CNNIC ROOT,O=CNNIC,C=CN",
			commonName: "CNNIC ROOT",
			organization: "CNNIC",
			country: "CN",
			authority,
			builtInRoot: true,
		}),
	];
	return {
		id: "practice",
		time: now,
		url: "https://example.org/",
		host: "example.org",
		port: 443,
		page: true,
		private: false,
		outcome: "refuse",
		rule: {
			ref: "practice",
			source: "person",
			title: "CNNIC",
			reason: t("blockedPracticeReason"),
			action: "block",
			exceptable: true,
		},
		selector: { authority: "cnnic" },
		position: 1,
		chain,
		overridden: [],
		unreadable: null,
		connection: null,
		before: [],
		sent: { method: "GET", cookies: false, body: false, authorization: false },
		wayThrough: "type-name",
	};
}

/** Stands in for the background: knows the made-up refusal alone, and lets nothing through. */
export function practiceBackground(
	now: () => number,
): Pick<Background, "refusal" | "chainOf" | "letThrough" | "tryAgain" | "sendAnyway"> {
	return {
		refusal: async () => practiceRefusal(now()),
		chainOf: async () => null,
		letThrough: async () => ({ ok: true, url: "about:blank" }),
		tryAgain: async () => "unanswered",
		sendAnyway: async () => ({ ok: true }),
	};
}
