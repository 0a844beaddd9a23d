/**
 * What is another than on earlier visits of a site (rule 7 of warnings.md): people pass by warnings on sites that they
 * know, unless they are told what changed.
 */
import { t } from "../browser/i18n.ts";
import { short } from "../core/findings/names.ts";
import { knownAs } from "../core/name.ts";
import { voucherKey, vouching } from "../core/voucher.ts";
import type { CertificateView, Refusal, Voucher } from "../protocol.ts";
import { day, isSameDay, nameWithCountry } from "./names.ts";
import { type Sentence, say } from "./Text.tsx";

/** Who vouches for the site now; nobody where an error was clicked through, or nothing could be read. */
function now({ chain, overridden }: Refusal): CertificateView | undefined {
	return overridden.length > 0 ? undefined : vouching(chain);
}

/** Who vouched last before; null where nothing is known, or who vouches now did so before as well. */
function before(refusal: Refusal): Voucher | null {
	const current = now(refusal);
	const key = current && voucherKey(current, knownAs(current) ?? "");
	const isKnown = refusal.before.some((voucher) => voucherKey(voucher, voucher.name) === key);
	return isKnown ? null : (refusal.before[0] ?? null);
}

const named = (name: string, country: string | null): string =>
	nameWithCountry(short(name) || t("uiNameless"), country);

/**
 * "You were on outlook.example on 3 March. Then DigiCert (United States) vouched for it. Now CNNIC (China) does."
 * `isShort`: in fewer words.
 */
export function whatChanged(refusal: Refusal, isShort: boolean): Sentence | null {
	const [voucher, current] = [before(refusal), now(refusal)];
	if (voucher === null || current === undefined) return null;
	const { host, time } = refusal;
	const names = [named(voucher.name, voucher.country), named(knownAs(current) ?? "", current.country)];
	if (isSameDay(voucher.last, time)) return say(isShort ? "whyChangedTodayShort" : "whyChangedToday", host, ...names);
	return say(isShort ? "whyChangedShort" : "whyChanged", host, day(voucher.last, time), ...names);
}

/** "On 3 March, DigiCert (United States) vouched for it." */
export function whatWasBefore(refusal: Refusal): Sentence | null {
	const voucher = before(refusal);
	if (voucher === null) return null;
	const name = named(voucher.name, voucher.country);
	if (isSameDay(voucher.last, refusal.time)) return say("whyBeforeToday", name);
	return say("whyBefore", day(voucher.last, refusal.time), name);
}
