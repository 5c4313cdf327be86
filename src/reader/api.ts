/** The API as one table, from which its routes and its description (OpenAPI 3.1) both come. */
import { changesOf } from '../archive/changes.ts';
import { compareDocuments } from '../archive/diff.ts';
import { parseQuery } from '../catalog/query.ts';
import type { ArticleId } from '../model.ts';
import { packageInfo } from '../package.ts';
import type { Library } from './library.ts';
import { EVERYTHING, listArticles } from './lists.ts';

/** What a request asks with. */
interface Asked {
  readonly param: (name: string) => string;
  readonly query: (name: string) => string | undefined;
}

interface Operation {
  /** With `{name}` for its parameters. */
  readonly path: string;
  readonly summary: string;
  /** Parameters of the query, each with its meaning. */
  readonly queries: Readonly<Record<string, string>>;
  /** Names that every answer has. */
  readonly answers: readonly string[];
  /** Null where the archive has no such thing. @throws QUERY_INVALID */
  readonly answer: (asked: Asked, library: Library) => Promise<Readonly<Record<string, unknown>> | null>;
}

const PAGING = { limit: 'at most so many, up to 200', after: 'goes on behind an answer: its `next`' };
const KINDS = ['source', 'list', 'author', 'editor', 'keyword', 'topic', 'flag', 'state'] as const;

export const API: readonly Operation[] = [
  {
    path: '/articles',
    summary: 'Articles, the newest first, or those that a query finds',
    queries: { q: 'words and filters, as the search page takes them', sort: '`newest` or `best`', ...PAGING },
    answers: ['articles', 'total', 'isMore', 'next'],
    answer: async ({ query }, library) => {
      const asked = (query('q') ?? '').trim();
      const { articles, total, isMore, next } = await listArticles(
        asked === '' ? EVERYTHING : parseQuery(asked),
        { after: query('after'), length: limitOf(query('limit')), sort: query('sort') === 'best' ? 'best' : 'newest' },
        library,
      );
      return { articles, total, isMore, next };
    },
  },
  {
    path: '/articles/{space}/{number}',
    summary: 'All that the archive knows of an article',
    queries: {},
    answers: ['record', 'changes'],
    answer: async ({ param }, { shelf }) => {
      const id = idOf(param);
      const found = id === null ? null : await shelf.find(id, null);
      return found === null ? null : { record: found.record, changes: changesOf(found.record) };
    },
  },
  {
    path: '/articles/{space}/{number}/versions/{version}',
    summary: 'The document of a version, byte for byte',
    queries: {},
    answers: ['version', 'document'],
    answer: async ({ param }, { shelf }) => {
      const id = idOf(param);
      const found = id === null ? null : await shelf.find(id, null);
      const version = found?.record.versions[Number(param('version')) - 1];
      return version === undefined ? null : { version, document: await shelf.readVersion(version) };
    },
  },
  {
    path: '/articles/{space}/{number}/diff/{from}/{to}',
    summary: 'What changed between two versions',
    queries: {},
    answers: ['title', 'date', 'body', 'isCoarse', 'images'],
    answer: async ({ param }, { shelf }) => {
      const id = idOf(param);
      const versions = (id === null ? null : await shelf.find(id, null))?.record.versions ?? [];
      const [from, to] = [versions[Number(param('from')) - 1], versions[Number(param('to')) - 1]];
      if (from === undefined || to === undefined) return null;
      return { ...compareDocuments(await shelf.readVersion(from), await shelf.readVersion(to)) };
    },
  },
  {
    path: '/changes',
    summary: 'What the site edited, withdrew and had again, the newest first',
    queries: { limit: PAGING.limit, before: 'only what was found before this instant (ISO 8601)' },
    answers: ['changes'],
    answer: async ({ query }, { catalog }) => {
      const before = Date.parse(query('before') ?? '');
      return {
        changes: await catalog.changes({
          limit: limitOf(query('limit')),
          before: Number.isNaN(before) ? null : new Date(before).toISOString(),
        }),
      };
    },
  },
  {
    path: '/days',
    summary: 'How many articles each day has',
    queries: { since: 'a day such as 2026-10-14', until: 'a day' },
    answers: ['days'],
    answer: async ({ query }, { catalog }) => ({
      days: await catalog.days({ since: query('since') ?? null, until: query('until') ?? null }),
    }),
  },
  {
    path: '/names/{kind}',
    summary: `Names with how many articles have them; kinds are ${KINDS.join(', ')}`,
    queries: { limit: PAGING.limit, offset: 'so many are left out' },
    answers: ['names'],
    answer: async ({ param, query }, { catalog }) => {
      const kind = KINDS.find((each) => each === param('kind'));
      if (kind === undefined) return null;
      const offset = /^\d{1,9}$/.test(query('offset') ?? '') ? Number(query('offset')) : 0;
      return { names: await catalog.labels(kind, { limit: limitOf(query('limit')), offset }) };
    },
  },
  {
    path: '/state',
    summary: 'The catalog, and what the runs over the archive do now',
    queries: {},
    answers: ['catalog', 'run'],
    answer: async (_, { catalog, run }) => ({ catalog: await catalog.state(), run: await run() }),
  },
];

/** The description of the API: https://spec.openapis.org/oas/v3.1.0. */
export function describeApi(): object {
  const { version } = packageInfo();
  const paths = API.map(({ path, summary, queries, answers }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    const inQuery = Object.entries(queries).map(([name, description]) => ({
      name,
      in: 'query',
      description,
      schema: { type: 'string' },
    }));
    const schema = {
      type: 'object',
      required: answers,
      properties: Object.fromEntries(answers.map((name) => [name, {}])),
    };
    const refusal = {
      description: 'Why not',
      content: { 'application/json': { schema: { type: 'object', required: ['error'] } } },
    };
    const get = {
      summary,
      parameters: [...inPath, ...inQuery],
      responses: {
        200: { description: summary, content: { 'application/json': { schema } } },
        400: refusal,
        404: refusal,
      },
    };
    return [path, { get }] as const;
  });
  return {
    openapi: '3.1.0',
    info: { title: 'guancha-archive', version },
    servers: [{ url: '/api/v1' }],
    paths: Object.fromEntries(paths),
  };
}

const [FEWEST, MOST] = [40, 200];

function limitOf(text: string | undefined): number {
  return /^[1-9]\d{0,8}$/.test(text ?? '') ? Math.min(Number(text), MOST) : FEWEST;
}

function idOf(param: Asked['param']): ArticleId | null {
  const id = `${param('space')}:${param('number')}`;
  return /^(?:guancha|fengwen):[1-9]\d{0,15}$/.test(id) ? (id as ArticleId) : null;
}
