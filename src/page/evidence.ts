/** Where each field of an article came from: for people who compare it with the page. */
import type { Article, Person } from '../model.ts';
import type { FieldSelectors } from '../site/layout.ts';
import type { Extraction } from './extract.ts';

interface FieldEvidence {
  readonly field: string;
  /** The selector that gave it, or what else it was taken from. */
  readonly from: string;
  /** In one line; null if the page has none. */
  readonly value: string | null;
}

/** One row a field, in the order of the page; the body stands in the text account. */
export function evidenceOf({ article, found }: Extraction): readonly FieldEvidence[] {
  const { fields, column, body } = found.layout;
  const at = (selector: string | null | undefined) =>
    selector == null ? 'not in this layout' : `${column} ${selector}`;
  const people = (selectors: FieldSelectors['columnists']) =>
    at(selectors === null ? null : `${selectors.each} ${selectors.name}`);
  const { clock } = article;
  return [
    { field: 'title', from: at(fields.title), value: article.title },
    {
      field: 'published',
      from: clock.published === null ? insteadOfClock(article) : at(fields.times),
      value: `${article.publishedAt} (${article.precision})`,
    },
    { field: 'updated', from: `${at(fields.times)}, 最后更新`, value: article.updatedAt },
    { field: 'source', from: `${at(fields.times)}, 来源`, value: article.source },
    { field: 'columnists', from: people(fields.columnists), value: namesOf(article.columnists) },
    { field: 'staff', from: people(fields.staff), value: namesOf(article.staff) },
    { field: 'byline', from: `first lines of ${at(body)}`, value: article.byline?.text ?? null },
    { field: 'editors', from: `${at(fields.notes)}, 责任编辑`, value: listOf(article.editors) },
    { field: 'original title', from: `${at(fields.notes)}, 原标题`, value: article.originalTitle },
    { field: 'keywords', from: at(fields.keywords), value: listOf(article.keywords) },
    { field: 'topic', from: at(fields.topic), value: article.topic && `${article.topic.name} ${article.topic.url}` },
    { field: 'summary', from: 'head > meta[name=Description]', value: article.summary },
    { field: 'share picture', from: 'bdPic of the share settings, or the JSON-LD', value: article.sharePicture },
    { field: 'pictures', from: `${at(body)} img`, value: listOf(article.images.map(({ src }) => src)) },
    {
      field: 'media',
      from: `${at(body)} iframe, video, audio, embed`,
      value: listOf(article.media.map(({ kind, src, length }) => [kind, src, length].filter(Boolean).join(' '))),
    },
  ];
}

function insteadOfClock({ precision }: Article): string {
  return precision === 'day' ? 'the day in the address' : 'the time of the visit';
}

function namesOf(people: readonly Person[]): string | null {
  return listOf(people.map(({ name, title }) => (title === null ? name : `${name} (${title})`)));
}

function listOf(values: readonly string[]): string | null {
  return values.join(', ') || null;
}
