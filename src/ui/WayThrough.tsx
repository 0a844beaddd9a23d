import { useId, useState } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { CHANGED_COUNTRY } from "../core/policy.ts";
import type { Lasts, Refusal } from "../protocol.ts";
import type { Clock } from "./clock.ts";
import { FieldError } from "./Field.tsx";
import { countryName, hostAndPort } from "./names.ts";
import { Text } from "./Text.tsx";
import { useGuard } from "./useGuard.ts";
import { foundName } from "./why.ts";

/** What the person chose. `typed` is null where nothing has to be typed. */
export interface Choice {
	readonly lasts: Lasts;
	readonly typed: string | null;
}

const LASTS: Readonly<Record<Lasts, string>> = {
	session: "wayLastsSession",
	hour: "wayLastsHour",
	day: "wayLastsDay",
	always: "wayLastsAlways",
};

const NONE = {
	"none-strict": "wayNoneStrict",
	"none-admin": "wayNoneAdmin",
	"none-locked": "wayNoneLocked",
} as const;

/**
 * What was typed, as an address would show it: so "Bücher.example" or a full address is the name,
 * too. Null: it is no name at all.
 */
function readTyped(typed: string): string | null {
	const text = typed.trim();
	if (text === "") return null;
	const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
	return url === null || url.hostname === "" ? null : url.hostname.replace(/\.$/, "");
}

/**
 * The way through, with the friction that the severity asks for (rules 5 and 6 of warnings.md); where
 * there is none, why. The block page and the popup share it. `onProceed` answers with an error, or
 * null when all is well.
 */
export function WayThrough(props: {
	refusal: Refusal;
	clock: Clock;
	onProceed: (choice: Choice) => Promise<string | null>;
}) {
	const { refusal, clock, onProceed } = props;
	const { wayThrough } = refusal;
	return (
		<div class="way-through">
			{wayThrough === "click" || wayThrough === "type-name" || wayThrough === "send-anyway" ? (
				<Way refusal={refusal} clock={clock} onProceed={onProceed} typing={wayThrough === "type-name"} />
			) : (
				<p>{t(NONE[refusal.rule?.source === "admin" ? "none-admin" : wayThrough])}</p>
			)}
		</div>
	);
}

function Way(props: {
	refusal: Refusal;
	clock: Clock;
	onProceed: (choice: Choice) => Promise<string | null>;
	typing: boolean;
}) {
	const { refusal, clock, onProceed, typing } = props;
	const [lasts, setLasts] = useState<Lasts>("session");
	const [typed, setTyped] = useState("");
	const [error, setError] = useState<{ readonly words: string; readonly own: boolean } | null>(null);
	const { element, guard, ready } = useGuard<HTMLButtonElement>(clock);
	const id = useId();
	const where = hostAndPort(refusal.host, refusal.port);
	// What is only good for this session is not asked about.
	const sessionOnly = refusal.private || refusal.rule === null;

	const proceed = async (event: Event) => {
		if (!guard.allows(event)) return;
		const name = typing ? readTyped(typed) : null;
		if (typing && name !== refusal.host.replace(/\.$/, "")) {
			setError({ words: t("wayWrongName", refusal.host), own: true });
			return;
		}
		const refused = await onProceed({ lasts, typed: name });
		setError(refused === null ? null : { words: refused, own: false });
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key !== "Enter" && event.key !== " ") return;
		if (!guard.keyDown(event)) event.preventDefault();
	};

	return (
		// Not a form: a form can be sent by a script with an event that looks like a person's.
		// biome-ignore lint/a11y/noStaticElementInteractions: it only looks at keys on their way to the controls inside
		<div class="stack" onKeyDown={onKeyDown} onKeyUp={() => guard.keyUp()}>
			<p class="small soft">
				<Bounds refusal={refusal} where={where} />
			</p>
			{typing && (
				<div class="field">
					<label for={id}>
						<Text of="wayType" args={[<bdi class="host">{refusal.host}</bdi>]} />
					</label>
					<input
						class="input"
						id={id}
						type="text"
						value={typed}
						dir="ltr"
						autocomplete="off"
						autocapitalize="none"
						spellcheck={false}
						enterkeyhint="go"
						aria-invalid={error === null ? undefined : "true"}
						aria-describedby={error === null ? undefined : `${id}-error`}
						onInput={(event) => {
							setTyped(event.currentTarget.value);
							setError(null);
						}}
						onKeyDown={(event) => {
							if (event.key === "Enter" && !event.repeat && !event.isComposing) void proceed(event);
						}}
					/>
				</div>
			)}
			{error !== null && (
				<FieldError id={`${id}-error`} own={error.own}>
					{error.words}
				</FieldError>
			)}
			{isChanged(refusal) ? null : sessionOnly ? (
				<p class="small soft">{t(refusal.private ? "wayPrivate" : "waySessionOnly")}</p>
			) : (
				<div class="row">
					<label class="label" for={`${id}-lasts`}>
						{t("wayLasts")}
					</label>
					<select
						class="select"
						id={`${id}-lasts`}
						value={lasts}
						onChange={(event) => setLasts(event.currentTarget.value as Lasts)}
					>
						{Object.entries(LASTS).map(([value, key]) => (
							<option key={value} value={value}>
								{t(key)}
							</option>
						))}
					</select>
				</div>
			)}
			<p>
				<button
					type="button"
					class="button-link"
					ref={element}
					aria-disabled={!ready}
					onClick={(event) => void proceed(event)}
				>
					<Text of={refusal.outcome === "unanswered" ? "waySend" : "wayProceed"} args={[where]} />
				</button>
			</p>
		</div>
	);
}

/** Stopped for a new country: what is let through is remembered like any visit, and no exception. */
const isChanged = ({ rule }: Refusal): boolean => rule?.ref === CHANGED_COUNTRY;

/** What a way through is bound to, so that nobody fears, or hopes, that it is for everything. */
function Bounds({ refusal, where }: { refusal: Refusal; where: string }) {
	const { rule, selector, overridden } = refusal;
	const host = <bdi class="host">{where}</bdi>;
	if (refusal.outcome === "unanswered") return <Text of="wayBoundSend" args={[host]} />;
	if (rule === null) return <Text of="wayBoundHost" args={[host]} />;
	if (isChanged(refusal)) {
		const country = refusal.chain[refusal.position]?.country ?? "";
		return <Text of="wayBoundCountry" args={[countryName(country), host]} />;
	}
	if (overridden.length > 0 || (selector !== null && "certificate" in selector && refusal.position === 0))
		return <Text of="wayBoundDocument" args={[host]} />;
	return <Text of="wayBoundAuthority" args={[host, foundName(refusal)]} />;
}
