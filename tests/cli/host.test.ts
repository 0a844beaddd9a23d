/** The program that Firefox starts: what it says, and what it does with whatever it is told. */
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Frames, frame } from "../../cli/host/frames.ts";
import { MAX_MESSAGES, serve } from "../../cli/host/serve.ts";
import { MAX_MAIL_REQUEST, type MailTarget } from "../../src/core/mail.ts";
import { type FromMailHost, type MailAnswer, readFromMailHost } from "../../src/schema/mail.ts";
import { ran } from "./io.ts";

const HELLO = { type: "hello", protocol: 1, version: "0.1.0" };
const server: MailTarget = { protocol: "imaps", host: "imap.example.com", port: 993 };
const STRIPPED: MailAnswer = { found: { kind: "stripped" }, documents: [] };

interface Talk {
	readonly said: FromMailHost[];
	readonly well: boolean;
}

/** Gives the program these bytes and nothing more, and tells what it said. */
async function talk(
	input: Iterable<Buffer> | Buffer,
	ask: (target: MailTarget, signal: AbortSignal) => Promise<MailAnswer> = async () => STRIPPED,
	now: () => number = () => 0,
): Promise<Talk> {
	const stdin = new PassThrough();
	const stdout = new PassThrough();
	const output: Buffer[] = [];
	stdout.on("data", (chunk: Buffer) => output.push(chunk));
	const ending = serve({ stdin, stdout, version: "0.1.0", ask, signal: new AbortController().signal, now });
	for (const chunk of Buffer.isBuffer(input) ? [input] : input) stdin.write(chunk);
	stdin.end();
	const well = await ending;
	const frames = new Frames(1 << 20);
	const said = [...frames.take(Buffer.concat(output))].map((raw) => {
		const message = readFromMailHost(raw);
		if (!message.ok) throw new Error(message.error);
		return message.value;
	});
	expect(frames.isCut).toBe(false);
	return { said, well };
}

/** Waits for the program's next `done`, and gives all that it said before and with it. */
function untilDone(stdout: PassThrough): Promise<FromMailHost[]> {
	const frames = new Frames(1 << 20);
	const said: FromMailHost[] = [];
	return new Promise((resolve) => {
		stdout.on("data", (chunk: Buffer) => {
			said.push(...([...frames.take(chunk)] as FromMailHost[]));
			if (said.at(-1)?.type === "done") resolve(said);
		});
	});
}

const header = (length: number): Buffer => frame("x".repeat(Math.max(0, length - 2))).subarray(0, 4);
const errors = ({ said }: Talk) => said.flatMap((message) => (message.type === "error" ? [message.why] : []));

describe("frames", () => {
	it("come out as they went in, however the bytes are cut", () => {
		const message = fc.jsonValue();
		fc.assert(
			fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(40), { minLength: 1 }), (messages, cuts) => {
				const bytes = Buffer.concat(messages.map(frame));
				const frames = new Frames(1 << 20);
				const out: unknown[] = [];
				for (let at = 0, n = 0; at < bytes.length; n++) {
					const length = 1 + (cuts[n % cuts.length] ?? 0);
					out.push(...frames.take(bytes.subarray(at, at + length)));
					at += length;
				}
				expect(out).toEqual(JSON.parse(JSON.stringify(messages)));
				expect(frames.isCut).toBe(false);
			}),
		);
	});

	it("keep nothing of a message that is too long", () => {
		const frames = new Frames(10);
		expect(() => [...frames.take(header(11))]).toThrow("expected at most 10 bytes, got 11");
		const longest = new Frames(10);
		expect([...longest.take(frame("x".repeat(8)))]).toEqual(["xxxxxxxx"]);
	});
});

describe("the host", () => {
	it("says who it is, asks every server, and says when it is done", async () => {
		const asked: MailTarget[] = [];
		const other = { ...server, port: 143, protocol: "imap" } as const;
		const input = [frame(HELLO), frame({ type: "ask", id: 7, servers: [server, other] })];
		const stdin = new PassThrough();
		const stdout = new PassThrough();
		const ending = serve({
			stdin,
			stdout,
			version: "0.1.0",
			async ask(target) {
				asked.push(target);
				return target.port === 143 ? STRIPPED : { unreached: "timeout", detail: "20 s" };
			},
			signal: new AbortController().signal,
			now: () => 0,
		});
		const done = untilDone(stdout);
		for (const bytes of input) stdin.write(bytes);
		const said = await done;
		stdin.end();
		expect(await ending).toBe(true);
		expect(asked).toEqual([server, other]);
		expect(said).toEqual([
			HELLO,
			{ type: "answer", id: 7, index: 0, answer: { unreached: "timeout", detail: "20 s" } },
			{ type: "answer", id: 7, index: 1, answer: STRIPPED },
			{ type: "done", id: 7 },
		]);
	});

	it("ends when Firefox does, and what it asks is given up", async () => {
		let given = false;
		const never = (_: MailTarget, signal: AbortSignal) =>
			new Promise<MailAnswer>((resolve) => {
				signal.addEventListener("abort", () => {
					given = true;
					resolve(STRIPPED);
				});
			});
		const { well } = await talk([frame(HELLO), frame({ type: "ask", id: 1, servers: [server] })], never);
		expect({ well, given }).toEqual({ well: true, given: true });
	});

	it("passes over a server that shows what no message holds, and tells of the others", async () => {
		const wide: MailAnswer = { unreached: "garbage", detail: "x".repeat(5000) };
		const stdin = new PassThrough();
		const stdout = new PassThrough();
		const ending = serve({
			stdin,
			stdout,
			version: "1",
			ask: async ({ port }) => {
				if (port === 1) throw new Error("a fault of ours");
				if (port === 4) return { ...STRIPPED, documents: ["A".repeat(100_000)] };
				return port === 2 ? wide : STRIPPED;
			},
			signal: new AbortController().signal,
			now: () => 0,
		});
		const done = untilDone(stdout);
		stdin.write(frame(HELLO));
		stdin.write(frame({ type: "ask", id: 1, servers: [1, 2, 3, 4].map((port) => ({ ...server, port })) }));
		const said = await done;
		stdin.end();
		await ending;
		const answers = said.flatMap((message) => (message.type === "answer" ? [message.answer] : []));
		expect(answers).toContainEqual({ unreached: "garbage", detail: "a fault of ours" });
		// Of two servers: too large a document is left out, and what was found is told.
		expect(answers.filter((one) => JSON.stringify(one) === JSON.stringify(STRIPPED))).toHaveLength(2);
		expect(answers.filter((one) => "unreached" in one && one.detail.includes("expected an answer"))).toHaveLength(1);
	});

	it("tells an extension of another protocol which one this is, and ends", async () => {
		const other = await talk(frame({ ...HELLO, protocol: 2 }));
		expect(other.said).toMatchObject([
			{ type: "hello", protocol: 1 },
			{ type: "error", why: "order" },
		]);
		expect(other.well).toBe(false);
		const unknown = await talk(frame({ type: "greetings", from: 3 }));
		expect(unknown.said).toMatchObject([
			{ type: "hello", protocol: 1 },
			{ type: "error", why: "malformed" },
		]);
	});

	const ask = { type: "ask", id: 1, servers: [server] };
	it.each([
		["a question before the greeting", [frame(ask)], "order"],
		["a second greeting", [frame(HELLO), frame(HELLO)], "order"],
		["a second question before the first is answered", [frame(HELLO), frame(ask), frame(ask)], "order"],
		["something else than a message", [frame(HELLO), frame({ type: "read", file: "/etc/passwd" })], "malformed"],
		["no JSON", [Buffer.concat([header(3), Buffer.from("{]x")])], "malformed"],
		["no UTF-8", [Buffer.concat([header(2), Buffer.from([0xc3, 0x28])])], "malformed"],
		["an empty message", [Buffer.alloc(4)], "malformed"],
		["half a message", [frame(HELLO), frame(ask).subarray(0, 20)], "malformed"],
		["too long a message", [frame(HELLO), header(MAX_MAIL_REQUEST + 1)], "too-large"],
		["the longest length that there is", [Buffer.alloc(4, 0xff)], "too-large"],
	] as const)("ends with a word about %s", async (_, input, why) => {
		const answer = await talk(input);
		expect(errors(answer)).toEqual([why]);
		expect(answer.well).toBe(false);
		expect(answer.said.at(-1)?.type).toBe("error");
	});

	it("takes so many messages in a minute, and no more", async () => {
		// One after the other, each answered before the next: only their number is wrong.
		const count = async (times: number, now: () => number): Promise<string[]> => {
			const stdin = new PassThrough();
			const stdout = new PassThrough();
			const ending = serve({
				...{ stdin, stdout, version: "1", ask: async () => STRIPPED, now },
				signal: new AbortController().signal,
			});
			const frames = new Frames(1 << 20);
			let sent = 0;
			const send = () => {
				sent += 1;
				stdin.write(frame(sent === 1 ? HELLO : ask));
				// The greeting has no end of its own; the first question comes with it.
				if (sent === 1) send();
			};
			send();
			for await (const chunk of stdout) {
				for (const raw of frames.take(chunk as Buffer) as Iterable<FromMailHost>) {
					if (raw.type === "error") {
						stdin.end();
						await ending;
						return [raw.why];
					}
					if (raw.type !== "done") continue;
					if (sent < times) send();
					else stdin.end();
				}
				if (stdin.writableEnded) break;
			}
			await ending;
			return [];
		};
		expect(await count(MAX_MESSAGES, () => 0)).toEqual([]);
		expect(await count(MAX_MESSAGES + 1, () => 0)).toEqual(["too-fast"]);
		let minute = 0;
		expect(await count(3 * MAX_MESSAGES, () => (minute += 10_000))).toEqual([]);
	});

	it("comes to an end on any bytes, with one word about what was wrong at most", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 5 }), async (chunks) => {
				const answer = await talk(chunks.map((chunk) => Buffer.from(chunk)));
				expect(errors(answer).length).toBe(answer.well ? 0 : 1);
			}),
			{ numRuns: 200 },
		);
	});
});

describe("countersign host run", () => {
	it.each([[[]], [["/a/manifest.json"]], [["/a/manifest.json", "other@extension"]]])(
		"is for one extension alone: %j",
		async (args) => {
			const { code, stdout, stderr } = await ran(["host", "run", "--", ...args]);
			expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
			expect(stderr).toContain("countersign@webextension alone");
		},
	);
});
