import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { MailServerView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { Chain } from "../ui/Chain.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { MAIL_KINDS, mailSentences, mailTag, mailVoucher } from "../ui/mail.ts";
import { Reason } from "../ui/Reason.tsx";
import { StateIcon } from "../ui/StateIcon.tsx";
import { Say, type Sentence, say } from "../ui/Text.tsx";
import type { MailPage } from "./store.ts";

/** What a notification about a mail server leads to: what is known, and what to do. */
export function App({ store }: { store: MailPage }) {
	const server = store.server.value;
	return (
		<main class="page page-banded mail stack-loose">
			{server === null && <Gone />}
			{server && <Known store={store} server={server} />}
			<p>
				<a href="/src/options/index.html#mail">{t("mailPageList")}</a>
			</p>
		</main>
	);
}

interface Words {
	readonly headline: Sentence;
	/** The first thing to do. */
	readonly todo: string | null;
	readonly isWrong: boolean;
}

function wordsFor(server: MailServerView): Words {
	const { state, host, unreached } = server;
	const who = mailVoucher(server);
	if (state === "unvouched") {
		return { headline: say("mailPageUnvouched", host), todo: "mailPageUnvouchedDo", isWrong: true };
	}
	if (state === "stripped") return { headline: say("mailPageStripped", host), todo: "mailPageClose", isWrong: true };
	if (state === "refused" || state === "warned") {
		return { headline: say("mailPageRefused", host, who), todo: "mailPageClose", isWrong: true };
	}
	// Whoever keeps it from being reached may be about to answer in its place.
	if (unreached !== null) {
		return { headline: say("mailPageUnreached", host), todo: "mailPageUnvouchedDo", isWrong: false };
	}
	if (state === "vouched") return { headline: say("mailPageWell", host, who), todo: "mailPageWellDo", isWrong: false };
	return { headline: say("mailPageUnasked", host), todo: null, isWrong: false };
}

function Known({ store, server }: { store: MailPage; server: MailServerView }) {
	const { host } = server;
	const { headline, todo, isWrong } = wordsFor(server);
	const { shape, words } = mailTag(server);
	const button = useRef<HTMLButtonElement>(null);
	// Without scrolling: in a small or enlarged window, what is the matter is what must be seen first.
	useLayoutEffect(() => button.current?.focus({ preventScroll: true }), []);
	useEffect(() => {
		document.title = t("mailPageTitle", host);
	}, [host]);
	const isAsking = store.asking.value;
	return (
		<>
			<div class="stack" id="message">
				<p class={`mail-state band-state state-${shape}`}>
					<StateIcon state={shape} />
					{t(words)}
				</p>
				<h1>
					<Say what={headline} />
				</h1>
				{todo !== null && <p class="mail-do">{t(todo)}</p>}
				{isWrong && <p>{t("mailPageCould")}</p>}
				{isWrong && <p>{t("mailPageWait")}</p>}
			</div>
			<p>
				<Button
					look="primary"
					busy={isAsking}
					buttonRef={button}
					describedBy="message"
					onClick={() => void store.again()}
				>
					{t(isAsking ? "mailAsking" : "mailPageAgain")}
				</Button>
			</p>
			<Disclosure summary={t("blockedAdvanced")}>
				<Advanced store={store} server={server} />
			</Disclosure>
		</>
	);
}

const WHY: Readonly<Record<string, string>> = {
	"self-signed": "mailWhySelf",
	"unknown-root": "mailWhyUnknown",
	"unknown-issuer": "mailWhyUnknown",
	"no-path": "mailWhyUnknown",
	expired: "mailWhyExpired",
	"not-yet-valid": "mailWhyEarly",
	name: "mailWhyName",
} satisfies Partial<Record<MailServerView["why"][number], string>>;

function Advanced({ store, server }: { store: MailPage; server: MailServerView }) {
	const { chain, rule, position, host, port, protocol, why } = server;
	const reasons = new Set(why.map((one) => WHY[one] ?? "mailWhyOther"));
	return (
		<div class="card stack-loose">
			<div class="stack-tight">
				{mailSentences(server).map((sentence) => (
					<p key={sentence.key}>
						<Say what={sentence} />
					</p>
				))}
				<p class="small soft">
					<bdi>{`${host}, ${MAIL_KINDS[protocol]}, ${port}`}</bdi>
				</p>
			</div>
			{reasons.size > 0 && (
				<section class="stack-tight">
					<h2>{t("mailWhy")}</h2>
					<ul>
						{[...reasons].map((reason) => (
							<li key={reason}>{t(reason)}</li>
						))}
					</ul>
				</section>
			)}
			{chain.length > 0 && (
				<section class="stack">
					<h2>{t("blockedChainTitle")}</h2>
					<Chain host={host} chain={chain} refused={(at) => at === position} bytes={store.chainBytes} />
				</section>
			)}
			{rule !== null && (
				<section class="stack-tight">
					<h2>{t("blockedRuleTitle")}</h2>
					<p class="host">
						<bdi>{ownWords(rule.title)}</bdi>
					</p>
					{rule.reason !== null && (
						<blockquote>
							<Reason text={rule.reason} />
						</blockquote>
					)}
				</section>
			)}
		</div>
	);
}

function Gone() {
	useEffect(() => {
		document.title = t("mailTitle");
	}, []);
	return <h1>{t("mailPageGone")}</h1>;
}
