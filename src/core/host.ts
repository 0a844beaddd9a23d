/**
 * A host is a type, not a string. Names are compared by whole labels, addresses by their bits.
 * Everything here expects the canonical spelling that the URL standard gives (lower case, A-labels,
 * dotted IPv4, compressed IPv6): `schema/names.ts` brings a policy's names into it, and Firefox's
 * URLs have it already.
 */

export type Host =
	| { readonly kind: "name"; readonly name: string }
	/** `bits` is the address as a number, `size` 32 or 128. IPv4 mapped into IPv6 counts as IPv4. */
	| { readonly kind: "address"; readonly size: 32 | 128; readonly bits: bigint; readonly text: string };

export interface Block {
	readonly size: 32 | 128;
	readonly prefix: number;
	/** The network part, shifted right so that it can be compared at once. */
	readonly network: bigint;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const MAPPED = 0xffffn;

function ipv4Bits(text: string): bigint | null {
	let bits = 0n;
	for (const part of text.split(".")) {
		const byte = Number(part);
		if (byte > 255) return null;
		bits = (bits << 8n) | BigInt(byte);
	}
	return bits;
}

function ipv6Bits(text: string): bigint | null {
	const halves = text.split("::");
	if (halves.length > 2) return null;
	const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
	const missing = 8 - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
	let bits = 0n;
	for (const group of [...head, ...Array<string>(missing).fill("0"), ...tail]) {
		if (!/^[0-9a-f]{1,4}$/.test(group)) return null;
		bits = (bits << 16n) | BigInt(`0x${group}`);
	}
	return bits;
}

/**
 * Reads a canonical host: a name in A-labels, "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". A
 * trailing dot and letter case do not matter. Never throws; what is no address is a name.
 */
export function readHost(text: string): Host {
	const lower = text.toLowerCase();
	const bare = lower.endsWith(".") ? lower.slice(0, -1) : lower;
	// Almost every host is a name, and no name that could be one ends in a digit.
	if (isDigit(bare.charCodeAt(bare.length - 1)) && IPV4.test(bare)) {
		const bits = ipv4Bits(bare);
		if (bits !== null) return { kind: "address", size: 32, bits, text: bare };
	}
	if (bare.includes(":")) {
		const inner = bare.startsWith("[") && bare.endsWith("]") ? bare.slice(1, -1) : bare;
		const bits = ipv6Bits(inner);
		if (bits !== null) {
			return bits >> 32n === MAPPED
				? { kind: "address", size: 32, bits: bits & 0xffff_ffffn, text: inner }
				: { kind: "address", size: 128, bits, text: inner };
		}
	}
	return { kind: "name", name: bare };
}

/** Reads "10.0.0.0/8" or "fd00::/8". Returns null for anything else, also with host bits set. */
export function readBlock(text: string): Block | null {
	const slash = text.lastIndexOf("/");
	if (slash < 0 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return null;
	const address = readHost(text.slice(0, slash));
	const prefix = Number(text.slice(slash + 1));
	if (address.kind !== "address" || prefix > address.size) return null;
	const shift = BigInt(address.size - prefix);
	if ((address.bits >> shift) << shift !== address.bits) return null;
	return { size: address.size, prefix, network: address.bits >> shift };
}

/** Whether an address lies in a block. */
export function isInBlock(host: Host, block: Block): boolean {
	return (
		host.kind === "address" &&
		host.size === block.size &&
		host.bits >> BigInt(block.size - block.prefix) === block.network
	);
}

/** Whether `host` is `domain` or below it, by whole labels: "evilexample.com" is not under "example.com". */
export function isUnder(host: Host, domain: string): boolean {
	if (host.kind !== "name") return false;
	const { name } = host;
	return (
		name.endsWith(domain) &&
		(name.length === domain.length || name.charCodeAt(name.length - domain.length - 1) === 0x2e)
	);
}

/** In `acceptFor` and `sites`: every name of a single label, such as a router's or printer's. */
export const LOCAL_NAMES = "<local>";

/**
 * Values by names, addresses and blocks. Looking one host up costs one hash look-up per label of its
 * name, or one per distinct prefix length of the blocks, however many entries there are.
 */
export class HostTable<Value> {
	readonly #names = new Map<string, Value>();
	readonly #blocks = { 32: new Map<number, Map<bigint, Value>>(), 128: new Map<number, Map<bigint, Value>>() };
	#local: Value | undefined;

	/**
	 * The value of an entry, made by `make` where there is none yet. `entry` is in the canonical
	 * spelling that `schema/policy.ts` gives.
	 */
	at(entry: string, make: () => Value): Value {
		if (entry === LOCAL_NAMES) {
			this.#local ??= make();
			return this.#local;
		}
		const host = readHost(entry);
		const block =
			readBlock(entry) ?? (host.kind === "address" ? { size: host.size, prefix: host.size, network: host.bits } : null);
		if (block)
			return getOrMake(getOrMake(this.#blocks[block.size], block.prefix, newMap<bigint, Value>), block.network, make);
		return getOrMake(this.#names, host.kind === "name" ? host.name : entry, make);
	}

	/** The values of all entries that the host is, or is below or in. */
	find(host: Host): Value[] {
		const found: Value[] = [];
		if (host.kind === "address") {
			for (const [prefix, networks] of this.#blocks[host.size]) {
				const value = networks.get(host.bits >> BigInt(host.size - prefix));
				if (value !== undefined) found.push(value);
			}
			return found;
		}
		let rest = host.name;
		if (this.#local !== undefined && !rest.includes(".")) found.push(this.#local);
		for (;;) {
			const value = this.#names.get(rest);
			if (value !== undefined) found.push(value);
			const dot = rest.indexOf(".");
			if (dot < 0) return found;
			rest = rest.slice(dot + 1);
		}
	}
}

function newMap<Key, Value>(): Map<Key, Value> {
	return new Map();
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
	const known = map.get(key);
	if (known !== undefined) return known;
	const made = make();
	map.set(key, made);
	return made;
}
