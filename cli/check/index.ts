/** The command `countersign check`: who vouches for servers, and what the policy says of it (docs/check.md). */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { messageOf } from "../../src/core/error.ts";
import type { Policy } from "../../src/core/policy.ts";
import { iso } from "../chain/report.ts";
import { readPolicyFile } from "../input.ts";
import { type Code, type Command, type CommandIo, InputError } from "../io.ts";
import { type CheckOptions, check } from "./check.ts";
import { printableJson } from "./ending.ts";
import { createJudging } from "./judging.ts";
import { keep, memoryFile, NewerMemory, type Recalled, recall } from "./memory.ts";
import type { Checked, Protocol, Target } from "./outcome.ts";
import { headlineOf, nameOfVoucher, reportOf, textOf } from "./report.ts";
import { isProtocol, readTargets } from "./target.ts";
import { TrustError, type TrustStore, trustStore } from "./trust.ts";
import { type Clock, steadily, type WatchEvent, watch } from "./watch.ts";

/** How many servers are looked at at a time. A connection costs some 100 kB while it lasts. */
const AT_ONCE = 256;

const DEFAULT_TIMEOUT_S = 15;
const MAX_TIMEOUT_S = 300;
/** Shorter is no watch but a nuisance to the servers; longer is more than a timer takes. */
const MIN_WATCH_MS = 10_000;
const MAX_WATCH_MS = 7 * 86_400_000;

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

interface Options {
	readonly targets: readonly Target[];
	readonly policy: string | null;
	readonly store: string;
	readonly timeoutMs: number;
	readonly json: boolean;
	/** Milliseconds; null: look once. */
	readonly watchMs: number | null;
	readonly state: string | null;
}

function parse(args: readonly string[], { words }: CommandIo) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				help: { type: "boolean", short: "h" },
				json: { type: "boolean" },
				policy: { type: "string" },
				protocol: { type: "string" },
				state: { type: "string" },
				timeout: { type: "string" },
				"trust-store": { type: "string" },
				watch: { type: "string" },
			},
		});
	} catch (error) {
		throw new InputError(words.say("cli.badOption", { message: messageOf(error) }), { cause: error });
	}
}

/** Reads the command line. Null: help was asked for. Throws InputError. */
function readOptions(args: readonly string[], io: CommandIo): Options | null {
	const { values, positionals } = parse(args, io);
	const { words } = io;
	if (values.help) return null;
	const timeout = Number(values.timeout ?? DEFAULT_TIMEOUT_S);
	if (!(timeout >= 1 && timeout <= MAX_TIMEOUT_S)) throw new InputError(words.say("check.bad-timeout"));
	const [, number = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(values.watch ?? "") ?? [];
	const watchMs = values.watch === undefined ? null : Number(number) * (UNITS[unit] ?? Number.NaN);
	if (watchMs !== null && !(watchMs >= MIN_WATCH_MS && watchMs <= MAX_WATCH_MS)) {
		throw new InputError(words.say("check.bad-watch"));
	}
	if (values.state !== undefined && watchMs === null) throw new InputError(words.say("check.state-without-watch"));
	return {
		targets: readTargets(positionals, readProtocol(values.protocol, io), words),
		policy: values.policy ?? null,
		store: values["trust-store"] ?? "mozilla",
		timeoutMs: timeout * 1000,
		json: values.json ?? false,
		watchMs,
		state: values.state ?? null,
	};
}

function readProtocol(text: string | undefined, { words }: CommandIo): Protocol | null {
	if (text === undefined || isProtocol(text)) return text ?? null;
	const protocols = "https, imaps, imap, pop3s, pop3, smtps, submission, smtp, tls";
	throw new InputError(words.say("check.bad-protocol", { text: JSON.stringify(text.slice(0, 80)), protocols }));
}

async function readStore(name: string, { env, words }: CommandIo): Promise<TrustStore> {
	try {
		return await trustStore(name, env);
	} catch (error) {
		if (!(error instanceof TrustError)) throw error;
		throw new InputError(words.say(`check.store-${error.why}`, { file: error.file }), { cause: error });
	}
}

/** Looks at all servers, some at a time; each promise is of the target at its place, and never rejects. */
function lookAtAll(targets: readonly Target[], options: CheckOptions): Promise<Checked>[] {
	const waiting: (() => void)[] = [];
	let running = 0;
	const next = (): void => {
		running--;
		waiting.shift()?.();
	};
	return targets.map(async (target) => {
		if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
		running++;
		return check(target, options).finally(next);
	});
}

const codeOf = (all: readonly Checked[]): Code => (all.every(({ outcome }) => outcome === "accept") ? 0 : 1);

async function once({ targets, json }: Options, options: CheckOptions, io: CommandIo): Promise<Code> {
	const { words, stdout } = io;
	const all: Checked[] = [];
	// In the order in which they were named, each as soon as it is known.
	for (const looking of lookAtAll(targets, options)) {
		const checked = await looking;
		all.push(checked);
		if (json) continue;
		const [headline = "", ...lines] = textOf(checked, catalogue, words);
		stdout.write(`${[headline, ...lines.map((line) => `  ${line}`)].join("\n")}\n`);
	}
	if (json) {
		const reports = all.map((checked) => reportOf(checked, catalogue, words));
		stdout.write(`${printableJson(reports, 2)}\n`);
	}
	return codeOf(all);
}

const systemClock: Clock = {
	now: Date.now,
	wait: (milliseconds, signal) => wait(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** An event for people: one line, with more below it where something is wrong. */
function eventText(event: WatchEvent, { words, locale }: { words: CommandIo["words"]; locale: string }): string {
	const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
	const stamp = (at: number): string => format.format(at);
	if (event.kind === "offline" || event.kind === "online") {
		return `${stamp(event.at)}  ${words.say(`check.${event.kind}`)}\n`;
	}
	const { checked, server } = event;
	const headline = `${stamp(checked.at)}  ${headlineOf(checked, catalogue, words)}`;
	const last = server.authorities.find(({ key }) => key === server.voucher);
	const more: string[] = [];
	if (event.kind === "first" && event.again && last) {
		more.push(words.say("check.since", { first: stamp(last.first), voucher: nameOfVoucher(last) }));
	}
	if (event.kind === "changed" && event.back) more.push(words.say("check.as-before"));
	if (event.kind === "changed" && event.before) {
		const { first, last: until } = event.before;
		const voucher = nameOfVoucher(event.before);
		more.push(words.say("check.until-now", { voucher, first: stamp(first), last: stamp(until) }));
	}
	// What is as it should be needs no explanation each time.
	if (checked.outcome !== "accept") more.push(...textOf(checked, catalogue, words).slice(1));
	return [headline, ...more.map((line) => `  ${line}`), ""].join("\n");
}

const authorityJson = ({
	name,
	country,
	first,
	last,
}: {
	name: string;
	country: string | null;
	first: number;
	last: number;
}) => ({
	name,
	country,
	first: iso(first),
	last: iso(last),
});

/** An event as one line of JSON: a public interface (docs/check.md). */
function eventJson(event: WatchEvent, io: CommandIo): string {
	if (event.kind === "offline" || event.kind === "online") {
		return `${printableJson({ event: event.kind, at: iso(event.at) })}\n`;
	}
	const { checked, server } = event;
	return `${printableJson({
		event: event.kind,
		...(event.kind === "first" ? { again: event.again } : { back: event.back }),
		before: event.kind === "changed" && event.before ? authorityJson(event.before) : null,
		authorities: server.authorities.map(authorityJson),
		...reportOf(checked, catalogue, io.words),
	})}\n`;
}

async function recallFor(file: string, { words }: CommandIo): Promise<Recalled> {
	try {
		return await recall(file);
	} catch (error) {
		const why = error instanceof NewerMemory ? "check.state-newer" : "check.state-unreadable";
		throw new InputError(words.say(why, { file, message: messageOf(error) }), { cause: error });
	}
}

async function again(options: Options & { watchMs: number }, checking: CheckOptions, io: CommandIo): Promise<Code> {
	const { words, stdout, stderr, signal } = io;
	const file = options.state ?? memoryFile(io.env);
	const { memory, aside } = await recallFor(file, io);
	const say = (text: string): void => void stderr.write(`countersign: ${text}\n`);
	if (aside !== null) say(words.say("check.state-broken", { file: aside }));
	if (!options.json) stdout.write(`${words.say("check.watching")}\n`);
	let writes = true;
	const last = await watch({
		targets: options.targets,
		intervalMs: options.watchMs,
		catalogue,
		clock: systemClock,
		signal,
		look: steadily((targets) => Promise.all(lookAtAll(targets, checking))),
		memory,
		tell: (event) => {
			stdout.write(options.json ? eventJson(event, io) : eventText(event, { words, locale: words.locale }));
		},
		keep: async (changed) => {
			try {
				await keep(file, changed);
				writes = true;
			} catch (error) {
				// Said once, not each time; the watch goes on with what it has in memory.
				if (writes) say(words.say("check.state-unwritable", { file, message: messageOf(error) }));
				writes = false;
			}
		},
	});
	if (!options.json) stdout.write(`${words.say("check.stopped")}\n`);
	return last.length === 0 ? 1 : codeOf(last);
}

/** Looks at servers and judges them. */
export const command: Command = {
	name: "check",
	async run(args, io) {
		const options = readOptions(args, io);
		if (options === null) {
			io.stdout.write(io.words.say("check.help"));
			return 0;
		}
		const known = (id: string): boolean => catalogue.byId(id) !== undefined;
		const person: Policy = options.policy === null ? firstRules : await readPolicyFile(options.policy, known, io);
		const checking: CheckOptions = {
			judging: createJudging({ admin: null, person }, catalogue),
			trust: await readStore(options.store, io),
			timeoutMs: options.timeoutMs,
			signal: io.signal,
			now: io.now,
		};
		const { watchMs } = options;
		return watchMs === null ? once(options, checking, io) : again({ ...options, watchMs }, checking, io);
	},
};
