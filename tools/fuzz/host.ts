/**
 * What Firefox could send to the program that it starts for the extension, with bytes changed, cut anywhere: the program ends,
 * says whole messages that the extension's door lets in, at most one word about what was wrong, and asks for nothing that no
 * door let in.
 */
import { PassThrough } from "node:stream";
import { Frames, frame } from "../../cli/host/frames.ts";
import { serve } from "../../cli/host/serve.ts";
import { mailProviders } from "../../src/catalogue/mailProviders.ts";
import { MAX_MAIL_ANSWER, type MailTarget } from "../../src/core/mail.ts";
import { type MailAnswer, readFromMailHost, readMailTargets } from "../../src/schema/mail.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { type Chance, mutate } from "./random.ts";

/** What the schema and the JSON around it stumble over. */
const WORDS = [
	...['"', "\\", "{", "}", "[", "]", ",", ":", "null", "1e999", "-0", "\\ud800", '"type"', '"__proto__"', '"servers"'],
	...["\x00\x00\x00\x00", "\xff\xff\xff\xff", "\x00\x00\x01\x00", "\x01\x00\x00\x00"],
];

const servers = mailProviders.flatMap((provider) => provider.servers);

function messages(by: Chance): Buffer[] {
	const hello = { type: "hello", protocol: by.oneIn(8) ? by.below(4) : 1, version: "0.1.0" };
	const ask = () => ({ type: "ask", id: by.below(3), servers: servers.slice(0, 1 + by.below(servers.length)) });
	const rest = Array.from({ length: by.below(by.oneIn(8) ? 30 : 3) }, () => (by.oneIn(4) ? hello : ask()));
	return [...(by.oneIn(8) ? [] : [hello]), ...rest].map(frame);
}

/** What a server could have shown, and what no server should. */
function answer(by: Chance): MailAnswer {
	const detail = "x".repeat(by.below(by.oneIn(4) ? 100_000 : 300));
	return by.oneIn(2) ? { unreached: "garbage", detail } : { found: { kind: "stripped" }, documents: [] };
}

/** A fuzzer of the program's input. */
export const hostFuzzer: Fuzzer = {
	name: "host",
	async prepare() {
		return async (by) => {
			const whole = Buffer.concat(messages(by));
			const input = by.oneIn(6) || whole.length === 0 ? whole : mutate(whole, by, WORDS);
			const [stdin, stdout] = [new PassThrough(), new PassThrough()];
			const output: Buffer[] = [];
			stdout.on("data", (chunk: Buffer) => output.push(chunk));
			const ask = async (target: MailTarget): Promise<MailAnswer> => {
				if (!readMailTargets([target]).ok) throw new Error(`asked for ${JSON.stringify(target)}`);
				if (by.oneIn(16)) throw new Error("a fault of ours");
				return answer(by);
			};
			let now = 0;
			const ending = serve({
				...{ stdin, stdout, version: "0.1.0", ask, signal: new AbortController().signal },
				now: () => {
					now += by.below(2000);
					return now;
				},
			});
			for (let at = 0; at < input.length; ) {
				const length = 1 + by.below(by.oneIn(2) ? 8 : 4096);
				stdin.write(input.subarray(at, at + length));
				at += length;
				if (by.oneIn(4)) await new Promise((resolve) => setImmediate(resolve));
			}
			stdin.end();
			const well = await ending;
			const frames = new Frames(MAX_MAIL_ANSWER);
			let errors = 0;
			for (const raw of frames.take(Buffer.concat(output))) {
				const read = readFromMailHost(raw);
				if (!read.ok) throw new Error(`said what it may not: ${read.error}`);
				if (errors > 0) throw new Error("spoke on after its last word");
				if (read.value.type === "error") errors += 1;
			}
			if (frames.isCut) throw new Error("said half a message");
			if (well !== (errors === 0)) throw new Error(`ended ${well ? "well" : "badly"} with ${errors} words about it`);
			return well ? "well" : "refused";
		};
	},
};
