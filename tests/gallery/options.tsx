/** Mounts the options page in one of its states: `options.html?state=edit&rtl`. Driven by shootOptions.ts. */
import { installFakeBrowser, type Messages } from "../ui/fakeBrowser.ts";
import { mirrored } from "./mirrored.ts";
import { optionsStates } from "./optionsStates.ts";

const address = new URLSearchParams(location.search);
const english = (await (await fetch("/_locales/en/messages.json")).json()) as Messages;
installFakeBrowser(address.has("rtl") ? mirrored(english) : english);

// Only now: what it imports looks for the browser at once.
const { mountOptions } = await import("./mountOptions.tsx");
const state = optionsStates[address.get("state") ?? "usual"];
if (state) await mountOptions(state);
document.documentElement.dataset.ready = "yes";
