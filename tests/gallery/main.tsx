/**
 * Mounts a page in one of its states, as its address says:
 * `?page=blocked&state=cnnic&rtl&open`. Without one, a list of them all. Driven by shoot.ts.
 */
import { installFakeBrowser, type Messages } from "../ui/fakeBrowser.ts";
import { mirrored } from "./mirrored.ts";

const address = new URLSearchParams(location.search);
const english = (await (await fetch("/_locales/en/messages.json")).json()) as Messages;
installFakeBrowser(address.has("rtl") ? mirrored(english) : english);

// Only now: what it imports looks for the browser at once.
const { mount, list } = await import("./mount.tsx");
const page = address.get("page");
if (page === null) list();
else await mount(page, address.get("state") ?? "", address.has("open"));
document.documentElement.dataset.ready = "yes";
