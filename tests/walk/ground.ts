/**
 * The servers that the walk goes over. Everything they answer says of itself who vouched for it: a
 * page's title, and the path of every report that it sends to the witness.
 */
import {
	type Beacon,
	html,
	image,
	Lab,
	type LabHost,
	type LabRequest,
	type Reply,
	redirect,
	script,
	style,
	text,
} from "../lab/index.ts";
import { type Authority, type Certificate, Pki } from "../pki/index.ts";
import { AUTHORITIES, HOSTS, type Page } from "./steps.ts";

/** Two sites, so that what a page asks for is of its own site or of another. */
const SUFFIXES = ["walk-lab.com", "walk-lab.org"];
const WITNESS = "witness.walk-lab.net";

/** What a page or a part says of itself. */
export interface Label {
	readonly host: number;
	/** "http" when nobody vouched, "worker" when a service worker made it up. */
	readonly authority: number | "http" | "worker";
}

/** Reads a label out of a title or a path; null where there is none. */
export function readLabel(text: string): Label | null {
	const found = /h(\d+)-a(\d+|http|worker)-/.exec(text);
	if (!found?.[1] || !found[2]) return null;
	const authority = found[2] === "http" || found[2] === "worker" ? found[2] : Number(found[2]);
	return { host: Number(found[1]), authority };
}

const KEPT = { "cache-control": "max-age=3600" };
const NOT_KEPT = { "cache-control": "no-store" };
const OPEN = { "access-control-allow-origin": "*" };

/** The path of a page on its host. */
export const pathOf = ({ path, key }: Pick<Page, "path" | "key">): string => `/${path}/${key}`;

/** Servers, authorities, and what reached the witness. */
export class Ground {
	readonly lab: Lab;
	readonly witness: Beacon;
	readonly authorities: readonly { readonly root: Authority; readonly intermediate: Authority }[];
	/** The root that vouches for the witness, which no rule names. */
	readonly witnessRoot: Authority;
	readonly hosts: readonly LabHost[];
	/** Authority that each host shows. */
	readonly #vouching: number[];
	readonly #leaves: readonly (readonly Certificate[])[];
	#serial = 0;

	private constructor(
		lab: Lab,
		witness: Beacon,
		witnessRoot: Authority,
		authorities: Ground["authorities"],
		leaves: readonly (readonly Certificate[])[],
	) {
		this.lab = lab;
		this.witness = witness;
		this.witnessRoot = witnessRoot;
		this.authorities = authorities;
		this.#leaves = leaves;
		this.#vouching = leaves.map((_, host) => host % AUTHORITIES);
		this.hosts = leaves.map((_, host) => this.#host(host));
	}

	static async start(): Promise<Ground> {
		const pki = await Pki.create();
		const witnessRoot = await pki.root({ name: "CN=Witness Root,O=Witness Trust,C=US" });
		const authorities = await Promise.all(
			Array.from({ length: AUTHORITIES }, async (_, index) => {
				const root = await pki.root({ name: `CN=Root ${index},O=Trust ${index},C=US` });
				return { root, intermediate: await root.intermediate({ name: `CN=CA ${index},O=Trust ${index},C=US` }) };
			}),
		);
		const leaves = await Promise.all(
			Array.from({ length: HOSTS }, (_, host) =>
				Promise.all(authorities.map(({ intermediate }) => intermediate.leaf({ names: [nameOf(host)] }))),
			),
		);
		const lab = await Lab.start({ http2: true });
		const witness = lab.beacon(WITNESS, await witnessRoot.leaf({ names: [WITNESS] }));
		return new Ground(lab, witness, witnessRoot, authorities, leaves);
	}

	/** Puts everything back to how it was at the start. */
	reset(): void {
		for (let host = 0; host < HOSTS; host++) this.present(host, host % AUTHORITIES);
		this.lab.log.clear();
	}

	close(): Promise<void> {
		return this.lab.close();
	}

	/** A host shows a chain of this authority from now on. */
	present(host: number, authority: number): void {
		const leaf = this.#leaves[host]?.[authority];
		if (!leaf) throw new Error(`no leaf for host ${host} by authority ${authority}`);
		this.#vouching[host] = authority;
		this.hosts[host]?.present(leaf);
	}

	/** The host that an address is of; undefined for others. */
	hostOf(url: string): number | undefined {
		const name = URL.parse(url)?.hostname;
		const index = this.hosts.findIndex((host) => host.name === name);
		return index < 0 ? undefined : index;
	}

	url(host: number, path: string, scheme: "https" | "http" | "wss" = "https"): string {
		return (this.hosts[host] as LabHost).url(path, scheme);
	}

	pageUrl(page: Page): string {
		return this.url(page.host, pathOf(page));
	}

	/** Name of the authority that vouches for a host, by the CN of the intermediate. */
	authorityNamed(commonName: string | null | undefined): number {
		return Number(/^CA (\d+)$/.exec(commonName ?? "")?.[1] ?? Number.NaN);
	}

	#host(host: number): LabHost {
		const one = this.lab.host(nameOf(host), this.#leaves[host]?.[host % AUTHORITIES] as Certificate, {
			"*": (request) => this.#answer(host, request),
		});
		one.socket("/socket");
		one.plain.route("*", () => html(this.#page(`h${host}-ahttp-n${++this.#serial}`), NOT_KEPT));
		return one;
	}

	#answer(host: number, { path }: LabRequest): Reply {
		const { pathname, searchParams } = new URL(path, "https://x");
		const kind = pathname.split("/")[1] ?? "";
		const label = `h${host}-a${this.#vouching[host]}-${kind}-n${++this.#serial}`;
		const cookie = { "set-cookie": `walk=${label}; Secure; HttpOnly; SameSite=None; Path=/; Max-Age=86400` };
		const to = searchParams.get("to");
		switch (kind) {
			case "plain":
				return html(this.#page(label), { ...NOT_KEPT, ...cookie });
			case "page":
			case "made":
				return html(this.#page(label), cookie);
			case "kept":
				return html(this.#page(label), { ...KEPT, ...cookie });
			case "hop":
				return redirect(to ?? "/plain/0", 302, NOT_KEPT);
			case "post":
				return redirect(to ?? "/plain/0", 303, NOT_KEPT);
			case "image":
				return image(NOT_KEPT);
			case "image-kept":
				return image(KEPT);
			case "script":
				return script(`fetch(${this.#report(label, "ran")}, { mode: "no-cors" })`, NOT_KEPT);
			case "style":
				return style("", NOT_KEPT);
			case "fetch":
				return text(label, { ...OPEN, ...NOT_KEPT });
			case "frame":
				return html(this.witness.markup(label), NOT_KEPT);
			case "worker.js":
				return script(this.#worker(`h${host}-aworker-`), NOT_KEPT);
			default:
				return { status: 404 };
		}
	}

	#report(label: string, how: string): string {
		return JSON.stringify(this.witness.url(`/${label}/${how}`));
	}

	/** A page that reports by image, style sheet and script, and says in its title when it has. */
	#page(label: string): string {
		return `<h1>${label}</h1>${this.witness.markup(label)}<script>
			const loaded = new Promise((done) => addEventListener("load", done));
			const told = fetch(${this.#report(label, "told")}, { mode: "no-cors" }).catch(() => null);
			Promise.all([loaded, told]).then(() => { document.title = "ready ${label}"; });
		</script>`;
	}

	/** Makes up pages under /made/ and leaves the rest to the server. The same text under every authority. */
	#worker(label: string): string {
		const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${this.#page(label)}`;
		return `addEventListener("install", () => skipWaiting());
			addEventListener("activate", (event) => event.waitUntil(clients.claim()));
			addEventListener("fetch", (event) => {
				if (!new URL(event.request.url).pathname.startsWith("/made/")) return;
				event.respondWith(new Response(${JSON.stringify(page).replaceAll("</", "<\\/")},
					{ headers: { "content-type": "text/html" } }));
			});`;
	}
}

const nameOf = (host: number): string => `host-${host}.${SUFFIXES[host % SUFFIXES.length]}`;
