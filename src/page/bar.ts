/** A bar beside a number. Its width is an attribute of a drawing, for the page's policy lets no style attribute count. */
import { html, type Markup } from './markup.ts';

/** @param share of the whole width, 0 to 1; more than nothing is always seen */
export function bar(share: number, kind: string): Markup {
  const width = share <= 0 ? 0 : Math.max(1, Math.round(share * 1000) / 10);
  return html`<svg class="bar ${kind}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="6"/></svg>`;
}
