import { useEffect } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { English } from "../ui/English.tsx";
import { HelpLink } from "../ui/HelpLink.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Say } from "../ui/Text.tsx";
import { Admin } from "./Admin.tsx";
import { Authorities } from "./Authorities.tsx";
import { AuthorityPage } from "./AuthorityPage.tsx";
import { Check } from "./Check.tsx";
import { filesOf, holdsFiles, toInput } from "./drop.ts";
import { Exceptions } from "./Exceptions.tsx";
import { Lists } from "./Lists.tsx";
import { Mail } from "./Mail.tsx";
import { Nav } from "./Nav.tsx";
import { PrivateWindows } from "./PrivateWindows.tsx";
import { Rules } from "./Rules.tsx";
import type { Route } from "./route.ts";
import { Sets } from "./Sets.tsx";
import { Settings } from "./Settings.tsx";
import { type Options, OptionsContext } from "./store.ts";
import { Transfer } from "./Transfer.tsx";
import { Trouble } from "./Trouble.tsx";
import { UndoBar } from "./UndoBar.tsx";

/** The options page. */
export function App({ store }: { store: Options }) {
	useDropAnywhere(store);
	const view = store.view.value;
	return (
		<OptionsContext.Provider value={store}>
			<main
				class={
					store.route.value.page === "authorities"
						? "page options options-wide stack-loose"
						: "page options stack-loose"
				}
			>
				<header class="options-head">
					<img class="options-mark" src="/icons/icon.svg" alt="" width="48" height="48" />
					<div>
						<h1>{t("optionsHeading")}</h1>
						<p class="soft">{t("optionsIntro")}</p>
					</div>
				</header>
				<Nav route={store.route.value} />
				<Problem store={store} />
				<p class="visually-hidden" role="status">
					{store.news.value !== null && <Say what={store.news.value} />}
				</p>
				{view !== undefined && (
					<>
						{view.trouble !== null && <Trouble trouble={view.trouble} />}
						{!view.privateAllowed && store.route.value.page !== "check" && <PrivateWindows />}
						{store.route.value.page === "rules" && view.admin !== null && (
							<Admin admin={view.admin} authorities={view.authorities} />
						)}
						<Page route={store.route.value} view={view} />
						<footer class="row options-foot">
							<HelpLink />
							<a href="/src/welcome/index.html">{t("welcomeSteps")}</a>
							<a href="/src/blocked/index.html?practice" target="_blank" rel="noreferrer">
								{t("checkPractice")}
							</a>
						</footer>
					</>
				)}
			</main>
			<UndoBar />
		</OptionsContext.Provider>
	);
}

/** What the address asks for. */
function Page({ route, view }: { route: Route; view: OptionsView }) {
	if (route.page === "authorities") return <Authorities />;
	if (route.page === "authority") return <AuthorityPage key={route.id} id={route.id} view={view} />;
	if (route.page === "sets") return <Sets view={view} />;
	if (route.page === "lists") return <Lists view={view} />;
	if (route.page === "mail") return <Mail />;
	if (route.page === "check") return <Check />;
	return (
		<>
			<Rules view={view} />
			<Exceptions exceptions={view.exceptions} />
			<Settings view={view} />
			<Transfer view={view} />
		</>
	);
}

/** That nobody answers, or what went wrong with a change that belongs to no field. */
function Problem({ store }: { store: Options }) {
	const problem = store.problem.value;
	if (store.silent.value) {
		return (
			<Notice state="warned" live="assertive">
				<p class="host">{t("checkDead")}</p>
				<p>{t("checkDeadDo")}</p>
			</Notice>
		);
	}
	if (problem === null) return null;
	return (
		<Notice state="stopped" live="assertive">
			<p class="host">{t("optionsProblem")}</p>
			<p>
				<English>{problem}</English>
			</p>
			<p>
				<Button look="link" onClick={() => store.hideProblem()}>
					{t("optionsDismiss")}
				</Button>
			</p>
		</Notice>
	);
}

/**
 * A file that is dropped anywhere on the page is read; without this, Firefox would leave the page and
 * show the file.
 */
function useDropAnywhere(store: Options): void {
	useEffect(() => {
		const over = (event: DragEvent) => {
			if (!holdsFiles(event)) return;
			event.preventDefault();
			store.setDragging(true);
		};
		const leave = (event: DragEvent) => {
			if (event.relatedTarget === null) store.setDragging(false);
		};
		const drop = (event: DragEvent) => {
			store.setDragging(false);
			const files = filesOf(event);
			if (files.length === 0) return;
			event.preventDefault();
			take(store, files);
		};
		document.addEventListener("dragover", over);
		document.addEventListener("dragleave", leave);
		document.addEventListener("drop", drop);
		return () => {
			document.removeEventListener("dragover", over);
			document.removeEventListener("dragleave", leave);
			document.removeEventListener("drop", drop);
		};
	}, [store]);
}

/** A policy document is imported, anything else is read for certificates. */
function take(store: Options, files: readonly File[]): void {
	if (store.locked.value) return;
	const policy = files.find(({ name }) => name.toLowerCase().endsWith(".json"));
	if (policy) {
		void store.transfer.choose(policy);
		return;
	}
	if (store.add.way.value !== "files") store.add.open();
	void store.add.read(files.map(toInput));
}
