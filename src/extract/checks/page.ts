/** Is it one article of one layout, and the one that was asked for? */
import { type Flag, flag } from '../../flags.ts';
import { elementsBelow } from '../../html/elements.ts';
import type { Element } from '../../html/html.ts';
import { inColumn } from '../layouts/find-article.ts';
import { nameOf } from '../ledger.ts';
import { ownNumber } from '../own-address.ts';
import type { Reading } from './reading.ts';

/** Further layouts, further articles, a torn column, another article's address, labels of the encoding. */
export function checkPage(reading: Reading): readonly Flag[] {
  const { first, found, parts } = reading;
  const { layout, column, body, rivals } = found;
  const flags: Flag[] = [];
  const others = rivals.filter((name) => name !== layout.name);
  if (others.length > 0) flags.push(flag('two-layouts', [layout.name, ...others].join(', ')));
  if (rivals.includes(layout.name)) flags.push(flag('second-article', `another column ${layout.column}`));
  const inner = elementsBelow(body.toArray()).find(isOfAnArticle);
  if (inner !== undefined) flags.push(flag('second-article', `${nameOf(inner)} inside the body`));
  const torn = [...layout.always, ...(layout.end === null ? [] : [layout.end])].find(
    (block) => inColumn(column, block).length === 0,
  );
  if (torn !== undefined) flags.push(flag('torn-column', `no ${torn} in the column`));
  const own = ownNumber(first);
  const asked = /\d+$/.exec(reading.address.id)?.[0];
  if (own !== null && own !== asked) flags.push(flag('address-disagrees', `asked for ${asked}, the page says ${own}`));
  const doubt = parts.map(({ encodingDoubt }) => encodingDoubt).find((each) => each !== null);
  if (doubt) flags.push(flag('encoding-disagrees', doubt));
  return flags;
}

/** What stands in every article once, and never in its body. */
function isOfAnArticle({ name, attribs }: Element): boolean {
  const classes = ` ${attribs.class ?? ''} `;
  return / (?:all-txt|article-txt-content) /.test(classes) || (name === 'div' && / time fix /.test(classes));
}
