import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Rule } from "../core/policy.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { English } from "../ui/English.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Reason } from "../ui/Reason.tsx";
import { StateIcon } from "../ui/StateIcon.tsx";
import { Switch } from "../ui/Switch.tsx";
import type { StateShape } from "../ui/shapes.ts";
import { useWelcome, type Welcome, WelcomeContext } from "./store.ts";

/** The first-run page: what the first rules do, private windows, and a switch for each rule. */
export function App({ store }: { store: Welcome }) {
	const view = store.view.value;
	const error = store.error.value;
	useEffect(() => {
		document.title = t("welcomeTitle");
	}, []);
	return (
		<WelcomeContext.Provider value={store}>
			<main class="page stack-loose">
				<header class="stack">
					<img class="welcome-mark" src="/icons/icon.svg" alt="" width="64" height="64" />
					<h1>{t("welcomeTitle")}</h1>
					<ul class="welcome-lead stack-tight">
						<Does state="stopped">{t("welcomeAuthorities")}</Does>
						<Does state="warned">{t("welcomeOverridden")}</Does>
						<Does state="protected">{t("welcomeHome")}</Does>
					</ul>
				</header>
				{error !== null && (
					<Notice state="warned" live="assertive">
						<p>
							<English>{error}</English>
						</p>
					</Notice>
				)}
				{view !== undefined && (
					<>
						<section class="stack">
							<h2>{t("welcomePrivateTitle")}</h2>
							{view.privateAllowed ? <PrivateAllowed /> : <PrivateSteps />}
						</section>
						{view.rules.length > 0 && (
							<section class="stack">
								<h2>{t("welcomeRules")}</h2>
								<ul class="stack-tight">
									{view.rules.map((rule) => (
										<li key={rule.id} class="card welcome-rule">
											<RuleSwitch rule={rule} locked={view.admin?.locked ?? false} />
										</li>
									))}
								</ul>
							</section>
						)}
					</>
				)}
				<footer class="stack-tight">
					<p>{t("welcomeMore")}</p>
					<p>
						<Button onClick={() => void store.openOptions()}>{t("popupOptions")}</Button>
					</p>
				</footer>
			</main>
		</WelcomeContext.Provider>
	);
}

function Does({ state, children }: { state: StateShape; children: ComponentChildren }) {
	return (
		<li>
			<StateIcon state={state} />
			<span>{children}</span>
		</li>
	);
}

function RuleSwitch({ rule, locked }: { rule: Rule; locked: boolean }) {
	const store = useWelcome();
	return (
		<Switch on={rule.enabled} disabled={locked} onChange={(on) => void store.switchRule(rule, on)}>
			<span class="host">
				<bdi>{ownWords(rule.title)}</bdi>
			</span>{" "}
			<span class="soft">{t(rule.enabled ? "welcomeOn" : "welcomeOff")}</span>
			{rule.reason !== undefined && (
				<span class="welcome-reason small">
					<Reason text={rule.reason} />
				</span>
			)}
		</Switch>
	);
}

function PrivateAllowed() {
	return (
		<Notice state="protected" live="polite">
			<p>{t("welcomePrivateYes")}</p>
		</Notice>
	);
}

/** Firefox lets no extension open its add-ons page, so the way there has to be told. */
function PrivateSteps() {
	return (
		<Notice state="warned" live="polite">
			<p>
				<strong>{t("welcomePrivateNo")}</strong> {t("welcomePrivateHow")}
			</p>
			<ol class="welcome-steps">
				<li>{t("welcomePrivateStep1")}</li>
				<li>{t("welcomePrivateStep2")}</li>
				<li>{t("welcomePrivateStep3")}</li>
			</ol>
		</Notice>
	);
}
