/** Is the headline a headline, and the one that the page is titled with? */
import { type Flag, flag } from '../../flags.ts';
import type { Reading } from './reading.ts';

/**
 * The page's `<title>` is the headline (site.md, 2.3); the name of the site may follow it, and the columnist may stand in
 * front of either.
 */
export function checkTitle({ first, article }: Reading): readonly Flag[] {
  const { title } = article;
  const flags: Flag[] = [];
  if (isSuspectTitle(title)) flags.push(flag('title-suspect', title));
  const printed = first.$.root().children('html').children('head').children('title').first().text();
  const page = withoutSite(printed);
  if (page !== '' && !sameTitle(solid(title), solid(page))) flags.push(flag('title-mismatch', printed));
  return flags;
}

/** True for the name of the site, and for next to nothing. */
export function isSuspectTitle(title: string): boolean {
  return /^(?:观察者网|风闻(?:社区)?|首页|无标题)$/.test(title) || solid(title).length < 2;
}

/** True where two titles, white space left out, differ by nothing but `作者：` in front of one of them. */
export function sameTitle(a: string, b: string): boolean {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long.endsWith(short) && /^(?:|.{1,30}[：:])$/.test(long.slice(0, long.length - short.length));
}

export function solid(text: string): string {
  return text.replace(/\s+/g, '');
}

function withoutSite(title: string): string {
  return title.trim().replace(/\s*[-_—|]\s*(?:观察者网|风闻).*$/, '');
}
