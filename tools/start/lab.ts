/** The lab behind `npm start`: its authorities, its hosts, and the rules that the demonstration uses. */
import { Lab, type LabHost, type Route } from "../../tests/lab/index.ts";
import { type Authority, type Certificate, Pki } from "../../tests/pki/index.ts";
import { trapPage } from "./pages.ts";

/** All names stand under a real suffix: Firefox treats reserved ones differently (HTTPS-First skips them). */
export const SUFFIX = "countersign-lab.com";

const DAY = 86_400_000;

/** Everything of the lab that a site can be made of. */
export interface Demo {
	readonly lab: Lab;
	readonly authorities: Authorities;
	/** Counts pages that ran although they were stopped. */
	readonly trap: LabHost;
	/** Certificates whose warning counts as clicked through, by host. */
	readonly clickedThrough: Map<string, Certificate>;
	/** Adds a host under `SUFFIX`, or with a full name where it has a dot. */
	host(label: string, signer: Signer, routes?: Record<string, Route>): Promise<LabHost>;
	/** A page that must never run: it reports to the trap. */
	trapPage(title: string): Route;
	close(): Promise<void>;
}

export interface Authorities {
	readonly good: Authority;
	readonly goodRoot: Authority;
	readonly refused: Authority;
	readonly refusedRoot: Authority;
	/** The same key as `crossedRoot`, which a rule refuses; signed by the good root. */
	readonly crossed: Authority;
	readonly crossedRoot: Authority;
	readonly named: Authority;
	readonly dated: Authority;
	readonly strict: Authority;
	readonly warned: Authority;
	readonly company: Authority;
	readonly companyRoot: Authority;
}

/** Who signs a host's certificate, and since when. */
export type Signer = Authority | "self" | { readonly by: Authority; readonly since: Date };

async function createAuthorities(pki: Pki): Promise<Authorities> {
	const root = (name: string, country: string) => pki.root({ name: `CN=${name} Root,O=${name},C=${country}` });
	const under = (authority: Authority, name: string, country: string) =>
		authority.intermediate({ name: `CN=${name} CA 1,O=${name},C=${country}` });
	const goodRoot = await root("Good Trust", "CH");
	const refusedRoot = await root("Refused Trust", "AQ");
	const crossedRoot = await root("Crossed Trust", "AQ");
	const companyRoot = await root("Company Proxy", "DE");
	const crossed = await goodRoot.crossSign(crossedRoot);
	return {
		goodRoot,
		good: await under(goodRoot, "Good Trust", "CH"),
		refusedRoot,
		refused: await under(refusedRoot, "Refused Trust", "AQ"),
		crossedRoot,
		crossed,
		// These are refused by the key of their own certificate, which the good root signed.
		named: await under(goodRoot, "Narrow Trust", "FR"),
		dated: await under(goodRoot, "Fading Trust", "IT"),
		strict: await under(goodRoot, "Forbidden Trust", "AQ"),
		warned: await under(goodRoot, "Doubtful Trust", "PT"),
		companyRoot,
		company: await under(companyRoot, "Company Proxy", "DE"),
	};
}

/** Builds the authorities and starts the servers. */
export async function createDemo(): Promise<Demo> {
	const pki = await Pki.create();
	const authorities = await createAuthorities(pki);
	const lab = await Lab.start({ http2: true });
	const clickedThrough = new Map<string, Certificate>();

	const host: Demo["host"] = async (label, signer, routes = {}) => {
		const name = label.includes(".") ? label : `${label}.${SUFFIX}`;
		const names = [name];
		if (signer === "self") {
			const leaf = await pki.selfSignedLeaf({ names });
			clickedThrough.set(name, leaf);
			return lab.host(name, leaf, routes);
		}
		const leaf =
			"by" in signer ? await signer.by.leaf({ names, notBefore: signer.since }) : await signer.leaf({ names });
		return lab.host(name, leaf, routes);
	};
	// On another site than all the others, so that no rule of the demonstration is about it.
	const trap = await host("trap.countersign-lab.net", authorities.good);
	trap.route("*", { headers: { "access-control-allow-origin": "*" } });
	return {
		lab,
		authorities,
		trap,
		clickedThrough,
		host,
		trapPage: (title) => trapPage(title, trap.url("/ran")),
		close: () => lab.close(),
	};
}

/** Before this day, what "Fading Trust" signed is accepted. */
export const dateLimit = new Date(Math.floor((Date.now() - 20 * DAY) / DAY) * DAY);
/** A certificate from before it, and one from after it. */
export const early = new Date(Date.now() - 60 * DAY);
export const late = new Date(Date.now() - 5 * DAY);

/** The rules of the demonstration, as a policy document; the first rules stay beside them. */
export function demoPolicy({ refusedRoot, crossedRoot, named, dated, strict, warned }: Authorities): string {
	const rule = (id: string, title: string, authority: Authority, rest: Record<string, unknown> = {}) => ({
		id,
		title,
		reason: "A rule of the demonstration.",
		match: [{ spki: authority.spki }],
		...rest,
	});
	return JSON.stringify({
		version: 1,
		rules: [
			rule("lab-refused", "Refused Trust", refusedRoot),
			rule("lab-crossed", "Crossed Trust", crossedRoot),
			rule("lab-named", "Narrow Trust, but for its own sites", named, { acceptFor: [`office.${SUFFIX}`] }),
			rule("lab-dated", "Fading Trust, for new sites", dated, {
				issuedAfter: `${dateLimit.toISOString().slice(0, 19)}Z`,
			}),
			rule("lab-strict", "Forbidden Trust", strict, { action: "strict" }),
			rule("lab-warned", "Doubtful Trust", warned, { action: "warn" }),
		],
	});
}
