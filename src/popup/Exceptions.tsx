import { t } from "../browser/i18n.ts";
import type { ExceptionView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { dateTime, hostAndPort } from "../ui/names.ts";
import { Text } from "../ui/Text.tsx";
import { usePopup } from "./store.ts";

/** How long an exception still lasts, in words. */
function howLong({ lasts, until, private: isPrivate, suspended }: ExceptionView): string {
	if (suspended) return t("popupExceptionSuspended");
	if (isPrivate) return t("popupExceptionPrivate");
	if (until !== null) return t("popupExceptionUntil", dateTime(until));
	return t(lasts === "always" ? "popupExceptionAlways" : "popupExceptionSession");
}

/** The ways through that this page uses, each to be taken back. */
export function Exceptions({ exceptions }: { exceptions: readonly ExceptionView[] }) {
	const store = usePopup();
	return (
		<section class="popup-part stack">
			<h2>{t("popupExceptions")}</h2>
			<ul class="stack">
				{exceptions.map((exception) => {
					const host = hostAndPort(exception.host, exception.port);
					return (
						<li key={exception.id} class="popup-exception">
							<div>
								<p>
									<Text of="popupException" args={[<bdi class="host">{host}</bdi>, exception.found]} />
								</p>
								<p class="small soft">{howLong(exception)}</p>
							</div>
							<Button
								small
								label={t("popupRevokeLabel", host, exception.found)}
								onClick={() => void store.revoke(exception.id)}
							>
								{t("popupRevoke")}
							</Button>
						</li>
					);
				})}
			</ul>
		</section>
	);
}
