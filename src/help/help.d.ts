declare module "countersign:help" {
	import type { HelpLanguages } from "./text.ts";
	export const help: HelpLanguages;
}
