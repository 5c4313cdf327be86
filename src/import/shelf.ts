/**
 * The exchanges of the site that the files hold, in a database that SQLite keeps in the machine's temporary folder and that
 * is gone with the process: memory does not grow with the files, and an article's pages may lie anywhere in them.
 */
import { createHash } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import type { Provenance } from '../archive/record.ts';
import { locationOf } from '../fetch/exchange.ts';
import type { ArticleId, Exchange } from '../model.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';
import { connect } from '../sqlite.ts';
import { knownError } from '../system-errors.ts';
import type { Digest } from './digest.ts';

/** What a page request asked for: all on one page, a part, or what only other clients are given. */
export type Form = 'single' | 'mobile' | number;

export interface KeptPage {
  readonly id: ArticleId;
  readonly form: Form;
  readonly exchange: Exchange;
  readonly provenance: Provenance;
}

/** A page without its body, in the order of capture. */
export interface ShelfRow {
  readonly row: number;
  readonly form: Form;
  readonly url: string;
  readonly capturedAt: string;
  readonly status: number;
  /** Where a redirect leads; null for any other answer. */
  readonly location: string | null;
  /** SHA-256 of the body, lower-case hex. */
  readonly body: string;
}

/** What an identical answer was known by, whose body was not written again (WARC 1.1, revisit). */
export interface Reference {
  readonly digest: Digest | null;
  readonly url: string | null;
  readonly date: string | null;
}

export interface Shelf extends Disposable {
  page(kept: KeptPage, options?: { readonly digests?: readonly Digest[]; readonly reference?: Reference }): void;
  picture(exchange: Exchange, options?: { readonly digests?: readonly Digest[]; readonly reference?: Reference }): void;
  /** Gives those that were kept without a body the one that they refer to; the others are taken away and returned. */
  resolve(): readonly { readonly url: string; readonly from: string; readonly date: string }[];
  /** All that `work` puts there, or nothing of it. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Ids of the articles, in order. */
  articles(): readonly ArticleId[];
  pages(id: ArticleId): readonly ShelfRow[];
  read(row: number): KeptPage;
  /** The bytes of a picture, of several captures the one nearest to an instant, in ms since 1970; null where there is none. */
  pictureAt(url: string, at: number): Buffer | null;
}

const TABLES = `
  CREATE TABLE bodies (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE exchanges (
    n INTEGER PRIMARY KEY, kind TEXT NOT NULL, article TEXT, form TEXT, place TEXT NOT NULL, url TEXT NOT NULL, at TEXT NOT NULL,
    status INTEGER NOT NULL, location TEXT, body TEXT, provenance TEXT, exchange TEXT NOT NULL, reference TEXT
  ) STRICT;
  CREATE INDEX by_article ON exchanges (article, at);
  CREATE INDEX by_place ON exchanges (place, at);
  CREATE TABLE digests (algorithm TEXT NOT NULL, hex TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (algorithm, hex)) STRICT, WITHOUT ROWID;
`;

export function openShelf(): Shelf {
  const inTemporary = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw knownError(error, { place: 'temporary', name: 'the pages that are to be imported' });
    }
  };
  const database = inTemporary(() => {
    const opened = connect(''); // SQLite's own temporary file, which has no name
    opened.exec('PRAGMA cache_size = -16000;');
    opened.exec(TABLES);
    return opened;
  });
  const statement = (sql: string) => {
    const prepared = inTemporary(() => database.prepare(sql));
    return {
      run: (...values: SQLInputValue[]) => inTemporary(() => prepared.run(...values)),
      get: (...values: SQLInputValue[]) => inTemporary(() => prepared.get(...values)),
      all: (...values: SQLInputValue[]) => inTemporary(() => prepared.all(...values)),
    };
  };
  const putBody = statement('INSERT INTO bodies VALUES (?, ?) ON CONFLICT DO NOTHING');
  const putDigest = statement('INSERT INTO digests VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const put = statement(
    `INSERT INTO exchanges (kind, article, form, place, url, at, status, location, body, provenance, exchange, reference)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const open = statement('SELECT n, url, at, provenance, reference FROM exchanges WHERE body IS NULL ORDER BY n');
  const bodyOf = statement('SELECT body FROM digests WHERE algorithm = ? AND hex = ?');
  const bodyAt = statement(
    'SELECT body FROM exchanges WHERE place = ?1 AND body IS NOT NULL AND at <= ?2 ORDER BY at = ?2 DESC, at DESC LIMIT 1',
  );
  const setBody = statement(
    'UPDATE exchanges SET body = ?, status = CASE WHEN status IN (0, 304) THEN 200 ELSE status END WHERE n = ?',
  );
  const drop = statement('DELETE FROM exchanges WHERE n = ?');
  const ids = statement("SELECT DISTINCT article FROM exchanges WHERE kind = 'page' ORDER BY article");
  const ofArticle = statement(
    'SELECT n, form, url, at, status, location, body FROM exchanges WHERE article = ? ORDER BY at, n',
  );
  const one = statement(
    'SELECT article, form, provenance, exchange, status, bytes FROM exchanges JOIN bodies ON sha256 = body WHERE n = ?',
  );
  const pictures = statement(
    "SELECT at, body FROM exchanges WHERE place = ? AND kind = 'picture' AND status = 200 AND body IS NOT NULL",
  );
  const bytesOf = statement('SELECT bytes FROM bodies WHERE sha256 = ?');

  function keep(
    kind: 'page' | 'picture',
    exchange: Exchange,
    page: Omit<KeptPage, 'exchange'> | null,
    { digests = [], reference }: { readonly digests?: readonly Digest[]; readonly reference?: Reference } = {},
  ): void {
    const { url, startedAt, response } = exchange;
    const { body, ...rest } = response;
    const sha256 = createHash('sha256').update(body).digest('hex');
    if (reference === undefined) {
      putBody.run(sha256, body);
      for (const { algorithm, hex } of digests) putDigest.run(algorithm, hex, sha256);
    }
    put.run(
      kind,
      page?.id ?? null,
      page === null ? null : String(page.form),
      placeOf(url),
      url,
      startedAt,
      response.status,
      locationOf(exchange),
      reference === undefined ? sha256 : null,
      page === null ? null : JSON.stringify(page.provenance),
      JSON.stringify({ ...exchange, response: rest }),
      reference === undefined ? null : JSON.stringify(reference),
    );
  }

  return {
    page: ({ exchange, ...page }, options) => keep('page', exchange, page, options),
    picture: (exchange, options) => keep('picture', exchange, null, options),
    resolve: () =>
      open.all().flatMap((row) => {
        const { digest, url, date } = JSON.parse(String(row.reference)) as Reference;
        const byDigest = digest === null ? undefined : bodyOf.get(digest.algorithm, digest.hex);
        const place = placeOf(url ?? String(row.url));
        const found = byDigest ?? (digest === null ? bodyAt.get(place, date ?? String(row.at)) : undefined);
        if (found !== undefined) {
          setBody.run(String(found.body), Number(row.n));
          return [];
        }
        drop.run(Number(row.n));
        const provenance = row.provenance === null ? null : (JSON.parse(String(row.provenance)) as Provenance);
        return [{ url: String(row.url), from: provenance?.from ?? '', date: String(row.at) }];
      }),
    transaction: async (work) => {
      inTemporary(() => database.exec('BEGIN'));
      try {
        const result = await work();
        inTemporary(() => database.exec('COMMIT'));
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    articles: () => ids.all().map(({ article }) => String(article) as ArticleId),
    pages: (id) =>
      ofArticle.all(id).map((row) => ({
        row: Number(row.n),
        form: formFrom(String(row.form)),
        url: String(row.url),
        capturedAt: String(row.at),
        status: Number(row.status),
        location: row.location === null ? null : String(row.location),
        body: String(row.body),
      })),
    read: (n) => {
      const row = one.get(n);
      if (row === undefined) throw new TypeError(`${n}: no page of the shelf`);
      const exchange = JSON.parse(String(row.exchange)) as Exchange;
      return {
        id: String(row.article) as ArticleId,
        form: formFrom(String(row.form)),
        provenance: JSON.parse(String(row.provenance)) as Provenance,
        exchange: {
          ...exchange,
          // With the status of another answer, the head is none that anybody sent.
          protocol: exchange.response.status === Number(row.status) ? exchange.protocol : null,
          response: { ...exchange.response, status: Number(row.status), body: row.bytes as Uint8Array },
        },
      };
    },
    pictureAt: (url, at) => {
      const distance = (row: { readonly at?: unknown }) => Math.abs(Date.parse(String(row.at)) - at);
      const [nearest] = pictures.all(placeOf(url)).sort((a, b) => distance(a) - distance(b));
      const found = nearest === undefined ? undefined : bytesOf.get(String(nearest.body));
      return found === undefined ? null : Buffer.from(found.bytes as Uint8Array);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** The article that a page address names, and the form in which it asks for it; null for any other address. */
export function formOf(url: string, site: Site): { readonly id: ArticleId; readonly form: Form } | null {
  const address = parseArticleUrl(url, site);
  const parsed = URL.parse(url);
  if (address === null || parsed === null) return null;
  const { id } = address;
  const isMobile = /^m\./.test(parsed.host) || /^\/wap\//i.test(parsed.pathname);
  if (isMobile) return { id, form: 'mobile' };
  const part = id.startsWith('fengwen:')
    ? (parsed.searchParams.get('page') ?? '1')
    : (/\/\d{4}_\d{2}_\d{2}_\d+_(s|\d+)(?:\.shtml)?$/i.exec(parsed.pathname)?.[1] ?? '1');
  if (part.toLowerCase() === 's' || part === '0') return { id, form: 'single' };
  return { id, form: /^\d{1,3}$/.test(part) ? Number(part) : 1 };
}

function formFrom(text: string): Form {
  return text === 'single' || text === 'mobile' ? text : Number(text);
}

/** An address whatever its scheme: the site of earlier years was http. */
function placeOf(url: string): string {
  return url.replace(/^https?:/i, '').replace(/#.*$/s, '');
}
