/** JSON Lines: an object a line, UTF-8; what `jq`, pandas, DuckDB and every language read. */
import type { TableContent } from './file-export.ts';
import { authorsOf, type Row, rowOf } from './row.ts';

export const jsonLines: TableContent = async function* (articles) {
  for await (const article of articles) yield `${JSON.stringify(objectOf(rowOf(article)))}\n`;
};

function objectOf(row: Row): object {
  return {
    id: row.id,
    url: row.url,
    title: row.title,
    original_title: row.originalTitle,
    published_at: row.publishedAt,
    time_precision: row.precision,
    updated_at: row.updatedAt,
    day: row.day,
    source: row.source,
    origin: row.origin,
    authors: authorsOf(row),
    people: row.people.map(({ name, role }) => ({ name, role })),
    byline: row.byline,
    keywords: row.keywords,
    topic: row.topic,
    summary: row.summary,
    text: row.text,
    characters: row.characters,
    pictures: row.pictures,
    versions: row.versions.map(({ capturedAt, ...rest }) => ({ captured_at: capturedAt, ...rest })),
    withdrawn_since: row.withdrawnSince,
    moved_to: row.movedTo,
    flags: row.flags,
    document: row.document,
    sha256: row.sha256,
  };
}
