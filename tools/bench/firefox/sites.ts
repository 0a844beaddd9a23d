/** The pages that are visited, and what they say of how long it took. */
import { randomUUID } from "node:crypto";
import type { Tab } from "../../../tests/e2e/harness/index.ts";
import { createWorld, SUFFIX, type World } from "../../../tests/e2e/world.ts";
import { html, type LabHost, type LabRequest, type Reply } from "../../../tests/lab/index.ts";
import type { Certificate } from "../../../tests/pki/index.ts";
import { Road } from "./road.ts";

/** How a page came, as it says itself. Milliseconds. */
export interface Visit {
	/** From the start of the navigation until everything of the page was there. */
	readonly load: number;
	/** From the moment the request for the page set out until its answer began to come. */
	readonly answer: number;
}

/** One pixel. */
const GIF: Reply = {
	headers: { "content-type": "image/gif", "cache-control": "no-store" },
	body: Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64"),
};

const PATIENCE = 60_000;
/** The port, as Firefox sees it, behind which the servers are far away. */
const FAR = 8443;

/** Says what the page measured, once it has measured it. */
const tell = (to: string, id: string): string => `<script>
	addEventListener("load", () => setTimeout(() => {
		const { loadEventStart: load, requestStart, responseStart } = performance.getEntriesByType("navigation")[0];
		const said = new URLSearchParams({ id: ${JSON.stringify(id)}, load, answer: responseStart - requestStart });
		fetch(${JSON.stringify(to)} + "?" + said, { mode: "no-cors" });
	}));
</script>`;

export class Sites {
	readonly world: World;
	readonly #road: Road;
	readonly #one: LabHost;
	readonly #witness: LabHost;
	readonly #leaves: readonly Certificate[];
	readonly #waiting = new Map<string, (visit: Visit) => void>();
	readonly #pages = new Map<string, string>();
	#names = 0;

	private constructor(world: World, road: Road, one: LabHost, witness: LabHost, leaves: readonly Certificate[]) {
		this.world = world;
		this.#road = road;
		this.#one = one;
		this.#witness = witness;
		this.#leaves = leaves;
		one.route("*", (request) => this.#answer(request));
		witness.route("*", (request) => this.#hear(request));
	}

	/** Starts the servers. `hosts`: how many hosts with a certificate of their own; `roundTrip`: milliseconds to the far ones. */
	static async start(hosts: number, roundTrip: number): Promise<Sites> {
		const world = await createWorld();
		const leaves: Certificate[] = [];
		// None is good for another's names: Firefox would use one connection for all.
		for (let number = 0; number <= hosts; number++) {
			leaves.push(await world.goodCa.leaf({ names: [`*.h${number}.${SUFFIX}`] }));
		}
		const road = await Road.start(world.lab.tlsPort, roundTrip);
		return new Sites(world, road, await world.host("one"), await world.host("told"), leaves);
	}

	/** For Firefox, so that it finds them. */
	preferences(): Record<string, string> {
		const { lab } = this.world;
		const near = lab.preferences();
		return { ...near, "network.socket.forcePort": `${near["network.socket.forcePort"]};${FAR}=${this.#road.port}` };
	}

	/** A page with so many parts, all of one host that is known already. */
	many(tab: Tab, parts: number): Promise<Visit> {
		const markup = Array.from({ length: parts }, (_, number) => `<img alt="" src="/part/${number}?${this.#next()}">`);
		return this.#visit(tab, this.#one, "", markup.join(""));
	}

	/** A page with so many parts, of hosts that nobody has been to before. */
	spread(tab: Tab, parts: number): Promise<Visit> {
		const hosts = this.#leaves.slice(1).map((leaf) => this.#newHost(leaf));
		const markup = Array.from({ length: parts }, (_, number) => {
			const host = hosts[number % hosts.length];
			return `<img alt="" src="${host?.url(`/part/${number}`)}">`;
		});
		return this.#visit(tab, this.#one, "", markup.join(""));
	}

	/** The first visit to a host that nobody has been to before, and the second. */
	async firstAndSecond(tab: Tab, far: boolean): Promise<readonly [first: Visit, second: Visit]> {
		const [leaf] = this.#leaves;
		if (!leaf) throw new Error("there is always one leaf");
		const host = this.#newHost(leaf);
		const port = far ? `:${FAR}` : "";
		return [await this.#visit(tab, host, port, ""), await this.#visit(tab, host, port, "")];
	}

	/** Stops the servers. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.#road.close();
		await this.world.close();
	}

	#next(): number {
		return this.#names++;
	}

	#newHost(leaf: Certificate): LabHost {
		const [pattern = ""] = leaf.subject.split("=").slice(1);
		const host = this.world.lab.host(pattern.replace("*", `n${this.#next()}`), leaf);
		return host.route("*", (request) => this.#answer(request));
	}

	async #visit(tab: Tab, host: LabHost, port: string, markup: string): Promise<Visit> {
		const id = randomUUID();
		// Its list of requests is searched from the start for each one.
		this.world.lab.log.clear();
		this.#pages.set(id, markup);
		const visited = new Promise<Visit>((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`${host.name} did not load`)), PATIENCE);
			this.#waiting.set(id, (visit) => {
				clearTimeout(timer);
				resolve(visit);
			});
		});
		try {
			await tab.go(`https://${host.name}${port}/page/${id}`);
			return await visited;
		} finally {
			this.#waiting.delete(id);
			this.#pages.delete(id);
		}
	}

	#answer({ path, method }: LabRequest): Reply {
		if (path.startsWith("/part/")) return GIF;
		const id = path.split("/").at(-1) ?? "";
		const markup = this.#pages.get(id);
		if (markup === undefined || method !== "GET") return { status: 204, headers: { "cache-control": "no-store" } };
		return html(tell(this.#witness.url("/told"), id) + markup, { "cache-control": "no-store" });
	}

	#hear({ path }: LabRequest): Reply {
		const said = new URL(path, "https://told").searchParams;
		this.#waiting.get(said.get("id") ?? "")?.({ load: Number(said.get("load")), answer: Number(said.get("answer")) });
		return { status: 204, headers: { "cache-control": "no-store" } };
	}
}
