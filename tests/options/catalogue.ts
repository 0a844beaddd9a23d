/** Authorities for the options page to show, in tests and in pictures. Made up, but for their names. */
import type { AuthorityDetails, CertificateDetails, KeyDetails, Preset } from "../../src/catalogue/details.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** 44 characters that look like the hash of a key, another for each number. */
export function spki(number: number): string {
	let left = (number + 1) * 2654435761;
	const letters = Array.from({ length: 42 }, () => {
		left = (left * 1103515245 + 12345) % 4294967296;
		return ALPHABET[Math.floor(left / 65536) % 64];
	});
	return `${letters.join("")}A=`;
}

/** 64 hex digits, others for each number. */
export function sha256(number: number): string {
	let left = (number + 7) * 40503;
	return Array.from({ length: 64 }, () => {
		left = (left * 1103515245 + 12345) % 4294967296;
		return (Math.floor(left / 65536) % 16).toString(16);
	}).join("");
}

let numbers = 0;

function certificate(name: string | null, more: Partial<CertificateDetails> = {}): CertificateDetails {
	numbers += 1;
	return {
		sha256: sha256(numbers),
		name,
		organization: null,
		country: null,
		notBefore: "2010-08-31T07:11:25.000Z",
		notAfter: "2030-08-31T07:11:25.000Z",
		kind: "root",
		builtIn: false,
		distrustAfter: null,
		revoked: false,
		under: [],
		...more,
	};
}

function key(...certificates: readonly CertificateDetails[]): KeyDetails {
	numbers += 1;
	return { spki: spki(numbers), certificates };
}

const authority = (id: string, name: string, more: Partial<AuthorityDetails> = {}): AuthorityDetails => ({
	id,
	name,
	legalName: null,
	country: null,
	status: "trusted",
	controlledBy: null,
	keys: [key(certificate(`${name} Root`, { builtIn: true }))],
	incidents: [],
	...more,
});

export const cnnicDetails = authority("cnnic", "CNNIC", {
	legalName: "China Internet Network Information Center",
	country: "CN",
	status: "removed",
	controlledBy: { who: "state", source: "https://www.example.org/who-runs-it" },
	keys: [
		key(
			certificate("CNNIC ROOT", { organization: "CNNIC", country: "CN" }),
			certificate("CNNIC ROOT", { kind: "intermediate", under: ["entrust"], revoked: true }),
		),
		key(
			certificate("China Internet Network Information Center EV Certificates Root", {
				distrustAfter: "2015-04-01T00:00:00.000Z",
			}),
		),
	],
	incidents: [
		{
			date: "2015-03-20",
			kind: "mis-issuance",
			summary:
				"A firm in Egypt that CNNIC had given its powers to made certificates for several Google sites and used them in a device that read traffic.",
			vendorActions: [
				{ vendor: "Google", date: "2015-04-01", what: "Said that Chrome would stop accepting CNNIC" },
				{ vendor: "Mozilla", date: "2015-04", what: "Accepted only what was issued before 1 April 2015" },
			],
			sources: ["https://security.googleblog.example/2015/03/", "https://blog.mozilla.example/security/2015/04/02/"],
		},
		{
			date: "2010",
			kind: "governance",
			summary: "Its inclusion in Firefox was disputed in public.",
			vendorActions: [],
			sources: ["https://bugzilla.example/show_bug.cgi?id=1"],
		},
	],
});

const amazon = authority("amazon", "Amazon", {
	legalName: "Amazon Trust Services",
	country: "US",
	keys: [
		key(certificate("Amazon Root CA 1", { builtIn: true }), certificate("Amazon Root CA 1", { kind: "intermediate" })),
		key(certificate("Starfield Services Root Certificate Authority - G2", { builtIn: true, under: ["godaddy"] })),
	],
});

const named: readonly AuthorityDetails[] = [
	cnnicDetails,
	amazon,
	authority("entrust", "Entrust", {
		country: "US",
		status: "constrained",
		incidents: [
			{
				date: "2024-06-27",
				kind: "compliance",
				summary:
					"Google said that Chrome would stop trusting new certificates of Entrust, after years of broken rules.",
				vendorActions: [{ vendor: "Google", date: null, what: "Chrome distrusts what is issued after November 2024" }],
				sources: ["https://security.googleblog.example/2024/06/"],
			},
		],
	}),
	authority("godaddy", "GoDaddy", { country: "US", legalName: "GoDaddy.com, LLC" }),
	authority("kazakhstan", "Kazakhstan (state interception)", {
		country: "KZ",
		status: "never-included",
		keys: [key(certificate("Qaznet Trust Network")), key(certificate(null))],
	}),
	authority("e-tugra", "E-Tuğra", { country: "TR", status: "removed" }),
	authority("lets-encrypt", "Let’s Encrypt (ISRG)", { country: "US" }),
];

/** What the tests and pictures show. */
export const details: readonly AuthorityDetails[] = named;

const COUNTRIES = ["US", "DE", "CN", "GB", "ES", "TW", "JP", "FR", "NL", "HK"] as const;

/** Those and so many more, with so many keys each. */
export function manyDetails(count: number, keys: number): readonly AuthorityDetails[] {
	const others = Array.from({ length: count }, (_, index) =>
		authority(`authority-${index}`, `Authority ${index}`, {
			country: COUNTRIES[index % COUNTRIES.length] ?? null,
			status: index % 3 === 0 ? "subordinate" : "trusted",
			keys: Array.from({ length: keys }, (_key, each) =>
				key(
					certificate(`Issuing CA ${each} of ${index}`, {
						kind: "intermediate",
						organization: `Organization ${index}`,
						under: ["entrust"],
					}),
				),
			),
		}),
	);
	return [...named, ...others];
}

export const presets: readonly Preset[] = [
	{
		id: "interception",
		policy: {
			version: 1,
			rules: [
				{
					id: "kazakhstan",
					title: "Kazakhstan's state interception",
					reason: "In 2019, providers in Kazakhstan told people to install this authority.",
					match: [{ authority: "kazakhstan" }],
					action: "block",
					enabled: true,
				},
			],
		},
	},
	{
		id: "distrusted",
		policy: {
			version: 1,
			rules: [
				{
					id: "cnnic",
					title: "CNNIC",
					reason: "A firm with its powers made certificates for Google's sites.",
					match: [{ authority: "cnnic" }],
					action: "block",
					enabled: true,
				},
				{
					id: "distrusted-entrust",
					title: "Entrust",
					reason: "Years of broken rules.",
					match: [{ authority: "entrust" }],
					issuedAfter: "2024-11-30T23:59:59Z",
					action: "block",
					enabled: true,
				},
				{
					id: "distrusted-e-tugra",
					title: "E-Tuğra",
					reason: "Its systems were open to anyone.",
					match: [{ authority: "e-tugra" }],
					action: "block",
					enabled: true,
				},
			],
		},
	},
	{
		id: "china-and-hong-kong",
		policy: {
			version: 1,
			rules: ["CN", "HK"].map((country) => ({
				id: `china-and-hong-kong-${country.toLowerCase()}`,
				title: country === "CN" ? "China" : "Hong Kong",
				reason: "Authorities there answer to the same state.",
				match: [{ country }],
				action: "block",
				enabled: true,
			})),
		},
	},
];
