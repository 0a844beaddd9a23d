/** What tests of all languages share. */

/** The languages that Countersign speaks, as Firefox names their folders. */
export const LANGUAGES = ["en", "zh_CN", "zh_TW", "ru", "fa", "ar", "tr", "kk", "vi", "es", "fr", "de"];

/** Words in Latin letters that other scripts keep: names, formats, what is typed or pressed. */
const KEPT = new Set(
	(
		"Countersign Firefox Chrome Mozilla Google Apple Yahoo iCloud Lenovo Superfish MCS Holdings CNNIC Entrust DigiCert " +
		"IMAP POP3 SMTP STARTTLS Outlook Gmail QQ NetEase Node js countersign PEM DER PKCS P7B P7C P12 PFX CRT CER JSON SHA SPKI HTTP HTTPS TLS SSL URL IP IPv4 IPv6 DNS OCSP CIDR UTF CRLite " +
		"DigiNotar Digicert Sdn Bhd PROCERT DarkMatter DigitalTrust AffirmTrust ACCV ANSSI IGC FNMT GRCA Kamu SM TAK " +
		"PKIoverheid TunTrust Facebook RSA UTC Cookie cookie about addons Alt Shift Enter Esc Tab example com org lan local localhost base64 Base64 hex"
	).split(" "),
);

/** Whether a word in Latin letters is one that every language keeps: "SHA-256", "https://". */
export const isKept = (word: string): boolean =>
	word.split(/[-:./]+/).every((part) => KEPT.has(part) || KEPT.has(part.toUpperCase()) || /^\d*$/.test(part));
