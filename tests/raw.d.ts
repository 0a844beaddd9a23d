/** A file's text, as Vite hands it over. */
declare module "*?raw" {
	const text: string;
	// biome-ignore lint/style/noDefaultExport: Vite makes it one
	export default text;
}
