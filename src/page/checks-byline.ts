/** Checks of the people of an article: all who are named were read, and the places that name them agree. */
import { type Flag, flag } from '../flags.ts';
import type { Credit } from '../model.ts';
import type { PersonSelectors } from '../site/layout.ts';
import { HOUSE, isOfWriting } from '../site/people.ts';
import { creditsBelow, findByline } from './byline.ts';
import type { CheckInput } from './check-input.ts';
import { textOf } from './column.ts';
import { printedEditors, printedPersons } from './fields.ts';
import { inColumn } from './find-article.ts';
import { oneLine, select } from './html.ts';
import { isPersonName, mayBeName } from './names.ts';

// Columnists, staff writers and editors, each in a place of their own.

/** What stands in the place of a name and is none, and people in the boxes of writers who were not read. */
export function checkNames({ found }: CheckInput): readonly Flag[] {
  const { columnists, staff } = found.layout.fields;
  const editors = printedEditors(found);
  const boxes = [columnists, staff].filter((selectors) => selectors !== null);
  const printed = [...boxes.flatMap((selectors) => printedPersons(found, selectors).map((person) => person.printed))];
  const editing = editors.flatMap(({ names, printed: whole }) => (names.length === 0 ? [whole] : names));
  const severalIn = boxes.flatMap((selectors) => severalInOne(found, selectors));
  return [
    ...printed.filter((text) => !mayBeName(text)).map((text) => flag('name-unreadable', text)),
    ...editing.filter((text) => !mayBeName(text) || /[\d@]/.test(text)).map((text) => flag('name-unreadable', text)),
    ...editors.slice(1).map((each) => flag('name-unreadable', `another 责任编辑 ${each.printed}`)),
    ...severalIn.map((text) => flag('name-unreadable', text)),
    ...boxes.flatMap((selectors) => unreadIn(found, selectors)).map((text) => flag('name-unreadable', text)),
    ...editors.filter(({ others }) => others !== '').map(({ others }) => flag('other-credits', others)),
  ];
}

/** Elements for one person that name several: whose title and link they are is not said. */
function severalInOne(found: CheckInput['found'], selectors: PersonSelectors): readonly string[] {
  if (selectors.first === true) return [];
  const elements = inColumn(found.column, selectors.each);
  return elements
    .toArray()
    .filter((element) => select([element], selectors.name).filter((name) => textOf(name).trim() !== '').length > 1)
    .map((element) => oneLine(textOf(element)));
}

/** No article has nearly so many; what stands behind them is not understood. */
const MOST_WRITERS = 100;

/** Text of a box of writers that is neither a name nor a title. */
function unreadIn(found: CheckInput['found'], selectors: PersonSelectors): readonly string[] {
  if (selectors.box === null) return [];
  let text = oneLine(inColumn(found.column, selectors.box).text());
  for (const { printed, title } of printedPersons(found, selectors).slice(0, MOST_WRITERS))
    for (const part of [printed, title]) text = text.replace(part, ' ');
  return /\p{L}/u.test(text) ? [oneLine(text)] : [];
}

// The byline: it was understood, and names the writers that the page names (site.md, section 6).

/** A byline that is not understood, one further down, and one that names others than the page shows as its writers. */
export function checkByline(input: CheckInput): readonly Flag[] {
  const lines = input.bodies[0]?.lines ?? [];
  const found = findByline(lines);
  const below = creditsBelow(input.bodies.length > 1 ? input.bodies.flatMap((body) => body.lines) : lines);
  if (found !== null && 'unread' in found) return [flag('byline-unreadable', found.unread)];
  return [
    ...(found === null ? [] : againstWriters(input)),
    ...below
      .filter(({ text }) => found === null || !found.text.includes(oneLine(text)))
      .map(({ text, ofWriting }) => flag(ofWriting && found === null ? 'byline-elsewhere' : 'other-credits', text)),
  ];
}

/**
 * Whoever the byline says wrote it should be among those whom a www page shows as its writers. An account and its writer
 * are two names (a community post, the column of a team), and so are two scripts of a foreign name: nothing
 * contradicts there. The staff writer is held against those of the newsroom alone, whatever they did.
 */
function againstWriters({ article }: CheckInput): readonly Flag[] {
  const { byline, columnists, staff } = article;
  if (byline === null || article.id.startsWith('fengwen:')) return [];
  const all = byline.credits.flatMap(({ names }) => names);
  const shown = [...columnists, ...staff].map(({ name }) => name);
  if (shown.some((name) => all.some((other) => isSame(name, other)))) return [];
  const isOfShown = ({ role, affiliation }: Credit) =>
    columnists.length > 0 ? isOfWriting(role) && !/[译访]/.test(role) : affiliation?.includes(HOUSE) === true;
  const writers = byline.credits.filter(isOfShown);
  const printed = writers.flatMap(({ names }) => names);
  const mayBeTwoNames =
    !shown.every(isPersonName) ||
    shown.some((name) => writers.some(({ affiliation }) => affiliation?.includes(name) === true)) ||
    (shown.some(isForeign) && printed.some(isForeign) && isLatin(shown[0] ?? '') !== isLatin(printed[0] ?? ''));
  if (shown.length === 0 || printed.length === 0 || mayBeTwoNames) return [];
  return [flag('byline-disagrees', `${byline.text}, page: ${shown.join('、')}`)];
}

/** True for two spellings of a name, whatever separates its parts, and for one that holds the other. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [bare(one), bare(other)];
  return a.includes(b) || b.includes(a);
}

function bare(name: string): string {
  return name.replace(/[\s·•・?.\-‧]/g, '').toLowerCase();
}

/** In parts, with a dot or a space between them. */
function isForeign(name: string): boolean {
  return isPersonName(name) && /[·•・?. -]/.test(name);
}

function isLatin(name: string): boolean {
  return !/\p{Script=Han}/u.test(name);
}
