/** Parts of a whole beside each other in one bar. Widths are attributes of a drawing, as those of `bar.ts`. */
import { html, type Markup } from './markup.ts';

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
