/** Asks one mail server who vouches for it, as `countersign check` does, and under no rules: those are the extension's. */
import { catalogue } from "../../src/catalogue/index.ts";
import type { MailTarget } from "../../src/core/mail.ts";
import type { MailAnswer } from "../../src/schema/mail.ts";
import { check } from "../check/check.ts";
import { createJudging } from "../check/judging.ts";
import { trustStore } from "../check/trust.ts";
import type { Io } from "../io.ts";
import { answerOf } from "./answer.ts";

/** How long one server may take, from the look-up of its name on. */
const SERVER_MS = 20_000;

/**
 * Makes what asks servers.
 *
 * @param store as `trustStore` takes it. Rejects as that does.
 */
export async function createAsk(
	store: string,
	{ env, now }: Pick<Io, "env" | "now">,
): Promise<(target: MailTarget, signal: AbortSignal) => Promise<MailAnswer>> {
	const trust = await trustStore(store, env);
	const judging = createJudging({ admin: null, person: { version: 1, rules: [] } }, catalogue);
	return async (target, signal) => answerOf(await check(target, { judging, trust, timeoutMs: SERVER_MS, signal, now }));
}
