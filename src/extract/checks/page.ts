/** Is it one article of one layout, and the one that was asked for? */
import { type Flag, flag } from '../../flags.ts';
import type { ParsedPage } from '../../html/parsed-page.ts';
import { inColumn } from '../layouts/find-article.ts';
import { nameOf } from '../ledger.ts';
import { searchEngineData } from '../share-picture.ts';
import type { Reading } from './check.ts';

/** Further layouts, further articles, a torn column, another article's address, labels of the encoding. */
export function checkPage(reading: Reading): readonly Flag[] {
  const { first, found, parts } = reading;
  const { layout, column, body, rivals } = found;
  const flags: Flag[] = [];
  const others = rivals.filter((name) => name !== layout.name);
  if (others.length > 0) flags.push(flag('two-layouts', [layout.name, ...others].join(', ')));
  if (rivals.includes(layout.name)) flags.push(flag('second-article', `another column ${layout.column}`));
  const inner = body.find('.all-txt, .article-txt-content, div.time.fix').toArray()[0];
  if (inner !== undefined) flags.push(flag('second-article', `${nameOf(inner)} inside the body`));
  if (layout.end !== null && inColumn(column, layout.end).length === 0)
    flags.push(flag('torn-column', `no ${layout.end} in the column`));
  const own = ownNumber(first);
  const asked = /\d+$/.exec(reading.address.id)?.[0];
  if (own !== null && own !== asked) flags.push(flag('address-disagrees', `asked for ${asked}, the page says ${own}`));
  const doubt = parts.map(({ encodingDoubt }) => encodingDoubt).find((each) => each !== null);
  if (doubt) flags.push(flag('encoding-disagrees', doubt));
  return flags;
}

/** The number in the addresses that a www page gives as its own (site.md, 1.1); null where it gives none. */
export function ownNumber(page: ParsedPage): string | null {
  return /\/\d{4}_\d{2}_\d{2}_(\d+)/.exec(ownAddress(page) ?? '')?.[1] ?? null;
}

/** The address that a www page gives as its own: of its mobile form, or in its JSON-LD; null where it gives none. */
export function ownAddress(page: ParsedPage): string | null {
  const head = page.$.root().children('html').children('head');
  const alternate = head.children('link[rel="alternate"][href]').first().attr('href');
  const agent = /url=(\S+)/.exec(head.children('meta[name="mobile-agent"]').first().attr('content') ?? '')?.[1];
  const data = /"@id"\s*:\s*"([^"\s]+)/.exec(searchEngineData(page))?.[1];
  return alternate ?? agent ?? data?.replaceAll('\\/', '/') ?? null;
}
