/** src/background/mail/index.ts, built as a file of its own (tools/mail.ts). */
declare module "countersign:mail" {
	export const createMail: typeof import("./mail/index.ts").createMail;
}
