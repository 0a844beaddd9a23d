import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { type Agent, request as httpsRequest } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { type Authority, type Certificate, Pki } from "../pki/index.ts";
import { cacheable, echo, html, Lab, redirect } from "./index.ts";

let lab: Lab;
let root: Authority;
let other: Authority;
let good: Certificate;
let bad: Certificate;

beforeAll(async () => {
	const pki = await Pki.create();
	root = await pki.root({ name: "CN=Root" });
	other = await pki.root({ name: "CN=Other Root" });
	good = await root.leaf({ names: ["good.example-lab.com"] });
	bad = await other.leaf({ names: ["bad.example-lab.com"] });
	lab = await Lab.start({ http2: true });
	lab
		.host("good.example-lab.com", good, {
			"/": html("good"),
			"/old": redirect("/"),
			"/kept": cacheable(html("kept")),
			"/echo": echo(),
		})
		.socket("/socket")
		.plain.route("/", html("plain"));
	lab.host("bad.example-lab.com", bad, { "*": html("bad") });
});
afterAll(() => lab.close());

interface Answer {
	status: number | undefined;
	headers: Record<string, unknown>;
	body: string;
}

function ask(
	name: string,
	path: string,
	options: {
		method?: string;
		headers?: Record<string, string>;
		body?: string;
		agent?: Agent;
		plain?: boolean;
	} = {},
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const request = (options.plain ? httpRequest : httpsRequest)(
			{
				host: lab.address,
				port: options.plain ? lab.httpPort : lab.tlsPort,
				path,
				method: options.method ?? "GET",
				headers: { host: name, ...options.headers },
				...(options.plain ? {} : { servername: name, ca: [root.pem, other.pem] }),
			},
			(response) => {
				let body = "";
				response.setEncoding("utf8");
				response.on("data", (part) => {
					body += part;
				});
				response.on("end", () =>
					resolve({
						status: response.statusCode,
						headers: response.headers,
						body,
					}),
				);
			},
		);
		request.on("error", reject);
		request.end(options.body);
	});
}

// With TLS 1.3 the ticket comes after the handshake, and none comes with a resumed one.
async function handshake(
	servername: string,
	session?: Buffer,
): Promise<{ leaf: string; resumed: boolean; session: Buffer }> {
	const socket: TLSSocket = connect({
		host: lab.address,
		port: lab.tlsPort,
		servername,
		ca: [root.pem, other.pem],
		...(session ? { session } : {}),
	});
	const ticket = new Promise<Buffer>((resolve) => socket.once("session", resolve));
	await once(socket, "secureConnect");
	// Node shows no certificate on a resumed connection.
	const { fingerprint256 = "" }: { fingerprint256?: string } = socket.getPeerCertificate();
	const resumed = socket.isSessionReused();
	const next = resumed ? (session ?? Buffer.alloc(0)) : await ticket;
	socket.destroy();
	return {
		leaf: fingerprint256.replaceAll(":", "").toLowerCase(),
		resumed,
		session: next,
	};
}

describe("lab", () => {
	it("chooses chain and routes by name", async () => {
		expect((await handshake("good.example-lab.com")).leaf).toBe(good.sha256);
		expect((await handshake("bad.example-lab.com")).leaf).toBe(bad.sha256);
		expect((await ask("good.example-lab.com", "/")).body).toContain("good");
		expect((await ask("bad.example-lab.com", "/any")).body).toContain("bad");
		expect((await ask("good.example-lab.com", "/none")).status).toBe(404);
		expect((await ask("good.example-lab.com", "/old")).headers).toMatchObject({
			location: "/",
		});
		expect((await ask("good.example-lab.com", "/", { plain: true })).body).toContain("plain");
		await expect(handshake("nobody.example-lab.com")).rejects.toThrow();
		expect(lab.log.strangers).toEqual(["nobody.example-lab.com"]);
	});

	it("switches a chain, and voids the tickets of the one before", async () => {
		const next = await other.leaf({ names: ["good.example-lab.com"] });
		const before = await handshake("good.example-lab.com");
		const again = await handshake("good.example-lab.com", before.session);
		expect(again.resumed).toBe(true);
		const host = lab.host("good.example-lab.com", good, { "/": html("good") });
		host.present(next);
		const after = await handshake("good.example-lab.com", again.session);
		expect([after.resumed, after.leaf]).toEqual([false, next.sha256]);
		host.present(good);
	});

	it("keeps a log that can be waited for", async () => {
		const host = lab.host("log.example-lab.com", await root.leaf({ names: ["log.example-lab.com"] }), {
			"/echo": echo(),
		});
		const waiting = lab.log.waitFor((one) => one.host === host.name && one.complete);
		const answer = await ask(host.name, "/echo?a=1", {
			method: "POST",
			body: "héllo",
		});
		expect(JSON.parse(answer.body)).toMatchObject({
			method: "POST",
			body: "héllo",
		});
		expect(await waiting).toMatchObject({
			scheme: "https",
			method: "POST",
			path: "/echo?a=1",
			bodyLength: 6,
			url: "https://log.example-lab.com/echo?a=1",
		});
		await expect(lab.log.waitFor("nobody.example", 1)).rejects.toThrow(/no such request within 1 ms; seen:\n/);
	});

	it("answers 304 to who has it", async () => {
		const host = lab.host("kept.example-lab.com", await root.leaf({ names: ["kept.example-lab.com"] }), {
			"/": cacheable(html("kept"), { etag: "one" }),
		});
		const { headers } = await ask(host.name, "/");
		expect(headers).toMatchObject({ etag: '"one"' });
		const again = await ask(host.name, "/", {
			headers: { "if-none-match": '"one"' },
		});
		expect([again.status, again.body]).toEqual([304, ""]);
	});

	it("speaks HTTP/2 and WebSocket", async () => {
		const session = connectHttp2(`https://good.example-lab.com`, {
			createConnection: () =>
				connect({
					host: lab.address,
					port: lab.tlsPort,
					servername: "good.example-lab.com",
					ALPNProtocols: ["h2"],
					ca: root.pem,
				}),
		});
		const stream = session.request({ ":path": "/" });
		stream.resume();
		await new Promise((resolve) => stream.on("end", resolve));
		session.close();
		expect(lab.log.all((one) => one.protocol === "h2").map((one) => one.url)).toEqual([
			"https://good.example-lab.com/",
		]);

		lab.host("socket.example-lab.com", await root.leaf({ names: ["socket.example-lab.com"] })).socket("/socket");
		const socket = new WebSocket(`wss://${lab.address}:${lab.tlsPort}/socket`, {
			headers: { host: "socket.example-lab.com" },
			servername: "socket.example-lab.com",
			ca: root.pem,
		} as WebSocket.ClientOptions);
		const answer = await new Promise((resolve, reject) => {
			socket.on("error", reject);
			socket.on("open", () => socket.send("hello"));
			socket.on("message", (data) => resolve(String(data)));
		});
		expect(answer).toBe("hello");
		socket.close();
		expect(lab.log.all("socket.example-lab.com")[0]).toMatchObject({
			scheme: "wss",
			method: "GET",
		});
	});

	it("closes with connections open", async () => {
		await using small = await Lab.start();
		const socket = connect({ host: small.address, port: small.httpPort });
		socket.on("error", () => undefined);
		await small.close();
	});
});
