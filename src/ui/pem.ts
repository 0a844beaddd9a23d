/** One certificate as text (RFC 7468), with a line feed at the end, out of its DER in base64. */
export function toPem(der: string): string {
	return ["-----BEGIN CERTIFICATE-----", ...(der.match(/.{1,64}/g) ?? []), "-----END CERTIFICATE-----", ""].join("\n");
}
