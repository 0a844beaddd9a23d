/** A long way to a server on the same machine: what is sent through it takes its time. */
import { connect, createServer, type Server, type Socket } from "node:net";

/** Sends what comes from one end to the other, `ms` milliseconds later and in order. */
function delay(from: Socket, to: Socket, ms: number, first: number): void {
	const waiting: (Buffer | null)[] = [];
	let due = 0;
	const pass = (chunk: Buffer | null): void => {
		const now = performance.now();
		// A chunk never overtakes the one before.
		due = Math.max(due, now + ms + (due === 0 ? first : 0));
		waiting.push(chunk);
		setTimeout(() => {
			const next = waiting.shift();
			if (to.destroyed) return;
			if (next) to.write(next);
			else to.end();
		}, due - now);
	};
	from.on("data", pass);
	from.on("end", () => pass(null));
	from.on("error", () => to.destroy());
}

/**
 * Forwards connections to a port of this machine, with every round trip `roundTrip` milliseconds long.
 * Loopback takes a connection at once, so that the first bytes of a client, which on a long road would
 * not leave before the server had answered, are held for one round trip more.
 */
export class Road {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();

	private constructor(to: number, roundTrip: number) {
		this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
			const far = connect({ port: to, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
			for (const socket of [near, far]) {
				this.#sockets.add(socket);
				socket.on("close", () => this.#sockets.delete(socket));
			}
			delay(near, far, roundTrip / 2, roundTrip);
			delay(far, near, roundTrip / 2, 0);
		});
	}

	/** Starts it on a free port. */
	static async start(to: number, roundTrip: number): Promise<Road> {
		const road = new Road(to, roundTrip);
		await new Promise<void>((done) => road.#server.listen(0, "127.0.0.1", done));
		return road;
	}

	/** The port that it listens on. */
	get port(): number {
		const address = this.#server.address();
		return typeof address === "object" && address !== null ? address.port : 0;
	}

	/** Stops, and cuts what is under way. */
	async close(): Promise<void> {
		const closed = new Promise<void>((done) => this.#server.close(() => done()));
		for (const socket of this.#sockets) socket.destroy();
		await closed;
	}
}
