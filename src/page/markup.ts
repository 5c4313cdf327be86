/** HTML whose every inserted value is escaped: a template that cannot forget it. */

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

/** Text as it may stand in HTML, in content and in quoted attributes. */
function escapeText(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
