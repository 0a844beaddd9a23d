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
	["imap.outlook.example", "imap.<wbr>outlook.<wbr>example"],
	["outlook.example:8443", "outlook.<wbr>example:8443"],
	["почта.пример.рф", "почта.<wbr>пример.<wbr>рф"],
	["xn--80a1acny.xn--p1ai", "xn--80a1acny.<wbr>xn--p1ai"],
	["_dmarc.a-b.example", "_dmarc.<wbr>a-b.<wbr>example"],
])("a host name may be parted behind its dots: %s", (name, parted) => expect(shown(name)).toBe(`<bdi>${parted}</bdi>`));

test.each([
	"DigiCert",
	"VeriSign, Inc.",
	"Foo e.V.",
	"192.0.2.1",
	"192.0.2.1:8443",
	"[2001:db8::1]",
	"2001:db8::1",
	"localhost",
	"",
])("nothing else is: %s", (name) => expect(shown(name)).toBe(`<bdi>${name}</bdi>`));
