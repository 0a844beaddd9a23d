import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { createBackground, onChanges } from "../browser/messages.ts";
import { openOptions } from "../browser/page.ts";
import { App } from "./App.tsx";
import { createWelcome } from "./store.ts";

prepareDocument(document);
const store = createWelcome({ background: createBackground(), openOptions });
onChanges(() => void store.refresh());
void store.refresh();
void store.seen();
render(<App store={store} />, document.body);
