import { useEffect } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { Button } from "../ui/Button.tsx";
import { StateIcon } from "../ui/StateIcon.tsx";
import { Text } from "../ui/Text.tsx";
import { Actions } from "./Actions.tsx";
import { Illustration } from "./Illustration.tsx";
import { useBlocked } from "./store.ts";

/** Above all else on a page to practise on: that it is one. */
export function Practice() {
	return (
		<p class="blocked-practice">
			<strong>{t("blockedPractice")}</strong> {t("blockedPracticeWhat")}
		</p>
	);
}

const WORDS = {
	through: { headline: "blockedPracticeThrough", why: "blockedPracticeThroughWhy", scene: "warned" },
	again: { headline: "blockedPracticeAgain", why: "blockedPracticeAgainWhy", scene: "refused" },
} as const;

/** What would have happened, in place of it. */
export function Practised({ what, host }: { what: keyof typeof WORDS; host: string }) {
	const { goBack, practiseAgain } = useBlocked();
	const { headline, why, scene } = WORDS[what];
	useEffect(() => {
		document.title = t("blockedTitlePractice", host);
	}, [host]);
	return (
		<>
			<div class="stack blocked-message" id="message">
				<Illustration scene={scene} state="warned" />
				<p class="blocked-state band-state state-warned">
					<StateIcon state="warned" />
					{t("blockedPractice")}
				</p>
				<h1>{t(headline)}</h1>
				<p>
					<Text of={why} args={[host]} />
				</p>
			</div>
			<Actions label={t("blockedPracticeOver")} onClick={() => void goBack()}>
				<Button onClick={practiseAgain}>{t("blockedPracticeOnceMore")}</Button>
			</Actions>
		</>
	);
}
