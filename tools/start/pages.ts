/** What the lab's servers answer: small pages that look like one family. */
import { html, type Reply } from "../../tests/lab/index.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #5b6475; --paper: #f6f7f9; --card: #fff; --line: #dfe3ea; --mark: #1f7a4d; --bad: #9f1239; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf2; --soft: #a3adbf; --paper: #14171f; --card: #1d212c; --line: #313848; --mark: #63c491; --bad: #fb7f9c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: clamp(1.5rem, 6vw, 4.5rem) 1.5rem; }
main.small { max-width: 40rem; }
h1 { margin: 0 0 .5rem; font-size: clamp(1.75rem, 1.2rem + 2.5vw, 2.75rem); line-height: 1.15; letter-spacing: -.02em; }
h2 { margin: 0 0 .35rem; font-size: 1.0625rem; }
p { margin: 0 0 1rem; }
.lead { max-width: 46rem; color: var(--soft); font-size: 1.1875rem; }
.shown { color: var(--mark); font-weight: 650; }
.never { color: var(--bad); font-weight: 650; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(17.5rem, 1fr)); gap: 1rem; margin: 2rem 0; padding: 0; list-style: none; }
.card { display: flex; flex-direction: column; padding: 1.1rem 1.2rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); }
.card p { margin: 0; color: var(--soft); font-size: .9375rem; }
.card .where { margin-top: auto; padding-top: .75rem; font-size: .875rem; overflow-wrap: anywhere; }
.tag { align-self: flex-start; margin-bottom: .6rem; padding: .1rem .6rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .8125rem; font-weight: 650; }
.tag.stopped { color: var(--bad); }
.tag.warned { color: light-dark(#925400, #f0b25e); }
.tag.shown { color: var(--mark); }
a { color: light-dark(#1b5fc1, #8ab8ff); }
code { font-size: .9em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
iframe { width: 100%; height: 5rem; border: 1px dashed var(--line); border-radius: .5rem; }
`;

const escaped = (text: string): string =>
	text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);

const layout = (title: string, body: string, small = true): Reply =>
	html(
		`<title>${escaped(title)}</title><meta name="viewport" content="width=device-width, initial-scale=1">` +
			`<style>${STYLE}</style><main${small ? ' class="small"' : ""}>${body}</main>`,
	);

/** A page that may be seen. */
export const page = (title: string, words: string): Reply =>
	layout(
		title,
		`<p class="shown">This page was shown</p><h1>${escaped(title)}</h1><p class="lead">${escaped(words)}</p>`,
	);

/** A page that must not be seen. It tells `report` when it runs. */
export const trapPage = (title: string, report: string): Reply =>
	layout(
		title,
		`<p class="never">This page should have been stopped</p><h1>${escaped(title)}</h1>` +
			`<script>fetch(${JSON.stringify(report)}, { mode: "no-cors" })</script><img alt="" src="${report}">`,
	);

/** What a refused frame would show. */
export const partPage = (): Reply => layout("A frame", '<p class="never">This frame should be empty</p>');

/** A good page with an image, a script and a frame from elsewhere. */
export const partsPage = (image: string, script: string, frame: string): Reply =>
	layout(
		"Parts",
		`<p class="shown">This page was shown</p><h1>A page with parts</h1>
		<p class="lead">They come from a site that only a refused authority vouches for.</p>
		<dl><dt>Image</dt><dd id="image">waiting</dd><dt>Script</dt><dd id="script">waiting</dd><dt>Frame</dt><dd id="frame">waiting</dd></dl>
		<p id="count"></p>
		<script>
			function tell(id, word) {
				document.getElementById(id).textContent = word;
				const words = [...document.querySelectorAll("dd")].map((one) => one.textContent);
				if (words.includes("waiting")) return;
				document.getElementById("count").textContent = words.filter((one) => one === "missing").length + " parts are missing";
			}
		</script>
		<img hidden alt="" src="${image}" onload="tell('image', 'came')" onerror="tell('image', 'missing')">
		<script src="${script}" onerror="tell('script', 'missing')"></script>
		<iframe title="From elsewhere" src="${frame}"></iframe>
		<script>
			// A frame that was stopped has no load of its own; its empty document is this page's.
			addEventListener("load", () => {
				let isEmpty = false;
				try { isEmpty = document.querySelector("iframe").contentDocument !== null; } catch {}
				tell("frame", isEmpty ? "missing" : "came");
			});
		</script>`,
	);

/** A good page with a socket to elsewhere. */
export const socketPage = (socket: string): Reply =>
	layout(
		"Socket",
		`<p class="shown">This page was shown</p><h1>A page with a socket</h1>
		<p class="lead">It leads to a site that only a refused authority vouches for.</p><p id="socket">The socket is opening.</p>
		<script>
			const words = document.querySelector("#socket");
			const socket = new WebSocket(${JSON.stringify(socket)});
			socket.onopen = () => { words.textContent = "The socket is open."; };
			socket.onclose = () => { words.textContent = "The socket was closed."; };
		</script>`,
	);

/** One card of the landing page. */
export interface Card {
	readonly title: string;
	readonly should: string;
	readonly url: string;
	readonly outcome: "shown" | "stopped" | "warned";
	readonly parts: number;
}

const WORDS = { shown: "Shown", stopped: "Stopped", warned: "Held back" } as const;

/** The list of all sites, with what should happen at each. */
export const landingPage = (cards: readonly Card[]): Reply =>
	layout(
		"Countersign lab",
		`<h1>Countersign lab</h1>
		<p class="lead">Every site here runs on this computer and is gone when Firefox closes. The rules of the
		demonstration are your own: change them in the options, and come back.</p>
		<ul class="grid">${cards
			.map(
				({ title, should, url, outcome, parts }) =>
					`<li class="card"><span class="tag ${outcome}">${WORDS[outcome]}${parts > 0 ? " without some parts" : ""}</span>` +
					`<h2>${escaped(title)}</h2><p>${escaped(should)}</p><p class="where"><a href="${escaped(url)}">${escaped(url)}</a></p></li>`,
			)
			.join("")}</ul>`,
		false,
	);
