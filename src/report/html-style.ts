/** What the page of an audit adds to the look of all pages. */

export const REPORT_STYLE = `
.asked { margin-top: .75rem; font-size: .875rem; overflow-wrap: anywhere; }
.below { margin-top: .6rem; font-size: .875rem; }
.level { font-size: .875rem; white-space: nowrap; }
.checks .share { width: 22%; }
.checks .means { font-size: .875rem; }
.checks th code { white-space: nowrap; }
.months { table-layout: fixed; min-width: 42rem; }
.months th, .months td { padding: .35rem .5rem; }
.months th:first-child { padding-left: 0; }
.in-error { --tint: var(--error); } .in-warning { --tint: var(--warning); } .in-note { --tint: var(--note); }
.depth1 { background: color-mix(in srgb, var(--tint) 10%, transparent); }
.depth2 { background: color-mix(in srgb, var(--tint) 18%, transparent); }
.depth3 { background: color-mix(in srgb, var(--tint) 27%, transparent); }
.depth4 { background: color-mix(in srgb, var(--tint) 37%, transparent); }
.check { margin-top: 2.25rem; }
.check h3 { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; }
.check h3 code { font-weight: 600; font-size: 1rem; }
.check ol { list-style: none; margin-top: .6rem; border-top: 1px solid var(--rule); }
.check li { padding: .55rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
.check li p + p { font-size: .925rem; }
.path a { text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); }
.path a:hover { text-decoration-color: currentColor; }
.article { white-space: nowrap; font-size: .85rem; }
.rest { margin-top: .4rem; padding: .4rem .7rem; background: var(--raised); border-radius: 4px; font-size: .9rem; }
@media (max-width: 40rem) {
  .months { table-layout: auto; min-width: 100%; font-size: .8rem; }
  .months th, .months td { position: relative; padding: .3rem .15rem; min-width: 1.4rem; }
  .months .tail { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .checks .means { display: none; }
  .checks th code { white-space: normal; overflow-wrap: anywhere; }
  .checks .share { width: 18%; }
  .checks .bar { min-width: 2rem; }
}
`;
