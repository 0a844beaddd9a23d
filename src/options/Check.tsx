import { plural, t } from "../browser/i18n.ts";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { English } from "../ui/English.tsx";
import { Name } from "../ui/Name.tsx";
import { Notice, Tag } from "../ui/Notice.tsx";
import { dateTime } from "../ui/names.ts";
import type { StateShape } from "../ui/shapes.ts";
import { Say, Text } from "../ui/Text.tsx";
import type { Finding } from "./check.ts";
import { useFocus } from "./focus.ts";
import { PAGE_TOP } from "./places.ts";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";

const SHAPES: Readonly<Record<Finding["kind"], StateShape>> = {
	fine: "protected",
	"to-do": "warned",
	broken: "stopped",
	note: "not-checked",
};

const LABELS: Readonly<Record<Finding["kind"], string>> = {
	fine: "checkFine",
	"to-do": "checkToDo",
	broken: "checkBroken",
	note: "checkNote",
};

/** "Is it working?": what Countersign and Firefox say of themselves. Nothing is looked at before the person asks. */
export function Check() {
	const { check } = useOptions();
	const heading = useFocus<HTMLHeadingElement>(PAGE_TOP);
	const state = check.state.value;
	return (
		<Section headingRef={heading} title={t("checkTitle")} intro={t("checkIntro")}>
			<div class="row">
				<Button busy={state.step === "works"} onClick={() => void check.run()}>
					{t(state.step === "done" ? "checkAgain" : "checkRun")}
				</Button>
			</div>
			<div role="status">
				{state.step === "works" && <p class="soft">{t("checkAsking")}</p>}
				{state.step === "done" && <Summary findings={state.findings} time={state.time} />}
			</div>
			{state.step === "done" && (
				<ul class="options-list">
					{state.findings.map((finding) => (
						<Row key={finding.id} finding={finding} />
					))}
				</ul>
			)}
		</Section>
	);
}

function Summary({ findings, time }: { findings: readonly Finding[]; time: number }) {
	const count = findings.filter(({ kind }) => kind === "broken" || kind === "to-do").length;
	const isBroken = findings.some(({ kind }) => kind === "broken");
	return (
		<Notice state={isBroken ? "stopped" : count > 0 ? "warned" : "protected"}>
			<p class="host">{count === 0 ? t("checkAllFine") : plural("checkSome", count)}</p>
			<p class="small">{t("checkTime", dateTime(time))}</p>
		</Notice>
	);
}

function Row({ finding: { kind, title, words, steps, list, link } }: { finding: Finding }) {
	return (
		<li class="options-item stack-tight">
			<div class="row">
				<Tag state={SHAPES[kind]}>{t(LABELS[kind])}</Tag>
				<h3>
					<Say what={title} />
				</h3>
			</div>
			{words.map((sentence) => (
				<p key={`${sentence.key} ${sentence.args.join(" ")}`} class="small">
					{sentence.key === "checkDetail" ? (
						<Text of="checkDetail" args={[<English key="detail">{sentence.args[0] ?? ""}</English>]} />
					) : (
						<Say what={sentence} />
					)}
				</p>
			))}
			{steps && (
				<ol class="options-steps small">
					{steps.map((step) => (
						<li key={step}>{t(step)}</li>
					))}
				</ol>
			)}
			{list && (
				<Disclosure summary={t("checkList")}>
					<ul class="small">
						{list.map((name) => (
							<li key={name}>
								<Name of={name} />
							</li>
						))}
					</ul>
				</Disclosure>
			)}
			{link && (
				<p class="small">
					<a href={link.to}>{t(link.words)}</a>
				</p>
			)}
		</li>
	);
}
