import { help } from "countersign:help";
import { render } from "preact";
import { language, prepareDocument } from "../browser/i18n.ts";
import { App } from "./App.tsx";
import { helpLanguage } from "./text.ts";

prepareDocument(document);
const key = helpLanguage(help, language());
const load = help[key];
if (load) {
	const { text } = await load();
	render(<App text={text} english={key === "en" && language() !== "en"} />, document.body);
}
