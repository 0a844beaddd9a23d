/** What the background loads once Mail servers are switched on: wires them to Firefox. */
import { t } from "../../browser/i18n.ts";
import { connectNative, hasMailPermissions, onPermissionsChanged } from "../../browser/native.ts";
import { onNetworkChanged } from "../../browser/network.ts";
import { clearNotification, onNotificationClicked, showNotification } from "../../browser/notifications.ts";
import { ownUrl, ownVersion } from "../../browser/runtime.ts";
import { openTab } from "../../browser/tabs.ts";
import { HOST_NOTICE, Mail, type MailBase, NOTICE } from "./mail.ts";

/** Makes the one that there is. */
export function createMail(base: MailBase): Mail {
	const mail = new Mail({
		...base,
		connect: connectNative,
		version: ownVersion(),
		isAllowed: hasMailPermissions,
		notify: showNotification,
		unnotify: clearNotification,
		say: t,
	});
	const clicked = (id: string): void => {
		if (id === HOST_NOTICE) void openTab({ url: ownUrl("src/options/index.html#mail") });
		if (!id.startsWith(NOTICE)) return;
		const server = encodeURIComponent(id.slice(NOTICE.length));
		void openTab({ url: ownUrl(`src/mail/index.html?server=${server}`) });
	};
	const follow = (): void => {
		try {
			onNotificationClicked(clicked);
		} catch {
			// Not allowed now. With the permission this part of the browser's API comes and goes.
		}
	};
	follow();
	onPermissionsChanged(() => {
		follow();
		void mail.permissionsChanged();
	});
	onNetworkChanged(() => void mail.networkChanged());
	return mail;
}
