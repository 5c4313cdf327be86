/** The reader as a function from a request to its answer: which address shows what. Reads the archive and changes nothing. */
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { getCookie, setCookie } from 'hono/cookie';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ArticleId } from '../model.ts';
import { knownError } from '../system-errors.ts';
import { readArticle, type Shelf } from './article.ts';
import { articleContent } from './article-page.ts';
import { readComparison, readHistory } from './history.ts';
import { comparisonContent, historyContent } from './history-page.ts';
import { html, type Markup } from './markup.ts';
import { answerPicture } from './pictures.ts';
import { type Preferences, preferencesOf } from './preferences.ts';
import { openSanitiser } from './sanitise.ts';
import { type AnswerKind, guard } from './security.ts';
import { type PageFrame, page } from './shell.ts';
import { STYLE, STYLE_HREF } from './style.ts';
import { typeset } from './typeset.ts';
import { type Words, wordsIn } from './words.ts';

/** What the pages are read from. */
export interface Library {
  readonly shelf: Shelf;
  readonly storage: Pick<Storage, 'stat' | 'chunks'>;
}

export interface ReaderOptions {
  /** Names by which the server is reached beside `localhost` and plain addresses. */
  readonly names: readonly string[];
  /** Is told of every fault of the program that ended a request. */
  readonly log: Log;
}

interface Env {
  readonly Variables: { readonly kind: AnswerKind; readonly preferences: Preferences };
}

export type Reader = Hono<Env>;

type Visit = Context<Env>;

const YEAR_S = 365 * 86_400;

export function createReader(library: Library, { names, log }: ReaderOptions): Reader {
  const reader: Reader = new Hono<Env>({ strict: true });
  let sanitiser: ReturnType<typeof openSanitiser> | null = null;
  const sanitise = async (body: string) => {
    sanitiser ??= openSanitiser();
    return (await sanitiser)(body);
  };

  reader.use(compress());
  reader.use(guard({ names, posts: [] }, (context, { status, why }) => fault(context, status, (words) => words[why])));
  reader.use(async (context, next) => {
    const preferences = preferencesIn(context);
    context.set('preferences', preferences);
    await next();
    for (const [name, value] of [
      ['lang', preferences.language],
      ['theme', preferences.theme],
    ] as const)
      if (context.req.query(name) === value)
        setCookie(context, name, value, { path: '/', maxAge: YEAR_S, sameSite: 'Lax', httpOnly: true });
    context.header('vary', 'accept-language, cookie', { append: true });
  });
  reader.notFound((context) =>
    fault(
      context,
      404,
      ({ notFound }) => notFound,
      ({ notFoundHelp }) => notFoundHelp,
    ),
  );
  reader.onError((error, context) => {
    const known = knownError(error, { place: 'archive', name: 'serve' });
    if (known instanceof ArchiveError)
      return known.code === 'ARCHIVE_DAMAGED'
        ? fault(
            context,
            500,
            ({ damaged }) => damaged,
            ({ damagedHelp }) => damagedHelp,
            known.detail,
          )
        : fault(context, 500, ({ error: failed }) => failed, null, known.message);
    log({
      level: 'error',
      stage: 'read',
      message: `${context.req.path}: ${known instanceof Error ? known.message : String(known)}`,
    });
    return fault(context, 500, ({ internal }) => internal);
  });

  reader.get(STYLE_HREF, (context) => immutable(context, 'text/css; charset=utf-8', STYLE));
  reader.get('/static/icon.svg', (context) => immutable(context, 'image/svg+xml', ICON, 'picture'));
  reader.get('/pictures/:name', async (context) => {
    context.set('kind', 'picture');
    return (await answerPicture(context, context.req.param('name'), library.storage)) ?? context.notFound();
  });
  reader.get(`/articles/${ARTICLE}`, (context) => showArticle(context, null));
  reader.get(`/articles/${ARTICLE}/versions/${COUNT}`, (context) =>
    showArticle(context, Number(context.req.param('count'))),
  );
  reader.get(`/articles/${ARTICLE}/history`, async (context) => {
    const history = await readHistory(idIn(context), library.shelf);
    if (history === null) return context.notFound();
    const words = wordsOf(context);
    const title = `${words.history}: ${history.record.article.title}`;
    return send(context, { title, section: null, content: historyContent(history, words) });
  });
  reader.get(`/articles/${ARTICLE}/diff`, async (context) => {
    const numbers = { from: countIn(context, 'from'), to: countIn(context, 'to') };
    const compared = await readComparison(idIn(context), numbers, library.shelf);
    if (compared === null) return context.notFound();
    const words = wordsOf(context);
    const view = context.req.query('view') === 'side' ? 'side' : 'inline';
    const title = `${words.compare}: ${compared.record.article.title}`;
    return send(context, { title, section: null, content: comparisonContent(compared, view, words) });
  });
  return reader;

  async function showArticle(context: Visit, number: number | null): Promise<Response> {
    const shown = await readArticle(idIn(context), number, library.shelf);
    if (shown === null) return context.notFound();
    const words = wordsOf(context);
    const { body } = typeset(shown.body, { ...shown, base: shown.record.url, words });
    const content = articleContent(shown, await sanitise(body), words);
    context.set('kind', 'article');
    return send(context, { title: shown.title, section: null, content, width: 'text' });
  }
}

/** An id of the archive as addresses have it. */
const ARTICLE = ':space{guancha|fengwen}/:number{[1-9][0-9]{0,15}}';
const COUNT = ':count{[1-9][0-9]{0,8}}';

function idIn(context: Visit): ArticleId {
  const { space, number } = context.req.param() as { readonly space: 'guancha' | 'fengwen'; readonly number: string };
  return `${space}:${Number(number)}`;
}

/** A number from 1 that the query names; null where it names none. */
function countIn(context: Visit, name: string): number | null {
  const text = context.req.query(name) ?? '';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function preferencesIn(context: Context): Preferences {
  const { req } = context;
  return preferencesOf({
    query: (name) => req.query(name),
    cookie: (name) => getCookie(context, name),
    acceptLanguage: req.header('accept-language'),
  });
}

function wordsOf(context: Visit): Words {
  return wordsIn(context.get('preferences').language);
}

function send(
  context: Visit,
  frame: Omit<PageFrame, 'preferences' | 'url'>,
  status: 200 | 400 | 403 | 404 | 405 | 421 | 500 = 200,
): Response | Promise<Response> {
  const preferences = context.get('preferences') ?? preferencesIn(context);
  return context.html(page({ ...frame, preferences, url: new URL(context.req.url) }), status);
}

/** A page that says what is wrong. */
function fault(
  context: Context,
  status: 400 | 403 | 404 | 405 | 421 | 500,
  title: (words: Words) => string,
  help: ((words: Words) => string) | null = null,
  detail: string | null = null,
): Response | Promise<Response> {
  const words = wordsIn(preferencesIn(context).language);
  context.set('kind', 'page');
  const content: Markup = html`<h1>${title(words)}</h1>
${help === null ? null : html`<p>${help(words)}</p>`}${detail === null ? null : html`<p class="quiet"><code>${detail}</code></p>`}`;
  return send(context, { title: title(words), section: null, content, width: 'text' }, status);
}

function immutable(context: Visit, type: string, body: string, kind: AnswerKind = 'data'): Response {
  context.set('kind', kind);
  return context.body(body, 200, { 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' });
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="2" width="12" height="12" fill="#9b2c20"/></svg>';
