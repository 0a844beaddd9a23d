/** The looks of a report. It travels alone, so its style is inside; the system's fonts and colours are enough. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 50rem; padding: 1.5rem; font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 0.5rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.25rem 0 0.5rem; font-size: 1.2rem; }
p, dl, pre, blockquote { margin: 0 0 0.75rem; }
ol { padding-inline-start: 1.5rem; }
li { margin-block-end: 1.5rem; }
li::marker { font-weight: 700; }
dl { display: grid; gap: 0.125rem 1rem; }
dt { color: color-mix(in srgb, currentColor 70%, transparent); }
dd { margin: 0 0 0.375rem; }
pre { padding: 0.75rem; border: 1px solid currentColor; border-radius: 0.375rem; font: 0.8125rem/1.4 monospace;
	white-space: pre-wrap; }
blockquote { padding-inline-start: 1rem; border-inline-start: 3px solid currentColor; }
bdi { unicode-bidi: isolate; }
.mono { font: 0.875rem/1.4 monospace; direction: ltr; unicode-bidi: isolate; }
dd.mono:dir(rtl), :dir(rtl) > dd.mono { text-align: end; }
.report-refused { padding: 0.75rem; border: 2px solid currentColor; border-radius: 0.375rem; }
.report-mark, .report-practice { font-weight: 700; }
.report-mark { padding: 0 0.5rem; border: 2px solid currentColor; border-radius: 1rem; font-size: 0.875rem; }
.report-practice { padding: 0.75rem; border: 3px dashed currentColor; }
@media (min-width: 40rem) { dl { grid-template-columns: 12rem minmax(0, 1fr); } dd { margin: 0; } }
@media print { body { max-width: none; padding: 0; } pre, li > dl { break-inside: avoid; } }
`;
