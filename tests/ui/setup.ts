/** The first import of every test here: the words, as the browser would give them. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { installFakeBrowser, type Messages } from "./fakeBrowser.ts";

/** Folder of the whole project. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** Every message, in English. */
export const messages = JSON.parse(readFileSync(resolve(ROOT, "public/_locales/en/messages.json"), "utf8")) as Messages;

/** Keys that were asked for in this test file and do not exist. */
export const unknownKeys = installFakeBrowser(messages);
