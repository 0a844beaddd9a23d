import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import * as tls from "node:tls";
import { Pki } from "../../tests/pki/index.ts";

/**
 * What a server of TLS 1.2 says first: ServerHello, Certificate, ServerKeyExchange, ServerHelloDone, all in the clear
 * (RFC 5246 section 7.3). Recorded from a real handshake, so that its parts are as they should be.
 */
export async function flightOf(): Promise<Buffer> {
	const pki = await Pki.create();
	const root = await pki.root({ name: "CN=Fuzz Root,O=Fuzz Trust,C=US" });
	const ca = await root.intermediate({ name: "CN=Fuzz CA,O=Fuzz Trust,C=US" });
	const leaf = await ca.leaf({ names: ["127.0.0.1", "localhost"] });
	const server = tls.createServer({ key: leaf.keyPem, cert: leaf.chainPem({ root: true }), maxVersion: "TLSv1.2" });
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const said: Buffer[] = [];
	// Listens in between.
	const between = createServer((client: Socket) => {
		const upstream = connect((server.address() as AddressInfo).port, "127.0.0.1");
		let answers = 0;
		client.on("data", (chunk) => {
			answers++;
			upstream.write(chunk);
		});
		upstream.on("data", (chunk) => {
			// Only what comes before the client's second message.
			if (answers === 1) said.push(chunk);
			client.write(chunk);
		});
		for (const socket of [client, upstream]) socket.on("error", () => undefined);
		client.on("close", () => upstream.destroy());
	});
	between.listen(0, "127.0.0.1");
	await once(between, "listening");
	const { port } = between.address() as AddressInfo;
	const client = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
	await once(client, "secureConnect");
	client.destroy();
	between.close();
	server.close();
	return Buffer.concat(said);
}
