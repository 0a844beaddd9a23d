import { useEffect } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Refusal } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { HelpLink } from "../ui/HelpLink.tsx";
import { type HeldStep, heldStatus } from "../ui/heldBack.ts";
import { StateIcon } from "../ui/StateIcon.tsx";
import type { StateShape } from "../ui/shapes.ts";
import { Technical } from "../ui/Technical.tsx";
import { Say, type Sentence, say } from "../ui/Text.tsx";
import { WayThrough } from "../ui/WayThrough.tsx";
import { whatCouldHappen, whatWasFound, whoDecided } from "../ui/why.ts";
import { Actions } from "./Actions.tsx";
import { Illustration, type Scene } from "./Illustration.tsx";
import { SaveReport } from "./SaveReport.tsx";
import { useBlocked } from "./store.ts";

interface Words {
	readonly shape: StateShape;
	readonly scene: Scene;
	/** Key of the tab's title, with the host in it. */
	readonly title: string;
	/** Beside the icon. */
	readonly label: string;
	/** The headline, what makes it so, and what else there is to know. */
	readonly says: readonly [Sentence, Sentence, ...Sentence[]];
}

function wordsFor({ step }: HeldStep, refusal: Refusal): Words {
	const { host } = refusal;
	if (step === "accepted") {
		return {
			shape: "protected",
			scene: "accepted",
			title: "blockedTitleAnswered",
			label: "blockedAnswered",
			says: [say("blockedAnsweredWho", host), say("blockedAnsweredWhy"), say("blockedSendAgain")],
		};
	}
	if (step === "sends") {
		return {
			shape: "warned",
			scene: "sends",
			title: "blockedTitleUnanswered",
			label: "blockedUnanswered",
			says: [say("blockedSendsWho", host), say("blockedSendsWhy"), say("blockedSendAgain")],
		};
	}
	return {
		shape: "unanswered",
		scene: "held",
		title: "blockedTitleUnanswered",
		label: "blockedUnanswered",
		says: [whoDecided(refusal), whatWasFound(refusal), whatCouldHappen(refusal), say("sentHeldBack")],
	};
}

/**
 * In place of a page that a form would have been sent to, while its site did not say who vouches for
 * it. Nothing is known against the site, and nothing was sent: so the one filled button asks again,
 * which is as safe as going back, and does more for the person.
 */
export function Unanswered({ refusal }: { refusal: Refusal }) {
	const { held, clock, goBack } = useBlocked();
	const state = held.state.value;
	const { step } = state;
	const { shape, scene, title, label, says } = wordsFor(state, refusal);
	const [headline, found, ...rest] = says;
	const { host } = refusal;
	useEffect(() => {
		document.title = t(title, host);
	}, [title, host]);
	useEffect(() => {
		document.querySelector("link[rel=icon]")?.setAttribute("href", `/icons/state-${shape}.svg`);
	}, [shape]);

	const isOver = step === "accepted" || step === "sends";
	const status = heldStatus(state, host, clock.now());
	return (
		<>
			<div class="stack blocked-message" id="message">
				<Illustration scene={scene} state={shape} />
				<p class={`blocked-state band-state state-${shape}`}>
					<StateIcon state={shape} />
					{t(label)}
				</p>
				<h1>
					<Say what={headline} />
				</h1>
				<p class="blocked-found">
					<Say what={found} />
				</p>
				{rest.map((sentence) => (
					<p key={sentence.key}>
						<Say what={sentence} />
					</p>
				))}
			</div>
			{isOver ? (
				<Actions
					key={step}
					label={t("blockedBackToForm")}
					look={step === "accepted" ? "primary" : "plain"}
					onClick={() => void goBack()}
				/>
			) : (
				<Actions label={t("uiTryAgain")} busy={step === "asks"} onClick={() => void held.tryAgain()}>
					<Button onClick={() => void goBack()}>{t("blockedGoBackPlain")}</Button>
				</Actions>
			)}
			{/* Always there: what comes into it later is read to people who cannot see it. */}
			<p class="blocked-status soft" role="status">
				{status !== null && <Say what={status} />}
			</p>
			{!isOver && (
				<Disclosure summary={t("blockedAdvanced")}>
					<Advanced refusal={refusal} />
				</Disclosure>
			)}
		</>
	);
}

function Advanced({ refusal }: { refusal: Refusal }) {
	const { held, clock } = useBlocked();
	return (
		<div class="card stack-loose blocked-advanced">
			<section class="stack-tight">
				<h2>{t("blockedHappenedTitle")}</h2>
				<p>
					<Say what={say("blockedHappenedAsked", refusal.host)} />
				</p>
				<p>{t("blockedHappenedWhy")}</p>
				<p>{t("blockedHappenedKept")}</p>
			</section>
			<Technical refusal={refusal} />
			<SaveReport refusal={refusal} />
			<p>
				<HelpLink at="what-to-do-at-a-warning" />
			</p>
			<section class="stack-tight blocked-way">
				<h2>{t("wayTitle")}</h2>
				<WayThrough refusal={refusal} clock={clock} onProceed={() => held.sendAnyway()} />
			</section>
		</div>
	);
}
