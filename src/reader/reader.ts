/** The reader as a function from a request to its answer. Reads the archive, and changes nothing in it: what its form orders is for a run to do. */
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { setCookie } from 'hono/cookie';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import { knownError } from '../system-errors.ts';
import { articleRoutes } from './article-routes.ts';
import { dataRoutes } from './data-routes.ts';
import type { Gate } from './gate.ts';
import { GATE_POSTS, gateRoutes } from './gate-routes.ts';
import type { Library } from './library.ts';
import { listRoutes } from './list-routes.ts';
import { ORDER_HREF } from './order-form.ts';
import { answerPicture } from './pictures.ts';
import { SCRIPT, SCRIPT_HREF } from './script.ts';
import { type AnswerKind, guard } from './security.ts';
import { stateRoutes } from './state-routes.ts';
import { STYLE, STYLE_HREF } from './style.ts';
import { type Env, fault, preferencesIn, type Reader, type Visit } from './visit.ts';

export interface ReaderOptions {
  /** Names by which the server is reached beside `localhost` and plain addresses. */
  readonly names: readonly string[];
  /** What must be known before anything is shown; null where everybody may read. */
  readonly gate: Gate | null;
  /** Is told of every fault of the program that ended a request. */
  readonly log: Log;
}

const YEAR_S = 365 * 86_400;

export function createReader(library: Library, { names, gate, log }: ReaderOptions): Reader {
  const reader: Reader = new Hono<Env>({ strict: true });

  reader.use(compress());
  reader.use(
    guard({ names, posts: [ORDER_HREF, ...(gate === null ? [] : GATE_POSTS)] }, (visit, { status, why }) =>
      fault(visit, status, (words) => words[why]),
    ),
  );
  reader.use(async (visit, next) => {
    const preferences = preferencesIn(visit);
    visit.set('preferences', preferences);
    visit.set('medium', 'server');
    await next();
    for (const [name, value] of [
      ['lang', preferences.language],
      ['theme', preferences.theme],
    ] as const)
      if (visit.req.query(name) === value)
        setCookie(visit, name, value, { path: '/', maxAge: YEAR_S, sameSite: 'Lax', httpOnly: true });
    visit.header('vary', 'accept-language, cookie', { append: true });
  });
  answerFaults(reader, log);
  reader.get('/healthz', (visit) => visit.json({ status: 'ok' })); // to anybody: it tells nothing of the archive
  if (gate !== null) gateRoutes(reader, gate);
  reader.get(STYLE_HREF, (visit) => immutable(visit, 'text/css; charset=utf-8', STYLE));
  reader.get(SCRIPT_HREF, (visit) => immutable(visit, 'text/javascript; charset=utf-8', SCRIPT));
  reader.get(ICON_HREF, (visit) => immutable(visit, 'image/svg+xml', ICON, 'picture'));
  reader.get('/pictures/:name', async (visit) => {
    visit.set('kind', 'picture');
    return (await answerPicture(visit, visit.req.param('name'), library.storage)) ?? visit.notFound();
  });
  listRoutes(reader, library);
  articleRoutes(reader, library);
  stateRoutes(reader, library);
  dataRoutes(reader, library);
  return reader;
}

/** The pages that stand for themselves, to be written into files: their links are those of the server. */
export function createFilesReader(
  library: Pick<Library, 'shelf' | 'catalog' | 'current'>,
  { log }: Pick<ReaderOptions, 'log'>,
): Reader {
  const reader: Reader = new Hono<Env>({ strict: true });
  reader.use(async (visit, next) => {
    visit.set('preferences', preferencesIn(visit));
    visit.set('medium', 'files');
    await next();
  });
  answerFaults(reader, log);
  listRoutes(reader, library);
  articleRoutes(reader, library);
  return reader;
}

function answerFaults(reader: Reader, log: Log): void {
  reader.notFound((visit) =>
    fault(visit, 404, ({ notFound }) => notFound, { help: ({ notFoundHelp }) => notFoundHelp }),
  );
  reader.onError((error, visit) => {
    const known = knownError(error, { place: 'archive', name: 'serve' });
    if (known instanceof ArchiveError)
      return known.code === 'ARCHIVE_DAMAGED'
        ? fault(visit, 500, ({ damaged }) => damaged, { help: ({ damagedHelp }) => damagedHelp, detail: known.detail })
        : fault(visit, 500, ({ error: failed }) => failed, { detail: known.message });
    log({ level: 'error', stage: 'read', message: `${visit.req.path}: ${String(known)}` });
    return fault(visit, 500, ({ internal }) => internal);
  });
}

function immutable(visit: Visit, type: string, body: string, kind: AnswerKind = 'data'): Response {
  visit.set('kind', kind);
  return visit.body(body, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' });
}

export const ICON_HREF = '/static/icon.svg';

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="2" width="12" height="12" fill="#9b2c20"/></svg>';
