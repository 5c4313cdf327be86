/** The frame of a page for people: one file that loads nothing, for light and dark themes, for large and small screens. */
import { hash } from 'node:crypto';
import { printable } from '../log.ts';

interface PageFrame {
  /** The first heading. */
  readonly title: string;
  /** What stands small above the heading: which kind of report this is, and of what. */
  readonly kind: string;
  /** Rules beyond those of every page. */
  readonly style?: string;
}

/**
 * Everything before the content. The policy in it forbids whatever is not this page's own style: no request leaves the
 * page, no script runs, no style attribute and no handler counts.
 */
export function pageStart({ title, kind, style = '' }: PageFrame): string {
  const styles = `${PAGE_STYLE}${style}`;
  const policy = ["default-src 'none'", `style-src ${source(styles)}`, "base-uri 'none'", "form-action 'none'"].join(
    '; ',
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title} · ${kind}</title>
<style>${own(styles)}</style>
</head>
<body>
<main>
<header class="page">
<p class="kind">${kind}</p>
<h1><bdi>${title}</bdi></h1>
</header>
`.markup;
}

/** Everything after the content. @param foot a sentence on where the page comes from */
export function pageEnd({ foot }: { readonly foot: string }): string {
  return html`<footer class="page"><p>${foot}</p></footer>
</main>
</body>
</html>
`.markup;
}

function source(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`;
}

/** Style of the program, which no outside text ever enters: it stands as it is. */
function own(markup: string): Markup {
  return { markup };
}

// HTML whose every inserted value is escaped: a template that cannot forget it.

/** Text that is HTML already. Only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `html\`<p title="${title}">${text}</p>\``: values are text, in content and in quoted attributes; null is nothing. */
export function html(
  pieces: TemplateStringsArray,
  ...values: readonly (string | number | Markup | readonly Markup[] | null)[]
): Markup {
  let markup = pieces[0] ?? '';
  for (const [i, value] of values.entries()) markup += `${inserted(value)}${pieces[i + 1] ?? ''}`;
  return { markup };
}

function inserted(value: string | number | Markup | readonly Markup[] | null): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

/** Text as it may stand in HTML, in content and in quoted attributes; what nobody sees or what turns a line round is spelt out. */
function escapeText(text: string): string {
  return printable(text.toWellFormed()).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

// The look that all pages share: calm, typographic, in the colours of the reader's system.

const PAGE_STYLE = `
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

// A bar beside a number. Its width is an attribute of a drawing, for the page's policy lets no style attribute count.

/** @param share of the whole width, 0 to 1; more than nothing is always seen */
export function bar(share: number, kind: string): Markup {
  const width = share <= 0 ? 0 : Math.max(1, Math.round(share * 1000) / 10);
  return html`<svg class="bar ${kind}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="6"/></svg>`;
}

// Parts of a whole beside each other in one bar. Widths are attributes of a drawing, as those of the bar above.

/** @param parts each with the class that colours it and its share of the whole width, 0 to 1 */
export function stackedBar(parts: readonly { readonly kind: string; readonly share: number }[]): Markup {
  let from = 0;
  const drawn = parts.map(({ kind, share }) => {
    const width = Math.round(share * 1000) / 10;
    const part = html`<rect class="${kind}" x="${from}" width="${width}" height="6"/>`;
    from = Math.round((from + width) * 10) / 10;
    return part;
  });
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${drawn}</svg>`;
}
