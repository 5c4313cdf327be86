/** Do YAML libraries read the front matter as it was meant? The library is asked only where that is not plain to see. */
import { parse } from 'yaml';
import { restoreBraces } from '../../../document/frame.ts';
import type { DocumentCheck, FrontMatter } from '../check.ts';

/** Text in quotes that holds neither the quote alone nor an escape. */
const QUOTED = /^(?:'(?:[^'\n]|'')*'|"[^"\\\n]*")$/;
/** Begins with a letter, holds no mark of YAML, and is no word that YAML reads as something else. */
const PLAIN = /^\p{L}(?:[\p{L}\p{N} ,.·—_、，。：；！？“”‘’（）《》【】/&%+-]*[\p{L}\p{N}。：；！？”’）》】])?$/u;
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

export const yamlDiffers: DocumentCheck = ({ front }) => {
  const { title, categories, author, date } = front;
  const isPlain = (text: string) => PLAIN.test(text) && !WORDS.test(text);
  if (QUOTED.test(title) && [...categories, author].every(isPlain) && PLAIN_DATE.test(date)) return null;
  return compare(front);
};

const PLAIN_DATE = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** What the library says of the lines, in the form of the format. */
function compare({ title, categories, headimg, author, date, thumbnail }: FrontMatter): string | null {
  const lines = [
    `title: ${title}`,
    'categories: ',
    ...categories.map((category) => ` - ${category}`),
    `headimg: '${headimg}'`,
    `author: ${author}`,
    'comments: false',
    `date: ${date}`,
    `thumbnail: '${thumbnail}'`,
  ];
  const meant = { title: plainTitle(title), categories, headimg, author, comments: false, date, thumbnail };
  try {
    const read: unknown = parse(`${lines.join('\n')}\n`, { schema: 'core', logLevel: 'error' });
    const wrong = Object.entries(meant).find(
      ([name, value]) => JSON.stringify((read as Record<string, unknown>)[name]) !== JSON.stringify(value),
    );
    if (wrong === undefined) return null;
    const [name, value] = wrong;
    return `${name} is read as ${JSON.stringify((read as Record<string, unknown>)[name])}, not ${JSON.stringify(value)}`;
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  }
}

/** The title as it stands between its quotes. */
export function readTitle(quoted: string): string {
  return restoreBraces(plainTitle(quoted));
}

function plainTitle(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return quoted.startsWith("'") ? inner.replaceAll("''", "'") : inner;
}
