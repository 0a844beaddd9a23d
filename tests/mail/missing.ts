import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { userInfo } from "node:os";

/** Why no real Dovecot can be started here, in one line; null where it can. */
export function dovecotMissing(): string | null {
	const { error, status } = spawnSync("dovecot", ["--version"]);
	if (error || status !== 0) return "dovecot is missing (Debian: apt install dovecot-imapd dovecot-pop3d)";
	const missing = ["imap", "pop3"].filter((name) => !existsSync(`/usr/lib/dovecot/${name}-login`));
	return missing.length === 0 ? null : `dovecot's ${missing.join(", ")} is missing (Debian: apt install dovecot-pop3d)`;
}

/** Why no real Postfix can be started here, in one line; null where it can. */
export function postfixMissing(): string | null {
	if (!existsSync("/usr/lib/postfix/sbin/master")) return "postfix is missing (Debian: apt install postfix)";
	return userInfo().uid === 0 ? null : "postfix runs only for root";
}
