/**
 * Unusual pages are read on trial first, in a thread of their own: parsed, judged, extracted and written as a document,
 * within limits of time and memory that end the thread and not the run. What comes through is then read like any other.
 *
 * Only unusual ones: with every page in a thread a run takes a quarter more of the processor and half a second more at its
 * start (measured: modules are loaded and made fast twice, bytes and values copied). An ordinary page holds too little for
 * anything to take long: markup has limits (`page/tree-adapter.ts`) and no expression is worse than linear.
 */
import { extname } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { compareDocuments } from '../archive/diff.ts';
import { makeDocument, writeDocument } from '../archive/document.ts';
import { renderBody } from '../archive/document-body.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { ArticleAddress, Page } from '../model.ts';
import { partUrls } from '../page/body.ts';
import { extract } from '../page/extract.ts';
import { judge } from '../page/judge.ts';
import { parsePage } from '../page/page.ts';
import type { Site } from '../site/address.ts';
import { discover } from './read-list.ts';

/** Throws where a page cannot be read within the limits; null for an address where the page is a list. */
export type PageTrial = (page: Page, address: ArticleAddress | null) => Promise<void>;

export interface TrialLimits {
  /** Time of the machine's clock in which it is awake. */
  readonly timeMs: number;
  /** Of the thread's values; bytes and code come on top. */
  readonly heapMb: number;
}

const LIMITS: TrialLimits = { timeMs: 20_000, heapMb: 256 };

/**
 * @throws (the trial) PAGE_TOO_HEAVY where time or memory do not suffice, PAGE_FAULT where reading the page fails in a way
 *   that nobody thought of. What reading it throws as a known failure is thrown again when it is read
 */
export function openPageTrial(site: Site, limits: TrialLimits = LIMITS): PageTrial {
  return async (page, address) => {
    if (isUnusual(page.body)) await runTrial({ page, address, site }, limits);
  };
}

/** The largest page of the site that is known, its home page, has 310 KB and 7,000 tags. */
const USUAL_BYTES = 400_000;
const USUAL_TAGS = 15_000;
/** Between two tags; inline scripts are the longest. */
const USUAL_STRETCH = 60_000;
const TAG = 0x3c;

/** One pass over the bytes. */
export function isUnusual(body: Uint8Array): boolean {
  if (body.length > USUAL_BYTES) return true;
  let tags = 0;
  for (let from = 0; from < body.length; ) {
    const next = body.indexOf(TAG, from);
    if ((next < 0 ? body.length : next) - from > USUAL_STRETCH) return true;
    if (next < 0) return false;
    tags += 1;
    if (tags > USUAL_TAGS) return true;
    from = next + 1;
  }
  return false;
}

interface TrialTask {
  readonly page: Page;
  readonly address: ArticleAddress | null;
  readonly site: Site;
}

/** What the thread says: nothing more where all went well. */
type Answer = { readonly code: ErrorCode; readonly detail: string } | null;

const TICK_MS = 500;

async function runTrial(task: TrialTask, { timeMs, heapMb }: TrialLimits): Promise<void> {
  const file = new URL(`./page-trial${extname(import.meta.filename)}`, import.meta.url);
  const resourceLimits = { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 };
  const { page } = task;
  // Of the exchanges nothing is read: their bytes need not be copied.
  const worker = new Worker(file, { workerData: { ...task, page: { ...page, exchanges: [] } }, resourceLimits });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      // Ticks, not the time between: a machine that slept has not worked on the page.
      let ticks = 0;
      timer = setInterval(() => {
        ticks += 1;
        if (ticks * TICK_MS >= timeMs) reject(tooHeavy(page, `over ${timeMs / 1000} s`));
      }, TICK_MS);
      worker.once('message', resolve);
      worker.once('error', (error: NodeJS.ErrnoException) => {
        const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        reject(isMemory ? tooHeavy(page, `over ${heapMb} MB`) : pageFault(page.url, error));
      });
      worker.once('exit', (code) => reject(tooHeavy(page, `its thread ended with ${code}`)));
    });
    if (answer !== null) throw new ArchiveError(answer.code, answer.detail);
  } finally {
    clearInterval(timer);
    worker.removeAllListeners();
    await worker.terminate();
  }
}

function tooHeavy({ url, body }: Page, why: string): ArchiveError {
  return new ArchiveError('PAGE_TOO_HEAVY', `${url}: ${body.length} bytes, ${why}`);
}

/** What nobody thought of, as a failure of the one page: the run goes on with the others. */
export function pageFault(url: string, error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const place = stack.split('\n').find((line) => line.trim().startsWith('at ')) ?? '';
  const isTooMuch = error instanceof RangeError;
  return new ArchiveError(
    isTooMuch ? 'PAGE_TOO_HEAVY' : 'PAGE_FAULT',
    `${url}: ${name}: ${message.slice(0, 300)} ${place.trim()}`,
    { cause: error },
  );
}

// In the thread.

if (!isMainThread && isTask(workerData)) parentPort?.postMessage(tryPage(workerData));

function isTask(data: unknown): data is TrialTask {
  return typeof data === 'object' && data !== null && 'page' in data && 'site' in data;
}

/** Does what is done with a page later, and throws its values away. Known failures are left to be thrown then. */
function tryPage({ page, address, site }: TrialTask): Answer {
  try {
    const parsed = parsePage(page);
    if (address === null) discover(parsed, site);
    else if (judge(parsed, site).kind === 'article') {
      partUrls(parsed);
      const { title, publishedAt, body } = extract([parsed], address, site);
      const rendered = renderBody(body, { base: address.url, lead: null });
      const categories = ['', '', ''] as const;
      const document = writeDocument(
        makeDocument({ title, categories, author: '', publishedAt, convention: 'site-clock', body: rendered }),
      );
      compareDocuments(document, document);
    }
    return null;
  } catch (error) {
    const { code, detail } = pageFault(page.url, error);
    return code === 'PAGE_TOO_HEAVY' || code === 'PAGE_FAULT' ? { code, detail } : null;
  }
}
