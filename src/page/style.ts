/** The look that all pages share: calm, typographic, in the colours of the reader's system. */

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf8; --raised: #f4f2ec; --ink: #1f1e1b; --quiet: #66625a; --rule: #dfdbd1; --link: #1f5180;
  --error: #a3262b; --warning: #875400; --note: #3d617f; --good: #2c6a3f;
  --text: system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  --fixed: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181a; --raised: #212326; --ink: #e5e2db; --quiet: #a19d94; --rule: #34373b; --link: #93bde6;
    --error: #f28b85; --warning: #e2b463; --note: #93b9da; --good: #86c99a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 var(--text); }
main { max-width: 60rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
h1, h2, h3, p, dl, dd, ol, ul, table { margin: 0; padding: 0; font-weight: inherit; }
h1 { font-size: 1.9rem; line-height: 1.2; font-weight: 600; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 1rem; font-size: 1.15rem; font-weight: 600; letter-spacing: -.005em; }
h3 { font-size: 1rem; }
a { color: var(--link); text-decoration-thickness: .06em; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: .12em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
code, .fixed { font-family: var(--fixed); font-size: .9em; }
.kind { color: var(--quiet); font-size: .875rem; margin-bottom: .35rem; }
.lead { margin-top: .75rem; font-size: 1.1rem; }
.quiet { color: var(--quiet); }
.error { color: var(--error); } .warning { color: var(--warning); } .note { color: var(--note); } .good { color: var(--good); }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.75rem; margin-top: 1.75rem; padding: 1.1rem 0; border: solid var(--rule); border-width: 1px 0; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--quiet); font-size: .85rem; }
.figures dd { font-size: 1.5rem; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.figures .zero { color: var(--quiet); font-weight: 400; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
th, td { padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
th[scope=row] { white-space: nowrap; }
thead th { color: var(--quiet); font-size: .85rem; font-weight: 400; }
tbody th { font-weight: 400; }
.count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { display: block; width: 100%; min-width: 4rem; height: .5rem; fill: currentColor; opacity: .75; }
footer.page { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--quiet); font-size: .85rem; }
@media (max-width: 40rem) {
  main { padding: 1.75rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  .figures { gap: .9rem 1.75rem; }
}
@media print {
  .wide { overflow: visible; }
}
`;
