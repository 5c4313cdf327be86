/** Are all parts there, do they belong together, and do they meet without a gap or an overlap? */
import { type Flag, flag } from '../../flags.ts';
import { readTitle } from '../fields.ts';
import { findArticle } from '../layouts/find-article.ts';
import { isWhole, partUrls } from '../parts.ts';
import { comparableText } from './characters.ts';
import type { Reading } from './check.ts';

export function checkParts({ first, parts, bodies, article }: Reading): readonly Flag[] {
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
  return flags;
}

/** A later part may be titled with its number, `…（2）`. */
function withoutNumber(title: string): string {
  return comparableText(title).replace(/[（(]\d+[）)]$/, '');
}
