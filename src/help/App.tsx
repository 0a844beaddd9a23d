import { type ComponentChildren, h } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { HelpNode, HelpText } from "./text.ts";

/** What may stand in the help. Whatever else is named in it shows as its text alone. */
const TAGS = new Set(["p", "ul", "ol", "li", "strong", "em", "code", "a", "span"]);

/** The help. `english`: there is none in the language of the page yet, so that it is marked as what it is. */
export function App({ text, english }: { text: HelpText; english: boolean }) {
	useEffect(() => {
		document.title = t("helpTitle");
		// What the address names is there only now.
		const part = location.hash === "" ? null : document.getElementById(location.hash.slice(1));
		part?.scrollIntoView();
		part?.focus();
	}, []);
	const marks = english ? { lang: "en", dir: "ltr" as const } : {};
	return (
		<main class="page stack-loose">
			<header class="help-head">
				<img src="/icons/icon.svg" alt="" width="48" height="48" />
				<h1 {...marks}>{text.title}</h1>
			</header>
			{english && <p class="soft small">{t("helpEnglish")}</p>}
			<div class="stack" {...marks}>
				{text.intro.map(show)}
			</div>
			<nav class="card help-contents" aria-label={t("helpContents")}>
				<h2 class="label">{t("helpContents")}</h2>
				<ul {...marks}>
					{text.parts.map(({ id, title }) => (
						<li key={id}>
							<a href={`#${id}`}>{title}</a>
						</li>
					))}
				</ul>
			</nav>
			{text.parts.map(({ id, title, nodes }) => (
				<section key={id} class="stack help-part" aria-labelledby={id} {...marks}>
					<h2 id={id} tabIndex={-1}>
						<a href={`#${id}`}>{title}</a>
					</h2>
					{nodes.map(show)}
				</section>
			))}
			<footer>
				<a href="/src/options/index.html">{t("popupOptions")}</a>
			</footer>
		</main>
	);
}

function show(node: HelpNode): ComponentChildren {
	if (typeof node === "string") return node;
	const [tag, { href }, ...children] = node;
	const inside = children.map(show);
	if (!TAGS.has(tag)) return inside;
	if (tag !== "a") return h(tag, {}, inside);
	return href?.startsWith("#")
		? h("a", { href }, inside)
		: h("a", { href, target: "_blank", rel: "noreferrer" }, inside);
}
