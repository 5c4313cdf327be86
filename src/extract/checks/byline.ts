/** Is there a byline that was not understood, or that names others than the page does? (site.md, section 6) */
import { type Flag, flag } from '../../flags.ts';
import { LINES_WITH_BYLINE, readByline } from '../byline.ts';
import type { Reading } from './reading.ts';

/** A role with its separator, which only bylines have. */
const ROLE = '(?:文字|文|撰文|撰稿|作者|采访|采写|访谈|整理|编译|翻译|译者|译|口述)';
const ROLES = `${ROLE}(?:[、，,及和&\\s]+${ROLE})*`;
/** In a bracket of any kind, closed or not, and with whatever separates role and name. */
const BRACKETED = new RegExp(
  `^(?:观察者网\\S{0,4})?\\s*[【\\[（(［〔〖「『<《]\\s*(?:${ROLES}\\s*[/／|｜丨∕:：·-]|观察者网)[^】\\]）)］〕〗」』>》]{0,60}(?:[】\\]）)］〕〗」』>》]|$)`,
);
/** A short line that is all in brackets and speaks of writing: a byline, whatever its form. */
const ALL_BRACKETED =
  /^[【〖〔［[（(『「][^】〗〕］\]）)』」]{0,40}(?:文|作者|译|采访|编译|整理|记者|观察者网)[^】〗〕］\]）)』」]{0,40}[】〗〕］\]）)』」]$/;
/** A line that is nothing else, or begins so with a slash, which no sentence does. */
const BARE = new RegExp(`^${ROLES}\\s*(?:[/／]\\s*\\S|[|｜丨∕:：]\\s*\\S.{0,29}$)`);
/** Run in with the last sentence. */
const AT_THE_END = new RegExp(`[【（(\\[]\\s*${ROLES}\\s*[/／|｜][^】）)\\]]{1,40}[】）)\\]]\\s*$`);

/** A byline in a new form, one further down, and one that names nobody whom the page shows as its writer. */
export function checkByline(reading: Reading): readonly Flag[] {
  const lines = reading.bodies[0]?.lines ?? [];
  const { byline } = reading.article;
  if (byline !== null) return [...emptyCredits(reading), ...againstWriters(reading)];
  const top = lines
    .slice(0, LINES_WITH_BYLINE)
    .find((line) => [BRACKETED, ALL_BRACKETED, BARE].some((form) => form.test(line)));
  const below = lines.slice(LINES_WITH_BYLINE).find((line) => readByline([line]) !== null || BARE.test(line));
  const end = lines.find((line) => AT_THE_END.test(line));
  if (top !== undefined) return [flag('byline-unreadable', top)];
  if (below !== undefined) return [flag('byline-elsewhere', below)];
  return end === undefined ? [] : [flag('byline-elsewhere', end)];
}

/** A role without a name, or a name that is none. */
function emptyCredits({ article: { byline } }: Reading): readonly Flag[] {
  const odd = byline?.credits.some(
    ({ names, affiliation }) =>
      (names.length === 0 && affiliation === null) ||
      names.some((name) => name.length > LONGEST_NAME || /[/／|｜【】]/.test(name)),
  );
  const named = byline !== null && (byline.credits.length > 0 || /讯|综合/.test(byline.text));
  return odd === true || !named ? [flag('byline-unreadable', byline?.text ?? '')] : [];
}

const LONGEST_NAME = 40;

/** Whoever the byline says wrote it should be among those whom the page shows as its writers. */
function againstWriters({ article }: Reading): readonly Flag[] {
  const shown = [...article.columnists, ...article.staff].map(({ name }) => bare(name));
  const printed = (article.byline?.credits ?? [])
    .filter(({ role, affiliation }) =>
      article.columnists.length > 0 ? /文|作者|撰/.test(role) : /观察者网/.test(affiliation ?? ''),
    )
    .flatMap(({ names }) => names.map(bare));
  if (shown.length === 0 || printed.length === 0) return [];
  const agrees = printed.some((name) => shown.some((other) => name.includes(other) || other.includes(name)));
  return agrees ? [] : [flag('byline-disagrees', `${article.byline?.text}, page: ${shown.join('、')}`)];
}

/** A name without its separators, which the site writes in several ways. */
function bare(name: string): string {
  return name.replace(/[\s·•・?.\-‧]/g, '').toLowerCase();
}
