import { plural, t } from "../browser/i18n.ts";
import type { StoppedParts } from "../protocol.ts";
import { Disclosure } from "../ui/Disclosure.tsx";
import { hostAndPort, list } from "../ui/names.ts";
import { StateIcon } from "../ui/StateIcon.tsx";
import { Say } from "../ui/Text.tsx";
import { WayThrough } from "../ui/WayThrough.tsx";
import { whatWasFound, whoDecided } from "../ui/why.ts";
import { usePopup } from "./store.ts";

/** Words for webRequest's resource types. What is not here counts as "other". */
const TYPES: Readonly<Record<string, string>> = {
	image: "popupPartImages",
	imageset: "popupPartImages",
	script: "popupPartScripts",
	stylesheet: "popupPartStyles",
	font: "popupPartFonts",
	media: "popupPartMedia",
	sub_frame: "popupPartFrames",
	object: "popupPartFrames",
	xmlhttprequest: "popupPartData",
	websocket: "popupPartData",
	beacon: "popupPartData",
	ping: "popupPartData",
};

function typeWords(types: readonly string[]): string {
	return list([...new Set(types.map((type) => t(TYPES[type] ?? "popupPartOther")))]);
}

/** What was stopped on a page, grouped by authority: counts first, details and a way through inside. */
export function Parts({ parts, count }: { parts: readonly StoppedParts[]; count: number }) {
	return (
		<section class="popup-part stack">
			<div class="stack-tight">
				<h2 class="popup-parts-title state-stopped">
					<StateIcon state="stopped" />
					{plural("popupParts", count)}
				</h2>
				<p class="small soft">{t("popupPartsWhy")}</p>
			</div>
			{parts.map((group) => (
				<div key={`${group.authority} ${group.rule?.ref}`} class="stack-tight">
					<h3>
						<bdi>{group.authority}</bdi>
					</h3>
					<ul class="stack-tight">
						{group.hosts.map((host) => (
							<li key={`${host.host}:${host.port}`} class="popup-part-host">
								<Part host={host} />
							</li>
						))}
					</ul>
				</div>
			))}
		</section>
	);
}

function Part({ host }: { host: StoppedParts["hosts"][number] }) {
	const store = usePopup();
	const id = host.refusal;
	const refusal = store.parts.value.get(id);
	return (
		<Disclosure
			summary={
				<span>
					<bdi class="host">{hostAndPort(host.host, host.port)}</bdi>{" "}
					<span class="small">{t("popupPartCount", plural("popupPartTimes", host.count), typeWords(host.types))}</span>
				</span>
			}
			onToggle={(open) => {
				if (open) void store.loadPart(id);
			}}
		>
			{refusal === null && <p class="small">{t("popupPartGone")}</p>}
			{refusal !== null && refusal !== undefined && (
				<div class="stack popup-part-details">
					<p class="small">
						<Say what={whoDecided(refusal)} /> <Say what={whatWasFound(refusal)} />
					</p>
					<WayThrough refusal={refusal} clock={store.clock} onProceed={(choice) => store.letPartThrough(id, choice)} />
				</div>
			)}
		</Disclosure>
	);
}
