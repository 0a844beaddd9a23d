import { t } from "../browser/i18n.ts";
import type { ExceptionView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Name } from "../ui/Name.tsx";
import { Tag } from "../ui/Notice.tsx";
import { hostAndPort, isolate } from "../ui/names.ts";
import { useFocus } from "./focus.ts";
import { EXCEPTIONS } from "./places.ts";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";
import { lastsWords } from "./words.ts";

/** The ways through that the person made, wherever they were made. */
export function Exceptions({ exceptions }: { exceptions: readonly ExceptionView[] }) {
	const heading = useFocus<HTMLHeadingElement>(EXCEPTIONS);
	return (
		<Section headingRef={heading} title={t("optionsExceptions")} intro={t("optionsExceptionsIntro")}>
			{exceptions.length === 0 ? (
				<p class="card soft">{t("optionsNoExceptions")}</p>
			) : (
				<ul class="options-list">
					{exceptions.map((exception) => (
						<ExceptionRow key={exception.id} exception={exception} />
					))}
				</ul>
			)}
		</Section>
	);
}

function ExceptionRow({ exception }: { exception: ExceptionView }) {
	const store = useOptions();
	const host = hostAndPort(exception.host, exception.port);
	return (
		<li class="options-item options-exception">
			<div class="stack-tight">
				<div class="row">
					<p class="host">
						<Name of={host} />
					</p>
					{exception.private && <span class="tag">{t("optionsPrivate")}</span>}
					{exception.suspended && <Tag state="not-checked">{t("optionsSuspended")}</Tag>}
				</div>
				<p class="small">
					{exception.ruleTitle === null
						? t("optionsExceptionUnreadable")
						: t("optionsExceptionOf", isolate(exception.ruleTitle), isolate(exception.found))}
				</p>
				<p class="small soft">
					{lastsWords(exception)}
					{exception.suspended && ` ${t("optionsSuspendedWhy")}`}
				</p>
			</div>
			<Button small label={t("optionsRevokeOf", host)} onClick={() => void store.revoke(exception.id, host)}>
				{t("optionsRevoke")}
			</Button>
		</li>
	);
}
