/**
 * A crawl whose answers come in every form of HTTP: an independent reader finds nothing wrong with its captures, they hold
 * what the server logged, and every record's exchanges are there.
 * As a program: `captures.ts [--articles N]`, with and without `exact`, and with whole pictures.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { readSegments, requireEvidence } from '../support/evidence.ts';
import { logAnswers, type SentAnswer } from '../support/logged-answers.ts';
import { field, type ReadRecord, sha256, splitHttp } from '../support/warc-reader.ts';

export interface CaptureTrial {
  readonly articles: number;
  readonly requests: number;
  readonly records: number;
  /** By type of record, and of revisit. */
  readonly types: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly forms: readonly string[];
}

const YEAR_MS = 365 * 86_400_000;

/** Crawls, visits all again two years later, and checks. Throws where anything is not as it must be. */
export async function tryCaptures({
  articles,
  what,
  exact,
}: {
  readonly articles: number;
  readonly what: 'pages' | 'all';
  readonly exact: boolean;
}): Promise<CaptureTrial> {
  await using newspaper = await openNewspaper({ articles, slowMs: 50, imagesPerArticle: 2 });
  await using folder = await temporaryFolder();
  const { hook, sent } = logAnswers();
  newspaper.handle(hook);
  const config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 2 };
  const keys = `capture: { what: ${what}, exact: ${exact} }\nrevisits: { agesMs: [${YEAR_MS}, ${10 * YEAR_MS}] }\n`;
  await writeFile(config, `${newspaper.config({ archive: './archive', politeness })}${keys}`);
  await run(['crawl', '--config', config]);
  const later = {
    env: { GUANCHA_TEST_SHIFT_MS: String(2 * YEAR_MS) },
    preload: [join(import.meta.dirname, '../support/shifted-clock.ts')],
  };
  await run(['crawl', '--revisit', '--config', config], later);

  const root = join(folder.path, 'archive');
  const { records, segments } = await readSegments(root);
  assert.ok(segments.length >= 2 && segments.every((name) => name.endsWith('.warc.gz')), segments.join());
  const origins = { www: newspaper.www, community: newspaper.community, images: newspaper.images, app: newspaper.app };
  compareWithLog(records, sent, { origins, isExact: exact, hasPictures: what === 'all' });
  const kept = await requireEvidence(root);
  assert.ok(kept >= articles / 2, `${kept} records`);
  return {
    articles: kept,
    requests: sent.length,
    records: records.length,
    types: countBy(
      records.map((record) =>
        `${field(record, 'WARC-Type')} ${field(record, 'WARC-Profile')?.split('/').at(-1) ?? ''}`.trim(),
      ),
    ),
    statuses: countBy(sent.map(({ status }) => String(status))),
    forms: [...new Set(sent.map(({ form }) => form))],
  };
}

/** Every answer that was sent is there once, in the order of its address, with its headers and the digest of its bytes. */
function compareWithLog(
  records: readonly ReadRecord[],
  sent: readonly SentAnswer[],
  {
    origins,
    isExact,
    hasPictures,
  }: { readonly origins: Readonly<Record<string, string>>; readonly isExact: boolean; readonly hasPictures: boolean },
): void {
  const left = new Map<string, ReadRecord[]>();
  for (const record of records) {
    const type = field(record, 'WARC-Type') ?? '';
    const isFirst =
      type === 'response' ||
      type === 'revisit' ||
      (type === 'metadata' && field(record, 'WARC-Concurrent-To') === null);
    const url = field(record, 'WARC-Target-URI') ?? '';
    if (isFirst) left.set(url, [...(left.get(url) ?? []), record]);
  }
  const requests = new Map(
    records
      .filter((each) => field(each, 'WARC-Type') === 'request')
      .map((each) => [field(each, 'WARC-Concurrent-To'), each]),
  );
  for (const { origin, path, form, status, headers, entity, plain, asked } of sent) {
    const url = `${origins[origin]}${path}`;
    const record = left.get(url)?.shift();
    assert.ok(record, `${url} was sent, and is not kept`);
    const where = `${url}, ${form}, ${status}`;
    if (field(record, 'WARC-Type') === 'metadata') {
      assert.ok(!hasPictures, where);
      const facts = JSON.parse(record.block.toString()) as {
        payload: { sha256: string };
        request: { headers: unknown };
        response: { status: number; headers: unknown };
      };
      assert.deepEqual([facts.response.status, facts.response.headers], [status, headers], where);
      assert.equal(`sha256:${facts.payload.sha256}`, sha256(plain), where);
      assert.deepEqual(facts.request.headers, asked, where);
      continue;
    }
    const { line, headers: kept } = splitHttp(record.block);
    assert.equal(line, `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'As it is'}`);
    assert.deepEqual(asSent(kept), headers, where);
    const isTaken = status !== 304 && !(status >= 300 && status < 400);
    if (isTaken) assert.equal(field(record, 'WARC-Payload-Digest'), sha256(plain), where);
    if (isExact && isTaken)
      assert.equal(sha256(entity), sha256(plain), `${where}: the server sent what it was asked for`);
    if (isExact) assert.ok(!kept.some(([name]) => /^x-archive-orig-content-encoding$/i.test(name)), where);
    const request = splitHttp(requests.get(field(record, 'WARC-Record-ID'))?.block ?? Buffer.alloc(0));
    const byName = (those: readonly (readonly [string, string])[]) =>
      those.map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort();
    assert.deepEqual(byName(request.headers), byName(asked), where); // the browser says them sorted by name
  }
  const unsent = [...left].filter(([, those]) => those.length > 0).map(([url]) => url);
  assert.deepEqual(
    unsent.filter((url) => !/slow/.test(url)),
    [],
    'kept, and not in the log',
  );
}

/** Takes the archive's names of changed headers back. */
function asSent(headers: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const isChanged = headers.some(([name]) => /^x-archive-orig-/i.test(name));
  return (isChanged ? headers.slice(0, -1) : headers).map(([name, value]) => [
    name.replace(/^X-Archive-Orig-/, ''),
    value,
  ]);
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { articles: { type: 'string', default: '200' } } });
  for (const [what, exact] of [
    ['pages', false],
    ['pages', true],
    ['all', false],
  ] as const) {
    const trial = await tryCaptures({ articles: Number(values.articles), what, exact });
    process.stdout.write(`capture: { what: ${what}, exact: ${exact} }: ${JSON.stringify(trial)}\n`);
  }
}
