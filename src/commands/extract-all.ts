/** `extract --all`: documents and records again from the captures, by today's rules; `--diff` only says what would change. */

import { lockFor } from '../app.ts';
import { openArchive } from '../archive/archive.ts';
import { compareDocuments, type DocumentDiff } from '../archive/diff.ts';
import { openStorage, requireFilesFolder } from '../archive/open-storage.ts';
import { recordKeys } from '../archive/places.ts';
import { openTrash } from '../archive/trash.ts';
import { readAccepted } from '../archive/vocabulary.ts';
import { openCaptureReader } from '../capture/read-captures.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import type { Pool } from '../pool.ts';
import { type Extracted, extractAll as extractAgain } from '../reextract/extract-all.ts';
import type { Renewal } from '../reextract/renew.ts';
import { type Answer, openThreads, type Piece } from '../reextract/threads.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, type Style, style, type Text } from '../report/text.ts';
import { diffText, mark } from './article.ts';
import { requireArchive } from './existing-archive.ts';
import { requireRedis } from './partitioning.ts';
import { count, requireMonth, threadsOf, toolName } from './reproduce.ts';
import type { Interrupts } from './session.ts';

type Result = Extracted['result'];

const STYLES: Readonly<Record<Result, Style>> = {
  same: 'dim',
  uncaptured: 'dim',
  changed: 'green',
  found: 'green',
  kept: 'yellow',
  unreadable: 'red',
  damaged: 'red',
  captures: 'red',
};

/** What stays as it is although there is a capture. */
const NOT_WELL: readonly Result[] = ['kept', 'unreadable', 'damaged', 'captures'];

/**
 * @param options `since` is a month, `2026-10`: only what appeared then or later
 * @returns `incomplete` if something stays as it is although there is a capture of it
 * @throws USAGE; without `diff` ARCHIVE_IN_USE, ARCHIVE_NOT_WRITABLE, ARCHIVE_FULL
 */
export async function extractAll(
  {
    since: month,
    diff,
    jobs,
    cluster = false,
  }: {
    readonly since?: string | undefined;
    readonly diff: boolean;
    readonly jobs?: number | undefined;
    readonly cluster?: boolean | undefined;
  },
  {
    config,
    terminal,
    interrupts,
  }: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const redis = cluster ? requireRedis('extract --all', { jobs }, config) : null;
  if (redis === null) requireFilesFolder(config, 'extract --all');
  requireArchive(config);
  const since = requireMonth(month);
  await using lock = diff ? null : await lockFor(config.archive, { command: 'extract', log: terminal.log, wait: null });
  const storage = await openStorage(config);
  await readAccepted(storage); // a damaged vocabulary would raise flags that nobody meant
  using operations = openOperations(config, { readOnly: true });
  const { frontier, journal } = operations;
  const places = { get: journal.places.get, set: () => {} };
  const archive = openArchive(storage, { ...config.limits, places, trash: openTrash(storage, { now: new Date() }) });
  const counts = new Map<Result, number>();
  const signal = interrupts.stopSignal;
  try {
    await using pool = await (redis === null ? openHere() : openShared(redis));
    const total = await count(recordKeys(storage, since));
    let done = 0;
    const all = extractAgain({
      archive: {
        ...archive,
        requireRoom: async () => {
          await lock?.requireHeld();
          await archive.requireRoom();
        },
      },
      reader: openCaptureReader(storage),
      site: config.site,
      keys: recordKeys(storage, since),
      since,
      targetOf: (id) => frontier.find(id)?.target ?? null,
      run: pool.run,
      writes: !diff,
    });
    for await (const each of all) {
      counts.set(each.result, (counts.get(each.result) ?? 0) + 1);
      report(each, { diff, terminal });
      done += 1;
      terminal.progress(done, Math.max(total, done));
    }
    await pool.finish();
  } catch (error) {
    if (error !== signal.reason) throw error;
    return EXIT.interrupted;
  } finally {
    terminal.end();
  }
  terminal.summary('extract', { results: Object.fromEntries(counts), diff }, summary(counts, diff));
  return NOT_WELL.some((result) => counts.has(result)) ? EXIT.incomplete : EXIT.ok;

  async function openHere(): Promise<Pool<Piece, Answer>> {
    const archive = requireFilesFolder(config, 'extract --all');
    return openThreads({ ...config, archive }, { jobs: threadsOf(jobs), tool: toolName(), signal });
  }

  async function openShared(redis: string): Promise<Pool<Piece, Answer>> {
    const { openPartitions } = await import('../partitions/partitions.ts');
    const { extractWork } = await import('../partitions/works.ts');
    const { site, document } = config;
    return openPartitions(
      extractWork,
      { site, document, tool: toolName() },
      { redis, storage, signal, log: terminal.log },
    );
  }
}

function report(each: Extracted, context: { readonly diff: boolean; readonly terminal: Terminal }): void {
  const { terminal } = context;
  const name = each.id !== '' ? each.id : 'key' in each ? each.key : '';
  const head = (...rest: readonly Text[]) =>
    line`${style(STYLES[each.result], each.result.padEnd(10))}  ${[name, ...rest].filter((text) => text !== '').map((text, i) => (i === 0 ? text : line`  ${text}`))}`;
  switch (each.result) {
    case 'changed': {
      const { key, id, title, changes } = each;
      const found = changes.document === null ? null : wordsOf(changes.document);
      const what = [
        changes.document === null ? '' : 'document',
        ...changes.fields.map(({ field }) => field),
        ...changes.flags.added.map(({ code }) => `+${code}`),
        ...changes.flags.removed.map(({ code }) => `−${code}`),
      ].filter((text) => text !== '');
      const value = {
        type: 'again',
        key,
        id,
        title,
        result: each.result,
        document: found,
        fields: changes.fields,
        flags: changes.flags,
      } as const;
      const text = head(what.join(', '), title);
      terminal.result(context.diff ? [text, ...details(changes, found, terminal)] : text, value);
      return;
    }
    case 'found': {
      const { key, id, title, capturedAt, isNew, before, capture } = each;
      const found = before === null ? null : wordsOf({ before, after: capture.document });
      const { result } = each;
      const value = { type: 'again', key, id, title, result, isNew, capturedAt, document: found } as const;
      const text = head(isNew ? 'no record had it' : 'a newer version', `captured ${capturedAt}`, title);
      terminal.result(context.diff && found !== null ? [text, ...diffText(found, terminal), ''] : text, value);
      return;
    }
    case 'same':
    case 'uncaptured':
      return; // counted
    default: {
      const { code, detail } = each;
      terminal.result(head(code, detail), {
        type: 'again',
        id: each.id,
        ...('key' in each ? { key: each.key } : {}),
        result: each.result,
        code,
        detail,
      });
    }
  }
}

/** Null where one of the two cannot be read as a document. */
function wordsOf({ before, after }: NonNullable<Renewal['document']>): DocumentDiff | null {
  try {
    return before === null ? null : compareDocuments(before, after);
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

/** Fields, flags and words, each as it was and as it would be. */
function details(
  { document, fields, flags }: Renewal,
  found: DocumentDiff | null,
  terminal: Terminal,
): readonly Text[] {
  const words = found === null ? [] : diffText(found, terminal);
  return [
    ...fields.flatMap(({ field, before, after }) => [
      line`  ${style('dim', field)}`,
      mark(terminal, 'removed', JSON.stringify(before)),
      mark(terminal, 'added', JSON.stringify(after)),
    ]),
    ...flags.removed.map(({ code, detail }) => mark(terminal, 'removed', `flag ${code}: ${detail}`)),
    ...flags.added.map(({ code, detail }) => mark(terminal, 'added', `flag ${code}: ${detail}`)),
    ...(document === null ? [] : words.length > 0 ? words : ['  the document: markup alone, or its front matter']),
    '',
  ];
}

function summary(counts: ReadonlyMap<Result, number>, diff: boolean): string {
  const of = (result: Result) => counts.get(result) ?? 0;
  const parts = [
    `${of('changed')} ${diff ? 'would change' : 'changed'}`,
    `${of('found')} found in captures`,
    `${of('same')} the same`,
    ...(of('kept') > 0 ? [`${of('kept')} kept as they are`] : []),
    ...(of('uncaptured') > 0 ? [`${of('uncaptured')} made without captures`] : []),
    ...(of('unreadable') + of('damaged') > 0 ? [`${of('unreadable') + of('damaged')} cannot be read`] : []),
    ...(of('captures') > 0
      ? [`${counted(of('captures'), 'file of captures is', 'files of captures are')} damaged`]
      : []),
  ];
  return parts.join(', ');
}
