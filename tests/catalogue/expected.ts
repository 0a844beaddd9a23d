/** Whose real certificates are, from sources that the generator does not use. */

/** Groups of historic.jsonl that are named otherwise than their authority. */
export const GROUPS: Readonly<Record<string, string>> = {
	chunghwa: "chunghwa-telecom",
	etugra: "e-tugra",
	russia: "russia-trusted-root",
};

/** An authority that is not the one that a group of certificates was gathered for. */
export interface Exception {
	readonly group: string;
	/** The subject's organisation, or its name where it has none. */
	readonly organization: string;
	readonly id: string;
	readonly country: string | null;
	readonly why: string;
}

const ownKey = "An intermediate for another organisation, under a root of the group: it holds a key of its own.";
const never = "A key that was never in a browser's list, so that no incident names a country.";

export const EXCEPTIONS: readonly Exception[] = [
	{
		group: "camerfirma",
		organization: "DigitalSign Certificadora Digital",
		id: "digitalsign",
		country: "PT",
		why: ownKey,
	},
	{
		group: "camerfirma",
		organization: "MULTICERT - Serviços de Certificação Electrónica S.A.",
		id: "multicert-servicos-de-certificacao-electronica-s",
		country: "PT",
		why: ownKey,
	},
	{
		group: "camerfirma",
		organization: "M.I. Govern d'Andorra",
		id: "m-i-govern-d-andorra",
		country: "AD",
		why: ownKey,
	},
	{ group: "camerfirma", organization: "InfoCert S.p.A.", id: "infocert-s-p-a", country: "IT", why: ownKey },
	{
		group: "camerfirma",
		organization: "Intesa Sanpaolo S.p.A.",
		id: "intesa-sanpaolo-s-p-a",
		country: "IT",
		why: ownKey,
	},
	{
		group: "camerfirma",
		organization: "ORGANIZACION MEDICA COLEGIAL",
		id: "organizacion-medica-colegial",
		country: "ES",
		why: ownKey,
	},
	{
		group: "camerfirma",
		organization: "Consejo General de Colegios Oficiales de Médicos de España",
		id: "organizacion-medica-colegial",
		country: "ES",
		why: "The same key as ORGANIZACION MEDICA COLEGIAL, which is what the older certificate says.",
	},
	{ group: "camerfirma", organization: "CITISEG S.A.S.", id: "citiseg-s-a-s", country: "CO", why: ownKey },
	{
		group: "camerfirma",
		organization: "IVNOSYS SOLUCIONES S.L.",
		id: "ivnosys-soluciones-s-l",
		country: "ES",
		why: ownKey,
	},
	{
		group: "cnnic",
		organization: "MCSHOLDING",
		id: "mcs-holdings",
		country: "EG",
		why: "CNNIC gave it this intermediate; the key was that of MCS Holdings in Egypt.",
	},
	{ group: "diginotar", organization: "EASEE-gas", id: "easee-gas", country: "FR", why: ownKey },
	{
		group: "diginotar",
		organization: "Nederlandse Orde van Advocaten",
		id: "nederlandse-orde-van-advocaten",
		country: "NL",
		why: ownKey,
	},
	{
		group: "diginotar",
		organization: "Delft University of Technology",
		id: "delft-university-of-technology",
		country: "NL",
		why: ownKey,
	},
	{
		group: "etugra",
		organization: "SSL Corporation",
		id: "ssl-com",
		country: "US",
		why: "A root of SSL.com that e-Tuğra signed: the key is SSL.com's.",
	},
	{
		group: "etugra",
		organization: "SSL Corp",
		id: "ssl-com",
		country: "US",
		why: "An intermediate of SSL.com that was signed under e-Tuğra: the key is SSL.com's.",
	},
	{
		group: "etugra",
		organization: "Isimtescil Bilisim Anonim Sirketi",
		id: "isimtescil-bilisim-anonim-sirketi",
		country: "TR",
		why: ownKey,
	},
	{
		group: "wosign",
		organization: "StartCom Ltd.",
		id: "startcom",
		country: "IL",
		why: "StartCom's keys, signed under WoSign's name for it: an owner is who held the key.",
	},
	{
		group: "wosign",
		organization: "Qihoo 360 Technology Limited",
		id: "qihoo-360-technology-limited",
		country: "CN",
		why: ownKey,
	},
	{
		group: "wosign",
		organization: "上海凭安征信服务有限公司",
		id: "organization-6174067bdf2e",
		country: "CN",
		why: ownKey,
	},
	{
		group: "other-removed",
		organization: "Firmaprofesional SA",
		id: "firmaprofesional",
		country: "ES",
		why: "Known by its key; CCADB does not list this copy.",
	},
	{ group: "edellroot", organization: "eDellRoot", id: "edellroot", country: "US", why: never },
	{ group: "hacking-team", organization: "HT srl", id: "hacking-team", country: "IT", why: never },
];

/** Owners as CCADB names them, by the authorities of the catalogue that they are. */
export const CCADB: Readonly<Record<string, readonly string[]>> = {
	"A-Trust": ["a-trust-ges-f-sicherheitssysteme-im-elektr-daten"],
	AOL: ["america-online-inc"],
	Actalis: ["actalis"],
	"Agence Nationale de Certification Electronique": ["tuntrust"],
	"Amazon Trust Services": ["amazon-trust-services"],
	"Asseco Data Systems S.A. (previously Unizeto Certum)": ["certum-asseco"],
	"Autoridad de Certificacion Firmaprofesional": ["firmaprofesional"],
	"Autoridad de Certificación (ANF AC)": ["anf-ac"],
	"BEIJING CERTIFICATE AUTHORITY Co., Ltd.": ["bjca"],
	Buypass: ["buypass"],
	"Certainly LLC": ["certainly"],
	Certicámara: ["sociedad-cameral-de-certificacion-digital-certic"],
	Certigna: ["certigna"],
	"China Financial Certification Authority (CFCA)": ["cfca"],
	"Chunghwa Telecom": ["chunghwa-telecom"],
	ComSign: ["comsign"],
	"Consorci Administració Oberta de Catalunya (Consorci AOC, CATCert)": [
		"agencia-catalana-de-certificacio-nif-q-0801176-i",
	],
	"Cybertrust Japan / JCSI": ["cybertrust-japan"],
	"D-Trust": ["d-trust"],
	"Deutsche Telekom Security GmbH": ["deutsche-telekom-security"],
	// S-TRUST took over TC TrustCenter's last roots; their certificates still say whose they were.
	"Deutscher Sparkassen Verlag GmbH (S-TRUST, DSV-Gruppe)": ["deutscher-sparkassen-verlag-gmbh", "tc-trustcenter-gmbh"],
	// Bought Symantec's keys; these stay Symantec's here, whose rules they are under.
	DigiCert: ["digicert", "symantec"],
	"DigitalSign - Certificadora Digital, S.A": ["digitalsign"],
	"Disig, a.s.": ["disig"],
	// Both names are its own.
	"DocuSign (OpenTrust/Keynectis)": ["certplus", "opentrust"],
	EDICOM: ["edicom"],
	Entrust: ["entrust"],
	Eviden: ["eviden-atos"],
	"Global Digital Cybersecurity Authority Co., Ltd. (Formerly Guang Dong Certificate Authority (GDCA))": ["gdca"],
	"GlobalSign nv-sa": ["globalsign"],
	GoDaddy: ["godaddy"],
	"Google Trust Services LLC": ["google-trust-services"],
	"Government of Hong Kong (SAR), Hongkong Post, Certizen": ["hongkong-post"],
	"Government of Japan, Ministry of Internal Affairs and Communications": ["japanese-government"],
	"Government of Spain, Autoritat de Certificació de la Comunitat Valenciana (ACCV)": ["accv"],
	"Government of Spain, Fábrica Nacional de Moneda y Timbre (FNMT)": ["fnmt"],
	"Government of The Netherlands, PKIoverheid (Logius)": ["pkioverheid"],
	"Government of Turkey, Kamu Sertifikasyon Merkezi (Kamu SM)": ["kamu-sm"],
	HARICA: ["harica"],
	"IdenTrust Services, LLC": ["identrust"],
	"Internet Security Research Group": ["isrg-lets-encrypt"],
	"Izenpe S.A.": ["izenpe"],
	"Krajowa Izba Rozliczeniowa S.A. (KIR)": ["kir"],
	LAWtrust: ["lawtrust"],
	LuxTrust: ["luxtrust-s-a"],
	"Microsec Ltd.": ["microsec"],
	"Microsoft Corporation": ["microsoft"],
	"NAVER Cloud Trust Services": ["naver-cloud"],
	Netlock: ["netlock"],
	// Sectigo has its key.
	"Network Solutions": ["sectigo"],
	OISTE: ["oiste-wisekey"],
	// DigiCert owns it.
	QuoVadis: ["digicert"],
	"SECOM Trust Systems CO., LTD.": ["secom"],
	"SECOM Trust Systems Co., Ltd.": ["secom"],
	"SK ID Solutions AS": ["as-sertifitseerimiskeskus"],
	"SSL.com": ["ssl-com"],
	Sectigo: ["sectigo"],
	"Shanghai Electronic Certification Authority Co., Ltd.": ["shanghai-ca-unitrust"],
	"SwissSign AG": ["swisssign"],
	"Swisscom (Switzerland) Ltd": ["swisscom"],
	"Taiwan-CA Inc. (TWCA)": ["twca"],
	"Telia Company": ["telia"],
	"TrustAsia Technologies, Inc.": ["trustasia"],
	Trustis: ["trustis-limited"],
	"Viking Cloud, Inc.": ["trustwave"],
	certSIGN: ["certsign"],
	"e-Guven Elektronik Bilgi Guvenligi A.S.": ["e-guven"],
	"e-commerce monitoring GmbH": ["globaltrust"],
	"eMudhra Technologies Limited": ["emudhra"],
	"iTrusChina Co., Ltd.": ["itruschina"],
};
