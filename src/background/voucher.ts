/** Who vouches in a chain, as people are told and as the record of sites compares it. */
import type { Chain, Position } from "../core/chain.ts";
import { knownAs } from "../core/name.ts";
import type { Catalogue } from "../core/policy.ts";
import { voucherKey, vouching } from "../core/voucher.ts";
import type { CertificateView, Voucher } from "../protocol.ts";
import { viewCertificate } from "./views.ts";

export interface Vouching {
	/** Of the certificate in the chain. */
	readonly position: Position;
	readonly voucher: Omit<Voucher, "first" | "last">;
	/** The same for the same authority. */
	readonly key: string;
}

/** The authority of a chain that a person would name (core/voucher.ts). */
export function vouchingIn(chain: Chain, catalogue: Catalogue): Vouching {
	const views = chain.map((certificate) => viewCertificate(certificate, catalogue));
	const found = vouching(views) as CertificateView;
	const { authority, country } = found;
	const name = knownAs(found) ?? "";
	return { position: views.indexOf(found), voucher: { authority, name, country }, key: voucherKey(found, name) };
}
