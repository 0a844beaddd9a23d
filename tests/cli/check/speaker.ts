/** Servers on loopback that say what a test has them say. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import * as tls from "node:tls";
import type { Identity } from "../../lab/index.ts";

/** One step of a server: says something, waits for a line of the client's, or does something else. */
export type Step =
	| { readonly say: string | Uint8Array }
	| "line"
	| "end"
	| "reset"
	| "hang"
	| { readonly tls: Identity };

/** A server with a script. */
export interface Speaker {
	readonly port: number;
	/** Lines that clients said in the clear, in order. */
	readonly heard: string[];
	close(): Promise<void>;
}

/** Waits for a line in the clear. Null: the client went. */
function nextLine(socket: Socket): Promise<string | null> {
	return new Promise((resolve) => {
		let text = "";
		const done = (line: string | null): void => {
			socket.off("data", onData);
			socket.off("close", onClose);
			socket.pause();
			resolve(line);
		};
		const onData = (chunk: Buffer): void => {
			text += chunk.toString("latin1");
			if (text.includes("\n")) done(text.replace(/\r?\n$/, ""));
		};
		const onClose = (): void => done(null);
		socket.on("data", onData);
		socket.on("close", onClose);
		socket.resume();
	});
}

async function play(socket: Socket, script: readonly Step[], heard: string[]): Promise<void> {
	for (const step of script) {
		if (step === "line") {
			const line = await nextLine(socket);
			if (line === null) return;
			heard.push(line);
		} else if (step === "end") {
			socket.end();
		} else if (step === "reset") {
			socket.resetAndDestroy();
			return;
		} else if (step === "hang") {
			// Listens, and says no more.
			socket.on("data", (chunk) => heard.push(chunk.toString("latin1")));
			socket.resume();
			return;
		} else if ("say" in step) {
			socket.write(step.say);
		} else {
			const { keyPem, chainPem } = step.tls;
			const cert = typeof chainPem === "string" ? chainPem : chainPem();
			const secure = new tls.TLSSocket(socket, { isServer: true, key: keyPem, cert });
			secure.on("data", (chunk) => heard.push(`(TLS) ${chunk.toString("latin1")}`));
			secure.on("error", () => undefined);
			return;
		}
	}
}

/** Starts one. Every connection gets the script from its start. */
export async function speaker(...script: Step[]): Promise<Speaker> {
	const heard: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer({ pauseOnConnect: true }, (socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		socket.on("error", () => undefined);
		void play(socket, script, heard);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		heard,
		async close() {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
}
