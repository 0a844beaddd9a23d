/** The worst policies for a judge: a thousand rules that all name the key at hand, and none decides at once. */
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import type { Connection } from "../../src/core/judge.ts";
import type { Rule } from "../../src/core/policy.ts";
import type { Task } from "./measure.ts";
import { drawCatalogue } from "./world.ts";

export interface Crowd {
	readonly what: string;
	/** What keeps rule `number` from deciding. */
	readonly condition: (number: number) => Partial<Rule>;
	/** The person let every one of the findings through. */
	readonly through?: true;
}

const key = (letter: string): string => `${letter.repeat(42)}A=`;

export const CROWDS: readonly Crowd[] = [
	{
		what: "for another site each",
		condition: (number) => ({ sites: [`site-${number}.example`, `${number}.example`] }),
	},
	{
		what: "that accept this host, each by other names",
		condition: (number) => ({ acceptFor: [`site-${number}.example`, "com"] }),
	},
	{
		what: "that accept this host by a block each",
		condition: (number) => ({ acceptFor: [`10.${number >> 8}.${number & 255}.0/24`, "com"] }),
	},
	{
		what: "for later certificates, each from another day",
		condition: (number) => ({ issuedAfter: new Date(1.8e12 + number * 864e5).toISOString() }),
	},
	{
		what: "that spare this intermediate",
		condition: (number) => ({ except: [{ spki: key("I") }, { spki: key("IJKLMNOP"[number % 8] ?? "I") }] }),
	},
	{ what: "for this site, of which the first decides", condition: () => ({ sites: ["www.example.com"] }) },
	{ what: "whose findings the person let through, each by itself", condition: () => ({}), through: true },
];

const letters = ["L", "I", "R"];

/** A chain that has been seen before, under rules that all name its root. */
function connection(): Connection {
	const [leaf, ...authorities] = letters.map((letter, at) => ({
		subject: `CN=${letter}`,
		issuer: `CN=${letter}`,
		notBefore: 1.7e12,
		notAfter: 1.9e12,
		sha256: Array(32).fill(`0${at}`).join(":"),
		spki: key(letter),
		builtInRoot: at === 2,
	}));
	if (!leaf) throw new Error("a chain has a leaf");
	return { host: readHost("www.example.com"), evidence: { kind: "chain", chain: [leaf, ...authorities] } };
}

const catalogue = drawCatalogue();

/** Decisions under so many rules of a crowd. */
export function crowdTask({ what, condition, through }: Crowd, rules: number): Task {
	const judge = compile(
		{
			admin: null,
			person: {
				version: 1,
				rules: Array.from({ length: rules }, (_, number) => ({
					id: `rule-${number}`,
					title: what,
					match: [{ spki: key("R") }],
					action: "block",
					enabled: true,
					...condition(number),
				})),
			},
		},
		catalogue,
	);
	const drawn = connection();
	const isExcepted = () => through === true;
	// So many turns that a batch takes about as long as those of the other tasks.
	const batch = through && rules > 1 ? 10 : 1_000;
	return {
		name: `${what}: ${rules}`,
		prepare: () => () => {
			for (let turn = 0; turn < batch; turn++) judge.judge(drawn, isExcepted);
			return batch;
		},
	};
}
