/** The addresses under which articles are found: the front page, days, the calendar, names, changes, the search. */
import type { CatalogArticle } from '../catalog/entry.ts';
import type { Query } from '../catalog/query.ts';
import { marked } from '../catalog/snippet.ts';
import { ArchiveError } from '../errors.ts';
import { dayOf, daysAfter, startOf } from '../site/clock.ts';
import { calendarContent } from './calendar.ts';
import { changesContent } from './changes-page.ts';
import { searchScript } from './files-search-script.ts';
import type { Library } from './library.ts';
import { dayInWords, daysContent, narrowing } from './list-page.ts';
import { EVERYTHING, listArticles, readQuery } from './lists.ts';
import { html } from './markup.ts';
import { NAMED, type Named, namesContent } from './names-page.ts';
import { type Hit, type SearchShown, searchContent, searchOfFiles } from './search-page.ts';
import { withQuery } from './shell.ts';
import { mediumOf, type Reader, send, type Visit, wordsOf } from './visit.ts';

/** So many lists and sources can be chosen on the front page. */
const MOST_CHOICES = 16;
/** Front pages of files have no second page: the calendar leads on. */
const FRONT_OF_FILES = 100;
/** More articles than any day has. */
const WHOLE_DAY = 100_000;
const NAMES_A_PAGE = 300;
const CHANGES_A_PAGE = 50;
/** In characters: two or three lines of a wide page. */
const SNIPPET = 110;

export function listRoutes(reader: Reader, library: Pick<Library, 'catalog' | 'current'>): void {
  const { catalog } = library;

  reader.get('/', async (visit) => {
    await library.current();
    const [words, url] = [wordsOf(visit), new URL(visit.req.url)];
    const chosen = { list: visit.req.query('list') ?? null, source: visit.req.query('source') ?? null };
    const filters = (['list', 'source'] as const).flatMap((kind) =>
      chosen[kind] === null ? [] : [{ kind, value: chosen[kind], exact: true, not: false }],
    );
    if (mediumOf(visit) === 'files') {
      const list = await listArticles(EVERYTHING, { after: undefined, length: FRONT_OF_FILES }, library);
      const content = html`<h1 class="hidden">${words.front}</h1>
${daysContent({ ...list, next: null }, url, words)}
<nav class="pager" aria-label="${words.pages}"><span></span><a href="/calendar">${words.older} →</a></nav>`;
      return send(visit, { title: null, section: 'front', content });
    }
    const list = await listArticles({ ...EVERYTHING, filters }, { after: visit.req.query('after') }, library);
    const choices = async (kind: 'list' | 'source') =>
      narrowing(
        kind === 'list' ? words.lists : words.sources,
        {
          names: await catalog.labels(kind, { limit: MOST_CHOICES }),
          chosen: chosen[kind],
          href: (name) => hrefWith(url, kind, name),
        },
        words,
      );
    const content = html`<h1 class="hidden">${words.front}</h1>
${await choices('list')}${await choices('source')}
${daysContent(list, url, words)}`;
    return send(visit, { title: null, section: 'front', content });
  });

  reader.get('/days/:day{[0-9]{4}-[0-9]{2}-[0-9]{2}}', async (visit) => {
    const day = visit.req.param('day');
    if (Number.isNaN(startOf(day)) || dayOf(startOf(day)) !== day) return visit.notFound();
    await library.current();
    const [words, url] = [wordsOf(visit), new URL(visit.req.url)];
    const query = { ...EVERYTHING, since: day, until: day };
    const isFiles = mediumOf(visit) === 'files';
    const length = isFiles ? WHOLE_DAY : 200;
    const list = await listArticles(query, { after: visit.req.query('after'), length }, library);
    const beside = isFiles ? await daysBeside(day) : { before: daysAfter(day, -1), after: daysAfter(day, 1) };
    const turn = (to: string | null, label: string) =>
      to === null
        ? html`<span></span>`
        : html`<a href="/days/${to}">${to < day ? `← ${to}` : `${to} →`}<span class="hidden"> ${label}</span></a>`;
    const content = html`<h1 class="hidden">${dayInWords(day, words)}</h1>
${daysContent(list, url, words)}
<nav class="pager" aria-label="${words.pages}">${turn(beside.before, words.older)}<a href="/calendar/${day.slice(0, 4)}">${words.calendar}</a>${turn(beside.after, words.newer)}</nav>`;
    return send(visit, { title: dayInWords(day, words), section: 'calendar', content });
  });

  reader.get('/calendar', (visit) => calendar(visit, null));
  reader.get('/calendar/:year{[0-9]{4}}', (visit) => calendar(visit, Number(visit.req.param('year'))));

  for (const kind of Object.keys(NAMED) as Named[]) {
    reader.get(`/${kind}`, async (visit) => {
      await library.current();
      const [words, url] = [wordsOf(visit), new URL(visit.req.url)];
      const [, digits = '0'] = /^(\d{1,9})$/.exec(visit.req.query('offset') ?? '') ?? [];
      const offset = Number(digits);
      const found = await catalog.labels(NAMED[kind], { limit: NAMES_A_PAGE + 1, offset });
      const names = found.slice(0, NAMES_A_PAGE);
      const content = namesContent(kind, { names, offset, isMore: found.length > NAMES_A_PAGE, url }, words);
      return send(visit, { title: words[kind], section: kind, content });
    });
    reader.get(`/${kind}/:name`, async (visit) => {
      await library.current();
      const [words, url, name] = [wordsOf(visit), new URL(visit.req.url), visit.req.param('name')];
      const filters = [{ kind: NAMED[kind], value: name, exact: true, not: false }];
      const list = await listArticles({ ...EVERYTHING, filters }, { after: visit.req.query('after') }, library);
      if (list.articles.length === 0) return visit.notFound();
      const content = html`<p class="kicker"><a href="/${kind}">${words[kind]}</a></p>
<h1 lang="zh-Hans"><bdi>${name}</bdi></h1>
${daysContent(list, url, words)}`;
      return send(visit, { title: name, section: kind, content });
    });
  }

  reader.get('/changes', async (visit) => {
    await library.current();
    const [words, url] = [wordsOf(visit), new URL(visit.req.url)];
    const before = Date.parse(visit.req.query('before') ?? '');
    const changes = await catalog.changes({
      limit: CHANGES_A_PAGE,
      before: Number.isNaN(before) ? null : new Date(before).toISOString(),
    });
    const last = changes.length < CHANGES_A_PAGE ? null : (changes.at(-1)?.at ?? null);
    return send(visit, {
      title: words.changes,
      section: 'changes',
      content: changesContent(changes, { before: last, url, hasLetters: mediumOf(visit) === 'server' }, words),
    });
  });

  reader.get('/search', async (visit) => {
    await library.current();
    const [words, url] = [wordsOf(visit), new URL(visit.req.url)];
    if (mediumOf(visit) === 'files') {
      const head = html`<script defer src="${searchScript().href}"></script>\n`;
      return send(visit, { title: words.search, section: null, content: searchOfFiles(words), head });
    }
    const shown = await search(visit);
    const title = shown.text === '' ? words.search : `${shown.text} · ${words.search}`;
    return send(
      visit,
      { title, section: null, content: searchContent(shown, url, words) },
      shown.fault === null ? 200 : 400,
    );
  });

  /** The days that have articles before and after one. */
  async function daysBeside(day: string): Promise<{ readonly before: string | null; readonly after: string | null }> {
    const days = (await catalog.days()).map((each) => each.day);
    return {
      before: days.findLast((each) => each < day) ?? null,
      after: days.find((each) => each > day) ?? null,
    };
  }

  async function calendar(visit: Visit, asked: number | null): Promise<Response> {
    await library.current();
    const words = wordsOf(visit);
    const all = await catalog.days();
    const years = [...new Set(all.map(({ day }) => Number(day.slice(0, 4))))];
    const year = asked ?? years.at(-1) ?? Number(dayOf(Date.now()).slice(0, 4));
    const counts = all.filter(({ day }) => Number(day.slice(0, 4)) === year);
    const content = calendarContent(year, { counts, years }, words);
    return send(visit, { title: `${words.calendar} ${year}`, section: 'calendar', content });
  }

  async function search(visit: Visit): Promise<SearchShown> {
    const text = (visit.req.query('q') ?? '').trim();
    const sort = visit.req.query('sort') === 'best' ? 'best' : 'newest';
    if (text === '') return { text, sort, answer: null, fault: null };
    const query = readQuery(text);
    if ('fault' in query) return { text, sort, answer: null, fault: query.fault };
    const list = await listArticles(query, { after: visit.req.query('after'), sort }, library);
    const hits = await Promise.all(list.articles.map((article) => hitIn(article, query)));
    return { text, sort, answer: { ...list, hits }, fault: null };
  }

  async function hitIn(article: CatalogArticle, query: Query): Promise<Hit> {
    const hasWords = query.texts.some(({ not }) => !not);
    // A document that cannot be read is found all the same, and its page says what is wrong with it.
    const unread = (error: unknown) => {
      if (error instanceof ArchiveError) return null;
      throw error;
    };
    const snippet = hasWords ? await catalog.snippet(article, query, SNIPPET).catch(unread) : null;
    return { article, title: marked(article.title, query), snippet };
  }
}

/** The front page narrowed down by one more name, or by none of its kind. */
function hrefWith(url: URL, kind: string, name: string | null): string {
  const start = new URL(url);
  start.searchParams.delete('after');
  start.searchParams.delete(kind);
  return name === null ? `${start.pathname}${start.search}` : withQuery(start, kind, name);
}
