/** Fields of an article beside its body (site.md, 2.3). Every function reads one field from the article's column. */
import type { ParsedPage } from '../html/parsed-page.ts';
import type { Article, Person } from '../model.ts';
import { type FoundArticle, inColumn } from './layouts/find-article.ts';
import type { PersonSelectors } from './layouts/layout.ts';
import { absoluteUrl, oneLine } from './text.ts';

/**
 * The headline as printed, full-width spaces included; columnists' pieces carry `作者：` in front. Null if there is none.
 */
export function readTitle({ layout, column }: FoundArticle): string | null {
  const printed = inColumn(column, layout.fields.title).first().text();
  return printed.replace(/[\t\n\f\r ]+/g, ' ').trim() || null;
}

/** The times and the 来源, which share a row: texts as printed, null where absent. */
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
export function readColumnists(page: ParsedPage, { layout, column }: FoundArticle, base: string): readonly Person[] {
  return layout.fields.columnists === null ? [] : readPeople(page, column, layout.fields.columnists, base);
}

/** Staff writers. */
export function readStaff(page: ParsedPage, { layout, column }: FoundArticle, base: string): readonly Person[] {
  return layout.fields.staff === null ? [] : readPeople(page, column, layout.fields.staff, base);
}

/** 责任编辑, one name each. */
export function readEditors({ layout, column }: FoundArticle): readonly string[] {
  const printed = layout.fields.notes && behindLabel(textsOf(column, layout.fields.notes), '责任编辑');
  return (printed ?? '').split(/[\s、，,/／]+/).filter((name) => name !== '');
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

/** The summary; empty for many news items, null then. */
export function readSummary({ $ }: ParsedPage): string | null {
  const metas = $.root().children('html').children('head').children('meta[name="Description" i]');
  return oneLine(metas.first().attr('content') ?? '') || null;
}

function readPeople(
  { $ }: ParsedPage,
  column: FoundArticle['column'],
  selectors: PersonSelectors,
  base: string,
): readonly Person[] {
  const people: Person[] = [];
  for (const element of inColumn(column, selectors.each).toArray()) {
    const link = $(element).find(selectors.name).first();
    const title = selectors.title === null ? '' : $(element).find(selectors.title).first().text();
    const name = oneLine(link.text());
    if (name !== '') people.push({ name, title: oneLine(title) || null, url: absoluteUrl(link.attr('href'), base) });
  }
  return people;
}

function textsOf(column: FoundArticle['column'], selector: string): readonly string[] {
  const found = inColumn(column, selector);
  return found.toArray().map((_, i) => oneLine(found.eq(i).text()));
}

/** What follows a label and its colon, `来源：…` or `责任编辑: …`; null where no text has the label, or nothing follows. */
function behindLabel(texts: readonly string[], label: string): string | null {
  const text = texts.find((candidate) => candidate.startsWith(label));
  return text?.slice(label.length).replace(/^\s*[:：]\s*/, '') || null;
}
