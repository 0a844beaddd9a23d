import type { ComponentChildren } from "preact";
import { plural, t } from "../browser/i18n.ts";
import type { Refusal, StoppedParts } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { type HeldStep, heldStatus } from "../ui/heldBack.ts";
import { hostAndPort, list } from "../ui/names.ts";
import { StateIcon } from "../ui/StateIcon.tsx";
import { Say, Text } from "../ui/Text.tsx";
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

const countOf = (groups: readonly StoppedParts[]): number =>
	groups.flatMap(({ hosts }) => hosts).reduce((sum, { count }) => sum + count, 0);

/** What of a page did not come: what was stopped and what was held back are two things. */
export function Parts({ parts, count }: { parts: readonly StoppedParts[]; count: number }) {
	const held = parts.filter(({ unanswered }) => unanswered);
	const stopped = parts.filter(({ unanswered }) => !unanswered);
	return (
		<>
			{/* `count` can be more than what is listed: a page can have more than anybody would read. */}
			{stopped.length > 0 && <Stopped parts={stopped} count={count - countOf(held)} />}
			{held.length > 0 && <Held parts={held} />}
		</>
	);
}

/** What was stopped, grouped by authority: counts first, details and a way through inside. */
function Stopped({ parts, count }: { parts: readonly StoppedParts[]; count: number }) {
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

/** What was not sent because its site did not answer. Nothing is known against it. */
function Held({ parts }: { parts: readonly StoppedParts[] }) {
	return (
		<section class="popup-part stack">
			<div class="stack-tight">
				<h2 class="popup-parts-title state-unanswered">
					<StateIcon state="unanswered" />
					{plural("popupHeld", countOf(parts))}
				</h2>
				<p class="small soft">{t("popupHeldWhy")}</p>
			</div>
			<ul class="stack-tight">
				{parts
					.flatMap(({ hosts }) => hosts)
					.map((host) => (
						<li key={`${host.host}:${host.port}`} class="popup-part-host">
							<HeldPart host={host} />
						</li>
					))}
			</ul>
		</section>
	);
}

/** A part that opens, with its details once they have come; `gone` is said where they are not known any more. */
function Unfolding(props: {
	host: StoppedParts["hosts"][number];
	times: "popupPartTimes" | "popupHeldTimes";
	gone: string;
	children: (refusal: Refusal) => ComponentChildren;
}) {
	const { host, times, gone, children } = props;
	const store = usePopup();
	const isGone = store.held(host.refusal).state.value.step === "gone";
	const refusal = isGone ? null : store.parts.value.get(host.refusal);
	return (
		<Disclosure
			summary={
				<span>
					<bdi class="host">{hostAndPort(host.host, host.port)}</bdi>{" "}
					<span class="small">{t("popupPartCount", plural(times, host.count), typeWords(host.types))}</span>
				</span>
			}
			onToggle={(open) => {
				if (open) void store.loadPart(host.refusal);
			}}
		>
			{refusal === null && <p class="small popup-part-details">{gone}</p>}
			{refusal !== null && refusal !== undefined && <div class="stack popup-part-details">{children(refusal)}</div>}
		</Disclosure>
	);
}

function Part({ host }: { host: StoppedParts["hosts"][number] }) {
	const store = usePopup();
	return (
		<Unfolding host={host} times="popupPartTimes" gone={t("popupPartGone")}>
			{(refusal) => (
				<>
					<p class="small">
						<Say what={whoDecided(refusal)} /> <Say what={whatWasFound(refusal)} />
					</p>
					<WayThrough
						refusal={refusal}
						clock={store.clock}
						onProceed={(choice) => store.letPartThrough(host.refusal, choice)}
					/>
				</>
			)}
		</Unfolding>
	);
}

function HeldPart({ host }: { host: StoppedParts["hosts"][number] }) {
	return (
		<Unfolding host={host} times="popupHeldTimes" gone={t("popupHeldGone")}>
			{(refusal) => <HeldDetails refusal={refusal} id={host.refusal} />}
		</Unfolding>
	);
}

/** What is said once nothing is in the way any more. */
const DONE: Readonly<Partial<Record<HeldStep["step"], string>>> = {
	accepted: "popupHeldAccepted",
	sends: "popupHeldSends",
};

function HeldDetails({ refusal, id }: { refusal: Refusal; id: string }) {
	const store = usePopup();
	const held = store.held(id);
	const state = held.state.value;
	const where = hostAndPort(refusal.host, refusal.port);
	const done = DONE[state.step];
	const status = heldStatus(state, where, store.clock.now());
	return (
		<>
			<div class="stack-tight">
				{done === undefined && (
					<p>
						<Button small busy={state.step === "asks"} onClick={() => void held.tryAgain()}>
							{t("uiTryAgain")}
						</Button>
					</p>
				)}
				{/* Always there: what comes into it later is read to people who cannot see it. */}
				<div class="small stack-tight" role="status">
					{status !== null && (
						<p class={state.step === "waits" ? "soft" : undefined}>
							<Say what={status} />
						</p>
					)}
					{done !== undefined && (
						<>
							<p>
								<Text of={done} args={[where]} />
							</p>
							<p class="host">{t("popupHeldAgain")}</p>
						</>
					)}
				</div>
			</div>
			{done === undefined && (
				<section class="stack-tight">
					<h3>{t("wayTitle")}</h3>
					<WayThrough refusal={refusal} clock={store.clock} onProceed={() => held.sendAnyway()} />
				</section>
			)}
		</>
	);
}
