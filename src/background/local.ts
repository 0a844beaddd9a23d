import { type Host, HostTable, LOCAL_NAMES } from "../core/host.ts";

const table = (entries: readonly string[]): HostTable<true> => {
	const built = new HostTable<true>();
	for (const entry of entries) built.at(entry, () => true);
	return built;
};

/**
 * This machine and the networks around it: loopback, private use, link-local, shared and unspecified
 * addresses (RFC 6890, RFC 4193), and `localhost`, which never leaves the machine (RFC 6761 6.3).
 */
const NEVER = table([
	"localhost",
	"0.0.0.0/8",
	"10.0.0.0/8",
	"100.64.0.0/10",
	"127.0.0.0/8",
	"169.254.0.0/16",
	"172.16.0.0/12",
	"192.168.0.0/16",
	"::/128",
	"::1/128",
	"fc00::/7",
	"fe80::/10",
]);

/**
 * Names that mean something only on the network at hand: of a single label, of multicast DNS (RFC 6762), of
 * home networks (RFC 8375), reserved for private use, and what routers and offices are in the habit of.
 */
const LOCAL = table([
	LOCAL_NAMES,
	"local",
	"home.arpa",
	"internal",
	"lan",
	"home",
	"corp",
	"intranet",
	"private",
	"fritz.box",
]);

/** Whether a host is this machine or an address that is not routed in public: never probed. */
export const isPrivateAddress = (host: Host): boolean => NEVER.find(host).length > 0;

/** Whether a name means something on the network at hand only: not probed for pages of other sites. */
export const isLocalName = (host: Host): boolean => LOCAL.find(host).length > 0;
