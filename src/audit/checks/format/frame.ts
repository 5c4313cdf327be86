/** Where does a text depart from the frame? Asked only of texts that the frame's expression refuses. */
import type { CheckCode } from '../../checks-table.ts';

/** Each line's form by its field; `categories` has three lines below it (document-format.md, 2). */
const FIELDS: Readonly<Record<string, RegExp>> = {
  title: /^title: (?:'[^\n]*'|"[^\n]*")$/,
  categories: /^categories: \n - [^\n]+\n - [^\n]+\n - [^\n]+$/,
  headimg: /^headimg: '[^'\n]*'$/,
  author: /^author: [^\n]+$/,
  comments: /^comments: false$/,
  date: /^date: [^\n]+$/,
  thumbnail: /^thumbnail: '[^'\n]*'$/,
};
const ORDER = Object.keys(FIELDS);

/** Every departure with its code; at least one. */
export function explainFrame(text: string): readonly (readonly [CheckCode, string])[] {
  const begins = /^\n---\n/.test(text);
  const from = begins ? 5 : (/^\n*---[^\n]*\n/.exec(text)?.[0].length ?? 0);
  const close = text.indexOf('\n---\n', from - 1);
  if (!begins) return [['frame', `it begins with ${show(text.slice(0, 12))} instead of an empty line and ---`]];
  if (close < 0) return [['frame', 'no line --- ends the fields']];
  const fields = explainFields(text.slice(from, close));
  const rest = explainRest(text.slice(close + 5));
  const found = [...fields, ...rest];
  return found.length > 0 ? found : [['frame', 'fields and body do not meet as they must']];
}

function explainFields(front: string): (readonly [CheckCode, string])[] {
  const blocks = front.split(/\n(?! - )/);
  const names = blocks.map((block) => /^(\w+):/.exec(block)?.[1] ?? '');
  const missing = ORDER.filter((name) => !names.includes(name));
  if (missing.length > 0) return [['field-missing', missing.join(', ')]];
  const known = names.filter((name) => ORDER.includes(name));
  if (known.join() !== ORDER.join()) return [['field-order', known.join(', ')]];
  const odd = blocks.find((block, i) => FIELDS[names[i] ?? '']?.test(block) !== true);
  return odd === undefined ? [] : [['field-form', show(odd)]];
}

function explainRest(rest: string): (readonly [CheckCode, string])[] {
  if (!rest.startsWith('\n<div>   \n')) return [['frame', `the body begins with ${show(rest.slice(0, 14))}`]];
  if (!rest.endsWith('  \n</div>\n            ')) return [['frame', `it ends with ${show(rest.slice(-24))}`]];
  return [];
}

function show(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
