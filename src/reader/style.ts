/** The look of the pages: one style sheet for light and dark, for telephones, paper and the system's own colours. */
import { hash } from 'node:crypto';

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf6, #17181a); --raised: light-dark(#f3f1ea, #202225);
  --ink: light-dark(#1d1c1a, #dedad2); --quiet: light-dark(#67625a, #a29d93); --rule: light-dark(#dedad0, #35383c);
  --link: light-dark(#1f4f7c, #95bde3); --seal: light-dark(#9b2c20, #ec8d80);
  --added: light-dark(#dcefdc, #1f3a29); --added-ink: light-dark(#14532d, #a6dcb5);
  --removed: light-dark(#f8dedb, #452423); --removed-ink: light-dark(#8a1f17, #f2aca4);
  --warn: light-dark(#7d5200, #dfb362); --warn-paper: light-dark(#faf1dc, #2f2817);
  --plain: -apple-system, "Segoe UI", Roboto, "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", system-ui, sans-serif;
  --serif: "Source Han Serif SC", "Noto Serif CJK SC", "Noto Serif SC", "Songti SC", "STSong", Georgia, "Times New Roman", serif;
  --fixed: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --measure: 37em;
}
[data-theme=light] { color-scheme: light; }
[data-theme=dark] { color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--plain); text-autospace: normal; overflow-wrap: break-word; }
h1, h2, h3, p, ul, ol, dl, dd, figure, blockquote, table { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1, h2, h3 { font-weight: 600; line-height: 1.35; text-wrap: balance; }
a { color: var(--link); text-decoration: underline; text-decoration-thickness: .06em; text-underline-offset: .2em; }
a:hover { text-decoration-thickness: .12em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
main:focus { outline: none; }
img { max-width: 100%; height: auto; }
code, .fixed { font-family: var(--fixed); font-size: .86em; overflow-wrap: anywhere; }
small { font-size: .8em; }
.quiet { color: var(--quiet); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 2; padding: .5rem 1rem; background: var(--ink); color: var(--paper); }
.skip:focus { top: .5rem; }

.masthead { display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem 1.5rem; max-width: 68rem; margin: 0 auto; padding: 1.4rem 1.5rem .9rem; border-bottom: 1px solid var(--rule); }
.masthead .name { font: 600 1.25rem/1.3 var(--serif); letter-spacing: .04em; }
.masthead .name a { color: inherit; text-decoration: none; }
.masthead .name a::before { content: ""; display: inline-block; width: .5em; height: .5em; margin-right: .5em; background: var(--seal); vertical-align: .1em; forced-color-adjust: none; }
.sections ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
.sections a { display: block; padding: .2rem 0; color: var(--quiet); text-decoration: none; }
.sections a:hover { color: var(--ink); }
.sections a[aria-current] { color: var(--ink); box-shadow: inset 0 -2px var(--seal); }
.search { display: flex; flex: 1 1 10rem; max-width: 17.5rem; margin-left: auto; min-width: 0; }
input, select, button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--quiet); border-radius: 3px; padding: .3rem .6rem; min-width: 0; max-width: 100%; }
.search input { flex: 1; width: 5rem; border-right: 0; border-radius: 3px 0 0 3px; }
.search button { border-radius: 0 3px 3px 0; }
button { cursor: pointer; background: var(--raised); white-space: nowrap; }
::placeholder { color: var(--quiet); opacity: 1; }

main { margin: 0 auto; padding: 2.25rem 1.5rem 4rem; }
main.wide { max-width: 68rem; }
main.text { max-width: calc(var(--measure) * 1.125 + 3rem); }
main > h1 { font: 600 1.75rem/1.3 var(--serif); margin-bottom: 1.5rem; }
main > h2, section > h2 { font-size: 1.05rem; margin: 2.25rem 0 .75rem; }
.foot { max-width: 68rem; margin: 0 auto; padding: 1rem 1.5rem 2.5rem; display: flex; flex-wrap: wrap; gap: .5rem 2rem; justify-content: space-between; border-top: 1px solid var(--rule); color: var(--quiet); font-size: .85rem; }
.switches a, .switches span { margin-left: .75rem; }
.switches a:first-child { margin-left: 0; }
.foot a { color: inherit; }
.foot a[aria-current] { color: var(--ink); text-decoration: none; }

/* Lists. */
.empty { margin: 3rem 0; color: var(--quiet); }
.narrowing { display: flex; gap: .25rem 1rem; align-items: baseline; margin-bottom: .5rem; font-size: .9rem; color: var(--quiet); }
.narrowing ul { display: flex; flex-wrap: wrap; gap: .15rem 1rem; }
.narrowing a { color: inherit; text-decoration: none; white-space: nowrap; }
.narrowing a:hover { color: var(--ink); text-decoration: underline; }
.narrowing a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--seal); }
.narrowing > span { flex: none; }
.day { margin-top: 2rem; }
.day + .day { margin-top: 3rem; }
.day > h2 { margin: 0; padding-bottom: .5rem; border-bottom: 2px solid var(--ink); font: 600 1.05rem/1.4 var(--serif); letter-spacing: .02em; }
.items { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 0 3rem; }
.item { display: flex; gap: 1.25rem; align-items: flex-start; padding: 1.1rem 0; border-bottom: 1px solid var(--rule); }
.item > div { flex: 1; min-width: 0; }
.item :is(h2, h3) { margin: 0; font: 600 1.0625rem/1.5 var(--serif); text-wrap: pretty; line-break: strict; }
.item :is(h2, h3) a { color: inherit; text-decoration: none; }
.item :is(h2, h3) a:hover { text-decoration: underline; }
.item :is(h2, h3) a:visited { color: var(--quiet); }
.item > img { flex: none; width: 7.5rem; height: 5rem; object-fit: cover; border-radius: 2px; background: var(--raised); }
.item .meta { margin-top: .35rem; color: var(--quiet); font-size: .825rem; line-height: 1.6; }
.item .state { color: var(--seal); }
.item .summary { margin-top: .4rem; color: var(--quiet); font-size: .925rem; line-height: 1.7; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; overflow: hidden; }
.item.leading { flex-direction: row-reverse; gap: 2.25rem; padding: 1.5rem 0; align-items: center; }
.item.leading > img { width: 52%; height: auto; aspect-ratio: 16 / 9; }
.item.leading :is(h2, h3) { font-size: 1.625rem; line-height: 1.42; }
.items.dated { grid-template-columns: minmax(0, 1fr); max-width: 46rem; }
mark { background: light-dark(#fbe9a9, #5a4a12); color: inherit; }
.names { columns: 13rem; column-gap: 2.5rem; }
.names li { break-inside: avoid; padding: .25rem 0; }
.names a { color: inherit; text-decoration-color: var(--rule); }
.months { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 2rem 2.5rem; margin-top: 1.5rem; align-items: start; }
.month { width: 100%; table-layout: fixed; font-variant-numeric: tabular-nums; border-collapse: separate; border-spacing: 2px; }
.month caption { padding-bottom: .35rem; text-align: start; font: 600 1rem/1.4 var(--serif); }
.month th { padding: 0; border: 0; color: var(--quiet); font-weight: 400; font-size: .75rem; text-align: center; }
.month td { padding: 0; border: 0; text-align: center; font-size: .85rem; height: 2.5rem; vertical-align: middle; border-radius: 2px; }
.month .none { color: var(--quiet); }
.month a { display: flex; flex-direction: column; justify-content: center; height: 100%; color: inherit; text-decoration: none; line-height: 1.15; }
.month a:hover { outline: 1px solid currentColor; }
.month b { font-weight: 500; }
.month small { font-size: .68rem; opacity: .85; }
.shade1 { background: light-dark(#f3e3df, #3a2724); } .shade2 { background: light-dark(#e5bdb5, #5c332c); }
.shade3 { background: light-dark(#c8766a, #8c463b); color: light-dark(#1d0e0b, #fff); } .shade4 { background: light-dark(#9b2c20, #d26f60); color: light-dark(#fff, #140504); }
.large.search { margin: 0 0 1.5rem; max-width: 40rem; }
.large.search input { flex: 1; width: auto; font-size: 1.0625rem; padding: .5rem .8rem; }
.help { margin-top: 2rem; max-width: 46rem; }

/* The state of the archive. */
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.75rem; margin: 1.25rem 0; padding: 1.1rem 0; border: solid var(--rule); border-width: 1px 0; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--quiet); font-size: .85rem; }
.figures dd { font-size: 1.5rem; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; }
.check { margin: 1.75rem 0; }
.check h3 { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; font: 600 1rem/1.6 var(--plain); }
.level-error { color: var(--seal); } .level-warning { color: var(--warn); } .level-note { color: var(--quiet); }
.findings { margin: .6rem 0 0; padding: 0; list-style: none; border-top: 1px solid var(--rule); }
.findings li { padding: .6rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
.findings .quiet { font-size: .9rem; }
.figures .zero { color: var(--quiet); font-weight: 400; }
.lead { font-size: 1.1rem; }
.count { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
main .wide table, .report table { width: 100%; }
:is(th, td):first-child { padding-left: 0; }
.body :is(th, td):first-child { padding-left: .75rem; }
thead th { color: var(--quiet); font-size: .85rem; font-weight: 400; }
tbody th { font-weight: 400; }
th.count { text-align: end; }
.report { margin-top: 2rem; }
.report .share { width: 30%; }
.report .bar { display: block; width: 100%; min-width: 4rem; height: .5rem; margin: 0; padding: 0; border: 0; }
.report .archived { fill: light-dark(#2c6a3f, #86c99a); } .report .known { fill: light-dark(#3d617f, #93b9da); } .report .unseen { fill: light-dark(#875400, #e2b463); }
.report h2 { margin: 2.5rem 0 .75rem; font-size: 1.1rem; }
.error, .few { color: var(--removed-ink); } .warning { color: var(--warn); }
.heat { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr)); gap: 3px; margin: 1.5rem 0; font-size: .78rem; font-variant-numeric: tabular-nums; }
.heat a { display: flex; justify-content: space-between; padding: .3rem .45rem; color: inherit; text-decoration: none; border-radius: 2px; }
.heat a:hover { outline: 1px solid currentColor; }
.heat0 { background: light-dark(#f1d9d5, #4a2522); } .heat1 { background: light-dark(#f3e7cf, #473618); } .heat2 { background: light-dark(#eceed2, #3b3d1c); }
.heat3 { background: light-dark(#d8ead6, #234029); } .heat4 { background: light-dark(#b9dcb9, #2b5a37); }

/* The article. */
.piece { font-size: 1.125rem; }
.piece > header { margin-bottom: 2rem; padding-bottom: 1.25rem; border-bottom: 1px solid var(--rule); }
.piece h1 { font: 700 1.9rem/1.42 var(--serif); line-break: strict; text-spacing-trim: trim-start; }
.kicker { margin-bottom: .6rem; color: var(--seal); font-size: .875rem; letter-spacing: .02em; }
.kicker a { color: inherit; text-decoration: none; }
.kicker a:hover { text-decoration: underline; }
.about { margin-top: 1.1rem; color: var(--quiet); font-size: .9rem; line-height: 1.75; }
.sep { padding: 0 .5em; opacity: .6; }
.about a { color: inherit; }
.standfirst { margin-top: 1rem; color: var(--quiet); font-size: 1rem; line-height: 1.8; }
.notice { margin: 0 0 1.5rem; padding: .75rem 1rem; border-left: 3px solid var(--warn); background: var(--warn-paper); font-size: .95rem; }
.body { font-family: var(--serif); line-height: 1.95; line-break: strict; text-align: justify; text-spacing-trim: trim-start; hanging-punctuation: allow-end; hyphens: auto; }
.body p, .body > div { margin: 0 0 .75em; text-indent: 2em; }
.body :is(.centre, .right, .flush, .subhead, li p, td p, blockquote .centre) { text-indent: 0; }
.body .centre { text-align: center; }
.body .right { text-align: right; }
.body :is(h2, h3, .subhead) { margin: 2em 0 .8em; text-indent: 0; text-align: start; font: 600 1.125rem/1.6 var(--plain); }
.body .subhead strong { font-weight: inherit; }
.body > :is(h2, h3, .subhead):first-child { margin-top: 0; }
.body figure { margin: 2rem 0; text-align: center; text-indent: 0; }
.body figure img { display: block; margin: 0 auto; border-radius: 2px; background: var(--raised); }
.body figcaption { margin-top: .7rem; color: var(--quiet); font: .875rem/1.65 var(--plain); text-wrap: balance; }
.body img.icon { display: inline; vertical-align: -.2em; }
.body blockquote { margin: 1.5em 0; padding-left: 1.25em; border-left: 2px solid var(--rule); color: var(--quiet); }
.body :is(ul, ol) { margin: 0 0 .75em; padding-left: 2em; text-indent: 0; }
.body ul { list-style: disc; }
.body ol { list-style: decimal; }
.body pre { overflow-x: auto; padding: 1rem; background: var(--raised); font: .85rem/1.6 var(--fixed); text-align: start; text-indent: 0; white-space: pre-wrap; }
.body hr { margin: 2.5rem auto; width: 6rem; border: 0; border-top: 1px solid var(--rule); }
.body .outside::after { content: "↗"; margin-left: .15em; font-size: .75em; font-family: var(--plain); speak: never; }
.body .mark { margin: 0 .25em; padding: 0 .35em; border: 1px solid currentColor; border-radius: 2px; color: var(--seal); font: .65rem/1.5 var(--plain); vertical-align: .15em; white-space: nowrap; text-indent: 0; display: inline-block; }
.body .flawed { display: block; margin-top: .4rem; color: var(--quiet); font: .8rem/1.6 var(--plain); text-indent: 0; }
.body .missing, .body .media { display: inline-block; padding: .4rem .9rem; border: 1px dashed var(--quiet); border-radius: 3px; color: var(--quiet); font: .9rem/1.6 var(--plain); text-indent: 0; text-align: start; overflow-wrap: anywhere; }
.body .media b { color: var(--ink); font-weight: 600; }
.wide { overflow-x: auto; }
.body .wide { margin: 1.5rem 0; text-indent: 0; }
table { border-collapse: collapse; font-size: .925rem; }
.body table { font: .9rem/1.6 var(--plain); text-align: start; margin: 0 auto; }
th, td { padding: .45rem .75rem; text-align: start; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
.body td, .body th { border: 1px solid var(--rule); }
.tags { display: flex; flex-wrap: wrap; gap: .4rem .6rem; }
.tags a, .tags span { padding: .05rem .6rem; border: 1px solid var(--rule); border-radius: 1rem; color: var(--quiet); font-size: .85rem; text-decoration: none; }
.tags a:hover { border-color: var(--quiet); color: var(--ink); }
.after { margin-top: 3rem; font-size: .9375rem; }
.after > * + * { margin-top: 1rem; }
details { border: solid var(--rule); border-width: 1px 0; }
details + details { border-top: 0; margin-top: 0 !important; }
summary { padding: .65rem 0; cursor: pointer; font-weight: 600; }
summary .count { margin-left: .5em; color: var(--quiet); font-weight: 400; }
details > :not(summary) { margin-bottom: 1rem; }
.facts { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .35rem 1.5rem; font-size: .9rem; }
.facts dt { color: var(--quiet); }
.facts dd { overflow-wrap: anywhere; }
.facts dd + dd { grid-column: 2; }
.flags li { padding: .35rem 0; }
.flags .doubt { color: var(--warn); font-weight: 600; }
.pager { display: flex; justify-content: space-between; gap: 1rem; margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); }

/* History and comparison. */
.plain { color: inherit; text-decoration: none; }
.plain:hover { text-decoration: underline; }
.events { margin: 1.5rem 0 2rem; border-left: 1px solid var(--rule); }
.events li { position: relative; display: grid; grid-template-columns: 13.5rem minmax(0, 1fr); gap: .1rem 1.5rem; padding: .6rem 0 .6rem 1.5rem; }
.events li::before { content: ""; position: absolute; left: -.28rem; top: 1.15rem; width: .5rem; height: .5rem; background: var(--paper); border: 2px solid var(--quiet); border-radius: 50%; }
.events .withdrawn::before { border-color: var(--seal); background: var(--seal); }
.events time { color: var(--quiet); font-size: .9rem; padding-top: .1rem; }
.chooser { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.chooser label { max-width: 100%; }
.bar { display: flex; flex-wrap: wrap; gap: .75rem 2rem; justify-content: space-between; align-items: center; margin: 0 0 1.5rem; padding: .75rem 0; border: solid var(--rule); border-width: 1px 0; }
.views a { margin-left: 1rem; color: var(--quiet); }
.views a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
mark { background: var(--warn-paper); color: inherit; box-shadow: inset 0 -.1em var(--warn); }
@media (forced-colors: active) { mark { background: Mark; color: MarkText; } }
ins { background: var(--added); color: var(--added-ink); text-decoration: underline; text-decoration-thickness: .08em; text-underline-offset: .2em; }
del { background: var(--removed); color: var(--removed-ink); text-decoration: line-through; text-decoration-thickness: .08em; }
.diff { font: 1.0625rem/1.85 var(--serif); }
.diff p { margin-bottom: .7em; overflow-wrap: anywhere; }
.diff.inline { max-width: var(--measure); }
.diff.inline .changed { padding-left: 1rem; margin-left: calc(-1rem - 2px); border-left: 2px solid var(--seal); }
.diff .row { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 2.5rem; }
.diff .row.changed p { border-left: 2px solid var(--seal); padding-left: 1rem; margin-left: calc(-1rem - 2px); }
.diff .heads p { color: var(--quiet); font: .875rem/1.6 var(--plain); }
.diff details { margin: 0 0 1rem; border-style: dashed; }
.diff summary { font: .875rem/1.6 var(--plain); color: var(--quiet); }
.thumbs { display: flex; flex-wrap: wrap; gap: 1rem; }
.thumbs img { display: block; max-height: 12rem; width: auto; }

@media (max-width: 40rem) {
  .events li { grid-template-columns: minmax(0, 1fr); }
  .diff .row { gap: 0 1rem; }
  .diff.side { font-size: .9375rem; }
  .masthead { padding: 1rem 1rem .7rem; gap: .4rem 1rem; }
  .search { flex-basis: 100%; max-width: none; margin-left: 0; }
  main { padding: 1.5rem 1rem 3rem; }
  .piece { font-size: 1.0625rem; }
  .piece h1 { font-size: 1.5rem; }
  .body { line-height: 1.85; }
  .body figure { margin-inline: -1rem; }
  .body figure img { border-radius: 0; }
  .body figcaption { padding: 0 1rem; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin-bottom: .5rem; }
  .facts dd + dd { grid-column: 1; }
  .foot { padding: 1rem; }
  .narrowing { flex-direction: column; }
  .item { gap: .9rem; }
  .item > img { width: 6rem; height: 4.5rem; }
  .item.leading { flex-direction: column-reverse; align-items: stretch; gap: .9rem; }
  .item.leading > img { width: 100%; }
  .item.leading :is(h2, h3) { font-size: 1.3rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media (prefers-contrast: more) { :root { --quiet: var(--ink); --rule: var(--ink); } }
@media (forced-colors: active) { .sections a[aria-current] { text-decoration: underline; } .masthead .name a::before { background: CanvasText; } }
@media print {
  :root { color-scheme: light; }
  .masthead, .foot, .skip, .pager, .after nav { display: none; }
  main { padding: 0; max-width: none !important; }
  .piece { font-size: 11pt; }
  .body { line-height: 1.7; }
  .body figure { break-inside: avoid; }
  h1, h2, h3, .subhead { break-after: avoid; }
}
`;

/** Its address changes with it, so that a browser may keep it. */
export const STYLE_HREF = `/static/${hash('sha256', STYLE).slice(0, 16)}.css`;
