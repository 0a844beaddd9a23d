import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

/** The least port of those that programs of this user may listen on and that few do. */
const LEAST = 10_000;

/**
 * The first port that the system gives to whoever connects without asking for one. Tests make thousands of connections, in
 * several files at once: what one of them is told is free there can be another's end of a connection a moment later.
 */
function firstEphemeral(): number {
	try {
		const [first] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s/);
		const port = Number(first);
		return port > LEAST + 5000 ? port : 32_768;
	} catch {
		return 32_768;
	}
}

/** Whether a port of loopback is free over TCP and UDP alike at this moment. */
async function isFree(port: number): Promise<boolean> {
	const tcp = createServer();
	const udp = createSocket("udp4");
	try {
		await once(tcp.listen(port, "127.0.0.1"), "listening");
		await once(udp.bind(port, "127.0.0.1"), "listening");
		return true;
	} catch {
		return false;
	} finally {
		await new Promise((done) => tcp.close(done));
		await new Promise<void>((done) => udp.close(done));
	}
}

/**
 * Ports of loopback that nobody listens on, each another, for servers that have to be told theirs. By chance, so that two files
 * that ask at once hardly ever come to the same one, and none that the system gives away.
 */
export async function freePorts(count: number): Promise<number[]> {
	const end = firstEphemeral();
	const found = new Set<number>();
	while (found.size < count) {
		const port = randomInt(LEAST, end);
		if (!found.has(port) && (await isFree(port))) found.add(port);
	}
	return [...found];
}
