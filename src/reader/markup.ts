/** HTML whose every inserted value is escaped. The one door to hono/html. */
import { raw, html as template } from 'hono/html';

/** Text that is HTML already. Only `html` and `trusted` make it. */
export type Markup = ReturnType<typeof raw>;

type Value = string | number | Markup | readonly Markup[] | null;

/** `html\`<p title="${title}">${text}</p>\``: values are text, in content and in quoted attributes; null is nothing. */
export function html(pieces: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return template(pieces, ...values.map(writable)) as Markup; // a promise only where a value is one
}

/** Markup of the program, or of an article once it was sanitised: it stands as it is. */
export function trusted(markup: string): Markup {
  return raw(markup);
}

/** Control characters have no place in HTML; those of direction are kept apart by `bdi` where a text stands among others. */
export function withoutControls(text: string): string {
  return text.toWellFormed().replace(CONTROLS, '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are left out
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** Markup is an object, text is a string. */
function writable(value: Value): Value {
  return typeof value === 'string' ? withoutControls(value) : value;
}
