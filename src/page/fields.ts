/** Fields of an article beside its body (site.md, 2.3). Every function reads one field from the article's column. */

import type { Article, Person } from '../model.ts';
import type { PersonSelectors } from '../site/layout.ts';
import { isSiteSummary } from '../site/marks.ts';
import { isPlaceholder } from '../site/people.ts';
import { textOf } from './column.ts';
import { readCredits } from './credits.ts';
import { type FoundArticle, inColumn } from './find-article.ts';
import { absoluteUrl, elementsBelow, oneLine, select } from './html.ts';
import { namesIn } from './names.ts';
import type { ParsedPage } from './page.ts';
import { dataValues, shareSetting } from './witnesses.ts';

/**
 * The headline as printed, full-width spaces included; columnists' pieces carry `作者：` in front. Null if there is none.
 */
export function readTitle({ layout, column }: FoundArticle): string | null {
  const printed = inColumn(column, layout.fields.title).first().text();
  return printed.replace(/[\t\n\f\r ]+/g, ' ').trim() || null;
}

/** The times and the 来源, which share a row: texts as printed, null if absent. */
export function readTimes({ layout, column }: FoundArticle): {
  readonly published: string | null;
  readonly updated: string | null;
  readonly source: string | null;
} {
  const texts = textsOf(column, layout.fields.times);
  return {
    published: texts[0] ?? null,
    updated: behindLabel(texts, '最后更新'),
    source: behindLabel(texts, '来源'),
  };
}

/** Columnists or the post's author, with title and absolute link; the page's `meta[name=author]` is a placeholder. */
export function readColumnists(found: FoundArticle, base: string): readonly Person[] {
  return readPersons(found, found.layout.fields.columnists, base);
}

/** Staff writers. */
export function readStaff(found: FoundArticle, base: string): readonly Person[] {
  return readPersons(found, found.layout.fields.staff, base);
}

/** 责任编辑, one name each. */
export function readEditors(found: FoundArticle): readonly string[] {
  return [...new Set(printedEditors(found).flatMap(({ names }) => names))];
}

/** 责任编辑 as printed, each with the names in it, and the credits that follow them (`审核：…`). */
export function printedEditors({
  layout,
  column,
}: FoundArticle): readonly { readonly printed: string; readonly names: readonly string[]; readonly others: string }[] {
  if (layout.fields.notes === null) return [];
  const label = '责任编辑';
  const texts = textsOf(column, layout.fields.notes).filter((text) => text.startsWith(label));
  return texts.flatMap((text) => {
    const printed = behindLabel([text], label);
    if (printed === null || isPlaceholder(printed)) return printed === null ? [] : [{ printed, names: [], others: '' }];
    const [editors, ...others] = readCredits(`${label}：${printed}`) ?? [];
    if (editors === undefined || editors.affiliation !== null) return [{ printed, names: [printed], others: '' }];
    const rest = others.map(({ role, names }) => `${role}：${names.join('、')}`).join(' ');
    return [{ printed, names: editors.names, others: rest }];
  });
}

/** 原标题. */
export function readOriginalTitle({ layout, column }: FoundArticle): string | null {
  return layout.fields.notes && behindLabel(textsOf(column, layout.fields.notes), '原标题');
}

/** Keywords in the page's order, without the empty link that some pages have. */
export function readKeywords({ layout, column }: FoundArticle): readonly string[] {
  return layout.fields.keywords === null ? [] : textsOf(column, layout.fields.keywords).filter((word) => word !== '');
}

/** The topic (专题) that the article belongs to. */
export function readTopic({ layout, column }: FoundArticle, base: string): Article['topic'] {
  if (layout.fields.topic === null) return null;
  const link = inColumn(column, layout.fields.topic).first();
  const name = oneLine(link.text());
  const url = absoluteUrl(link.attr('href'), base);
  return name !== '' && url !== null ? { name, url } : null;
}

/** The summary; null where there is none, as in many news items, and where the site describes itself instead. */
export function readSummary({ $ }: ParsedPage): string | null {
  const metas = $.root().children('html').children('head').children('meta[name="Description" i]');
  const printed = oneLine(metas.first().attr('content') ?? '');
  return printed === '' || isSiteSummary(printed) ? null : printed;
}

function readPersons(found: FoundArticle, selectors: PersonSelectors | null, base: string): readonly Person[] {
  return printedPersons(found, selectors)
    .filter(({ printed }) => !isPlaceholder(printed))
    .flatMap(({ printed, title, link }) =>
      (selectors?.first === true ? [printed] : namesIn(printed)).map((name) => ({
        name,
        title: title || null,
        url: absoluteUrl(link, base),
      })),
    );
}

/** Somebody in a box of writers, as printed. */
export interface PrintedPerson {
  readonly printed: string;
  readonly title: string;
  readonly link: string | undefined;
}

/** Everybody in a box of writers: each name, a link or not, with the title behind it. */
export function printedPersons({ column }: FoundArticle, selectors: PersonSelectors | null): readonly PrintedPerson[] {
  if (selectors === null) return [];
  const people: { printed: string; title: string; link: string | undefined }[] = [];
  const found = inColumn(column, selectors.each).toArray();
  for (const element of selectors.first === true ? found.slice(0, 1) : found) {
    const names = new Set(select([element], selectors.name).slice(0, selectors.first === true ? 1 : undefined));
    const titles = new Set(selectors.title === null ? [] : select([element], selectors.title));
    let title = '';
    const inside: typeof people = [];
    for (const each of elementsBelow([element])) {
      const text = oneLine(textOf(each));
      const last = inside.at(-1);
      if (names.has(each) && text !== '') {
        inside.push({ printed: text, title, link: each.attribs.href });
        title = '';
      } else if (titles.has(each) && last === undefined) title = text;
      else if (titles.has(each) && last?.title === '') last.title = text;
    }
    people.push(...inside);
  }
  return people;
}

function textsOf(column: FoundArticle['column'], selector: string): readonly string[] {
  const found = inColumn(column, selector);
  return found.toArray().map((_, i) => oneLine(found.eq(i).text()));
}

/** What follows a label and its colon, `来源：…` or `责任编辑: …`; null if no text has the label, or nothing follows. */
function behindLabel(texts: readonly string[], label: string): string | null {
  const text = texts.find((candidate) => candidate.startsWith(label));
  return text?.slice(label.length).replace(/^\s*[:：]\s*/, '') || null;
}

/**
 * The picture that the page offers for sharing (site.md, 2.3), a lead picture or the head of a columnist: `bdPic` of the
 * share settings, else the first of `images` in the JSON-LD; absolute, null if neither is there.
 */
export function readSharePicture(page: ParsedPage, base: string): string | null {
  const printed = [shareSetting(page, 'bdPic'), ...dataValues(page, 'images')];
  return printed.map((address) => absoluteUrl(address ?? undefined, base)).find((address) => address !== null) ?? null;
}
