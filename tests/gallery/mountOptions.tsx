import { render, type VNode } from "preact";
import { App } from "../../src/options/App.tsx";
import { createOptions, type Options } from "../../src/options/store.ts";
import { clock } from "../../src/ui/clock.ts";
import { manyDetails, presets } from "../options/catalogue.ts";
import { fakeBackground } from "../options/fakeBackground.ts";
import { cnnic, full, KEY, offered } from "../options/samples.ts";
import { hurried, nobody } from "./nobody.ts";
import type { OptionsState } from "./optionsStates.ts";
import { settled } from "./settled.ts";

async function file(name: string): Promise<Uint8Array> {
	return new Uint8Array(await (await fetch(`/tests/certificate/fixtures/${name}`)).arrayBuffer());
}

const policy = JSON.stringify({
	version: 1,
	rules: [
		cnnic,
		{ ...full, action: "block", enabled: true, title: "DigiNotar and its copies" },
		{ id: "new", title: "A stolen key", match: [{ spki: KEY }], action: "warn" },
	],
	settings: { unverifiable: "allow" },
});

async function act(store: Options, what: Exclude<OptionsState["act"], undefined | "silent">): Promise<void> {
	const { add, transfer } = store;
	if (what === "delete") await store.remove(full);
	if (what === "edit" || what === "edit-bad") store.edit(full);
	if (what === "edit-bad") {
		const editor = store.editor.value;
		const [, second] = editor?.draft.value.match ?? [];
		editor?.set({ title: "", sites: "https://google.com/", issuedDay: "?" });
		if (second) editor?.changeSelector("match", second.row, { kind: "spki", value: "not a hash" });
		await editor?.save();
	}
	if (what === "files" || what === "file-bad") {
		add.open();
		if (what === "files") await add.read([{ name: "chain.p7b", content: () => file("chain.p7b") }]);
		else {
			const key = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----";
			await add.read([
				{ name: "server.key", content: async () => key },
				{ name: "chain.p7b", content: async () => (await file("chain.p7b")).subarray(0, 600) },
			]);
		}
	}
	if (what === "country") {
		add.open();
		add.choose("country");
		add.setValue("Chnia");
		await add.add();
	}
	if (what === "overridden") {
		add.open();
		add.choose("overridden");
	}
	if (what === "check" || what === "check-bad") await store.check.run();
	if (what === "search") store.book.look({ text: "turk" });
	if (what === "search-nothing") store.book.look({ text: "no such name" });
	if (what === "customize") store.customize({ id: "entrust", name: "Entrust" });
	if (what === "set") for (const preset of presets) await store.setPreset(preset, true);
	if (what === "list-new" || what === "list-bad") {
		store.lists.open();
		store.lists.set({ url: offered.url, key: offered.key });
		await store.lists.look();
	}
	if (what === "import") await transfer.choose({ name: "policy.json", text: async () => policy });
	if (what === "import-bad") {
		await transfer.choose({ name: "policy.json", text: async () => policy.replace(KEY, "H0IkzshPyZ==") });
	}
}

/** Renders the options page in a state, and what renders it again. */
export async function optionsPage({
	view,
	act: what,
	fragment = "",
	sites,
	impacts,
	mail,
}: OptionsState): Promise<() => VNode> {
	const background = fakeBackground(view);
	if (sites) background.known = sites;
	background.mailView = { ...background.mailView, ...mail };
	Object.assign(background.impacts, impacts);
	if (what === "list-new") background.listPreview = offered;
	if (what === "silent") background.options = nobody;
	const isHealthy = what !== "check-bad";
	if (!isHealthy) background.self = { ...background.self, seen: 0, last: null };
	const store = createOptions({
		background,
		onChanges: background.onChanges,
		saveFile: () => undefined,
		check: {
			readStorage: async () => ({ state: isHealthy ? background.self.state : "?", previous: background.self.state }),
			readCopy: () => background.self.state,
			maySeeAllSites: async () => true,
			isOnToolbar: async () => isHealthy,
		},
		mail: { requestPermissions: async () => true, dropPermissions: async () => undefined },
		clock: what === "silent" ? hurried : clock,
		loadDetails: async () => manyDetails(300, 4),
		loadPresets: async () => presets,
		fragment: () => fragment,
		onFragment: () => () => undefined,
	});
	store.start();
	const shown = () => <App store={store} />;
	render(shown(), document.body);
	await settled();
	if (what === "silent") background.changeElsewhere({});
	else if (what) await act(store, what);
	await settled();
	return shown;
}
