/** The frame of a page for people: one file that loads nothing, in light and dark, on a desk and on a phone. */
import { hash } from 'node:crypto';
import { html, type Markup } from './markup.ts';
import { PAGE_STYLE } from './style.ts';

export interface PageFrame {
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
