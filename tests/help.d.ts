/** As src/help/help.d.ts says it: the module is made by tools/help.ts. */
declare module "countersign:help" {
	export const help: import("../src/help/text.ts").HelpLanguages;
}
