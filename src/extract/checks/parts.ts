/** Are all parts there, do they belong together, and do they meet without a gap or an overlap? */
import { type Flag, flag } from '../../flags.ts';
import { type Body, readBody } from '../body.ts';
import { readTitle } from '../fields.ts';
import { findArticle } from '../layouts/find-article.ts';
import { isWhole, partUrls } from '../parts.ts';
import { comparableText } from './characters.ts';
import type { Reading } from './reading.ts';

/** Missing, repeated, foreign and overlapping parts, and a single-page form that says something else. */
export function checkParts(reading: Reading): readonly Flag[] {
  const { first, parts, bodies, article } = reading;
  const flags: Flag[] = [];
  const named = partUrls(first).length + 1;
  if (parts.length < named && !isWhole(first)) flags.push(flag('parts-missing', `${parts.length} of ${named}`));
  if (article.pages < parts.length)
    flags.push(flag('parts-disagree', `${parts.length} parts were read, ${article.pages} of them differ`));
  for (const [i, part] of parts.entries()) {
    const found = findArticle(part);
    const title = found === null ? null : readTitle(found);
    if (i > 0 && title !== null && !withoutNumber(title).startsWith(withoutNumber(article.title)))
      flags.push(flag('parts-disagree', `part ${i + 1} is titled ${title}`));
    const last = bodies[i - 1]?.lines.at(-1);
    const next = bodies[i]?.lines[0];
    if (last !== undefined && next !== undefined && comparableText(last) === comparableText(next))
      flags.push(flag('parts-disagree', `parts ${i} and ${i + 1} both have: ${next}`));
  }
  return [...flags, ...againstSingle(reading)];
}

/** The single-page form is the first part again, or all of them. */
function againstSingle({ bodies, others, article, site }: Reading): readonly Flag[] {
  const found = others.single === null ? null : findArticle(others.single);
  if (others.single === null || found === null) return [];
  const single = comparableBody([readBody(others.single, found, article.url, site)]);
  const agrees = single === comparableBody(bodies) || single === comparableBody(bodies.slice(0, 1));
  return agrees ? [] : [flag('parts-disagree', `the single-page form has ${single.length} characters of its own`)];
}

function comparableBody(bodies: readonly Body[]): string {
  return bodies.map(({ lines }) => comparableText(lines.join(''))).join('');
}

/** A later part may be titled with its number, `…（2）`. */
function withoutNumber(title: string): string {
  return comparableText(title).replace(/[（(]\d+[）)]$/, '');
}
