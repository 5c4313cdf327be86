/** The addresses of the archive's own state: its runs, its coverage, its audit. */
import { streamSSE } from 'hono/streaming';
import type { ReadIdCoverage } from '../coverage/read-id-coverage.ts';
import { dayOf, daysAfter } from '../site/clock.ts';
import type { Library } from './library.ts';
import type { Markup } from './markup.ts';
import { runContent, runPart } from './run-page.ts';
import { auditContent, coverageContent } from './state-page.ts';
import { type Reader, send, wordsOf } from './visit.ts';
import type { Words } from './words.ts';

const COVERAGE_DAYS = 30;
/** The records of a month are read for it: not for every visit. */
const COVERAGE_KEPT_MS = 60_000;
const MOST_FLAGS = 100;
const LOOK_MS = 2000;
/** So many may watch a run at once; whoever comes then sees it as it is. */
const MOST_WATCHERS = 20;

export function stateRoutes(reader: Reader, library: Library): void {
  const { catalog, clock } = library;
  let watchers = 0;
  let known: { readonly until: string; readonly at: number; readonly read: Promise<ReadIdCoverage> } | null = null;

  reader.get('/run', async (visit) => {
    const words = wordsOf(visit);
    const content = runContent(await part(words), words);
    return send(visit, { title: words.state, section: 'state', content });
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

  reader.get('/audit', async (visit) => {
    await library.current();
    const words = wordsOf(visit);
    const content = auditContent(await catalog.state(), await catalog.labels('flag', { limit: MOST_FLAGS }), words);
    return send(visit, { title: words.audit, section: 'audit', content });
  });

  async function part(words: Words): Promise<Markup> {
    return runPart(await library.run(), words);
  }
}
