import "./setup.ts";

import { render } from "preact";
import { expect, test } from "vitest";
import { Name } from "../../src/ui/Name.tsx";

function shown(name: string): string {
	render(<Name of={name} />, document.body);
	const html = document.body.innerHTML;
	expect(document.body.textContent).toBe(name);
	render(null, document.body);
	return html;
}

test.each([
	["login.ministry-of-communications.example", "login.<wbr>ministry-of-communications.<wbr>example"],
	["imap.very-long-name.outlook.example:8443", "imap.<wbr>very-long-name.<wbr>outlook.<wbr>example:8443"],
	["почта.министерство-связи.пример.рф", "почта.<wbr>министерство-связи.<wbr>пример.<wbr>рф"],
	["_dmarc.xn--80a1acny.xn--e1afmkfd.xn--p1ai", "_dmarc.<wbr>xn--80a1acny.<wbr>xn--e1afmkfd.<wbr>xn--p1ai"],
])("a long host name may be parted behind its dots: %s", (name, parted) =>
	expect(shown(name)).toBe(`<bdi>${parted}</bdi>`),
);

test.each([
	"DigiCert",
	"imap.outlook.example",
	"outlook.example:8443",
	"Starfield Services Root Certificate Authority - G2.1",
	"VeriSign, Inc.",
	"Foo e.V.",
	"192.0.2.1",
	"192.0.2.1:8443",
	"[2001:db8::1]",
	"2001:db8::1",
	"192.0.2.1.192.0.2.1.192.0.2.1.192.0.2.1",
	"localhost",
	"",
])("no shorter one is, and nothing else: %s", (name) => expect(shown(name)).toBe(`<bdi>${name}</bdi>`));
