/** The addresses of the archive's own state: its runs, its coverage, its audit. */
import { randomBytes } from 'node:crypto';
import { streamSSE } from 'hono/streaming';
import type { ReadIdCoverage } from '../coverage/read-id-coverage.ts';
import { ArchiveError } from '../errors.ts';
import { type Letter, monthAt, monthBefore, monthOf } from '../letter/letter.ts';
import { readStoredAudit, storedAudits } from '../report/stored-audits.ts';
import { parseArticleUrl } from '../site/address.ts';
import { dayOf, daysAfter } from '../site/clock.ts';
import { auditContent, type KeptReport } from './audit-page.ts';
import { letterContent } from './letter-page.ts';
import type { Library } from './library.ts';
import type { Markup } from './markup.ts';
import { ORDER_HREF, orderForm } from './order-form.ts';
import { runContent, runFault, runPart } from './run-page.ts';
import { coverageContent } from './state-page.ts';
import { countIn, type Reader, send, type Visit, wordsOf } from './visit.ts';
import type { Words } from './words.ts';

const COVERAGE_DAYS = 30;
/** Coverage and letters read records by the month or all of them: not for every visit. */
const COVERAGE_KEPT_MS = 60_000;
const MOST_FLAGS = 100;
const MOST_REPORTS = 20;
const LOOK_MS = 2000;
/** So many may watch a run at once; whoever comes then sees it as it is. */
const MOST_WATCHERS = 20;

export function stateRoutes(reader: Reader, library: Library): void {
  const { catalog, clock } = library;
  const ownToken = randomBytes(18).toString('base64url');
  let watchers = 0;
  let letters: { readonly name: string; readonly at: number; readonly read: Promise<Letter> } | null = null;
  let known: { readonly until: string; readonly at: number; readonly read: Promise<ReadIdCoverage> } | null = null;

  reader.get('/run', async (visit) => {
    const words = wordsOf(visit);
    const number = countIn(visit, 'order');
    const said = number === null ? null : words.ordered(number, await holder());
    return sendRun(visit, visit.req.query('url') ?? '', said);
  });

  reader.post(ORDER_HREF, async (visit) => {
    const words = wordsOf(visit);
    const form = await visit.req.parseBody();
    const [url, token] = [form.url, form.token].map((value) => (typeof value === 'string' ? value.trim() : ''));
    if (token !== tokenOf(visit)) return sendRun(visit, url ?? '', words.askAgain, 403);
    const address = parseArticleUrl(url ?? '', library.shelf.site);
    if (address === null) return sendRun(visit, url ?? '', words.noArticleUrl, 400);
    try {
      const { number } = await library.order(address);
      return visit.redirect(`/run?order=${number}`, 303);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      return sendRun(visit, url ?? '', `${words.notOrdered}: ${error.message}`, 500);
    }
  });

  reader.get('/run/events', (visit) => {
    const words = wordsOf(visit);
    visit.set('kind', 'data');
    if (watchers >= MOST_WATCHERS) return visit.body(null, 503, { 'retry-after': '60' });
    visit.header('cache-control', 'no-store');
    return streamSSE(visit, async (stream) => {
      watchers += 1;
      const ended = new AbortController();
      stream.onAbort(() => ended.abort());
      const signal = AbortSignal.any([ended.signal, library.signal]);
      try {
        for (let last = ''; !signal.aborted; ) {
          const now = String(await part(words));
          if (now !== last) await stream.writeSSE({ data: now });
          else await stream.write(': \n\n'); // so that a connection that is gone is found out
          last = now;
          await clock.sleep(LOOK_MS, { signal });
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        watchers -= 1;
      }
    });
  });

  reader.get('/coverage', async (visit) => {
    const words = wordsOf(visit);
    const until = dayOf(clock.now());
    const window = { since: daysAfter(until, -COVERAGE_DAYS), until };
    if (known === null || known.until !== until || Math.abs(clock.now() - known.at) > COVERAGE_KEPT_MS)
      known = { until, at: clock.now(), read: library.coverage(window) };
    const { coverage, damaged } = await known.read.catch((error: unknown) => {
      known = null;
      throw error;
    });
    const content = coverageContent(coverage, { window, damaged: damaged.length }, words);
    return send(visit, { title: words.coverage, section: 'coverage', content });
  });

  reader.get('/letters', (visit) => letter(visit, monthBefore(monthAt(clock.now()))));
  reader.get('/letters/:month', (visit) => letter(visit, visit.req.param('month')));

  reader.get('/audit', async (visit) => {
    await library.current();
    const words = wordsOf(visit);
    const flags = await catalog.labels('flag', { limit: MOST_FLAGS });
    const kept = await reportsFor(countIn(visit, 'report'));
    const content = auditContent({ state: await catalog.state(), flags, ...kept }, words);
    return send(visit, { title: words.audit, section: 'audit', content });
  });

  async function letter(visit: Visit, name: string): Promise<Response> {
    const month = monthOf(name, clock.now());
    if (month === null) return visit.notFound();
    if (letters === null || letters.name !== name || Math.abs(clock.now() - letters.at) > COVERAGE_KEPT_MS) {
      const before: Promise<unknown> = letters?.read ?? Promise.resolve();
      const read = before.catch(() => {}).then(() => library.letter(month)); // each reads all records: one after the other
      letters = { name, at: clock.now(), read };
    }
    const { read } = letters;
    const words = wordsOf(visit);
    const known = await read.catch((error: unknown) => {
      if (letters?.read === read) letters = null;
      throw error;
    });
    const content = letterContent(known, words);
    return send(visit, { title: `${words.letter} ${name}`, section: 'changes', content });
  }

  /** @param asked the number of the report that is shown; the newest where it is null or not there */
  async function reportsFor(asked: number | null) {
    const reports: KeptReport[] = [];
    for (const number of (await storedAudits(library.storage)).slice(0, MOST_REPORTS))
      reports.push({ number, report: await readStoredAudit(library.storage, number) });
    const shown = reports.find(({ number }) => number === asked) ?? reports[0] ?? null;
    const named = (shown?.report?.groups ?? []).flatMap((group) => group.shown.flatMap(({ article }) => article ?? []));
    const titles = new Map<string, string>();
    for (const id of new Set(named)) {
      const article = await catalog.article(id);
      if (article !== null) titles.set(article.id, article.title);
    }
    return { reports, shown, titles };
  }

  async function sendRun(visit: Visit, url: string, said: string | null, status: 200 | 400 | 403 | 500 = 200) {
    const words = wordsOf(visit);
    const { origin } = new URL(visit.req.url);
    const form = orderForm({ url, token: tokenOf(visit), origin, said }, words);
    const content = runContent(await part(words), form, words);
    return send(visit, { title: words.state, section: 'state', content }, status);
  }

  /** Of the session where somebody has signed in, else of this server. */
  function tokenOf(visit: Visit): string {
    return visit.get('formToken') ?? ownToken;
  }

  async function holder(): Promise<string | null> {
    try {
      return (await library.run()).holder;
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      return null; // the page says why
    }
  }

  async function part(words: Words): Promise<Markup> {
    try {
      return runPart(await library.run(), words);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      return runFault(error.message, words);
    }
  }
}
