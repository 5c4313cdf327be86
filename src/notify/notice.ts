/** The notices that go to the owner's hooks: the kinds, their fields, and what makes two of them the same. */
import { createHash } from 'node:crypto';
import { type Alarm, isOfPages } from '../alarms/alarms.ts';
import type { Changes } from '../archive/diff.ts';
import { articleKey, documentKey } from '../archive/keys.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import type { Worked } from '../crawl/work.ts';
import { ArchiveError } from '../errors.ts';

interface Capture {
  readonly id: string;
  readonly url: string;
  readonly title: string;
  /** The configured source that named it; null for one given on the command line. */
  readonly source: string | null;
  readonly publishedAt: string;
  /** When the site was asked, ISO 8601 in UTC. */
  readonly capturedAt: string;
  /** Path of the document, relative to the archive. */
  readonly document: string;
}

export type Notice =
  | ({ readonly on: 'published' } & Capture)
  | ({
      readonly on: 'edited';
      /** Number of the new version, from 2. */
      readonly version: number;
      /** Against the version before; null if that one can no longer be read. */
      readonly changes: Changes | null;
    } & Capture)
  | {
      readonly on: 'withdrawn';
      readonly id: string;
      readonly url: string;
      readonly title: string;
      /** When a visit first found it gone, ISO 8601 in UTC. */
      readonly since: string;
      readonly evidence: readonly string[];
    }
  | {
      readonly on: 'alarm';
      /** The source or the layout that it is about; the other is null, and both where it is the markup of any page. */
      readonly source: string | null;
      readonly layout: string | null;
      /** What is wrong, in a form that stays the same while it is: `field byline`. */
      readonly what: string;
      /** For people. */
      readonly detail: string;
      /** Since when, ISO 8601: the same alarm is reported once for each. */
      readonly since: string;
    }
  | {
      readonly on: 'run-failed';
      readonly command: string;
      /** An error code. */
      readonly code: string;
      readonly detail: string;
      /**
       * When a visit last ended well, ISO 8601 in UTC; null where none did or the archive cannot say. A failure of the same code
       * since then is the same trouble, and reported once.
       */
      readonly since: string | null;
      /** ISO 8601 in UTC. */
      readonly at: string;
    }
  | {
      readonly on: 'letter';
      /** `2026-10`, by the site's clock. */
      readonly month: string;
      /** What it comes to, for people, one line each. */
      readonly lines: readonly string[];
      /** All of it, as Markdown. */
      readonly text: string;
    };

/** A version of an article, as its record describes it, to be reported as published or edited. */
function captureNotice(record: ArchiveRecord): Notice {
  const { id, url, source, article, document, versions } = record;
  const { changes, capturedAt } = versions.at(-1) ?? { changes: null, capturedAt: '' };
  const { title, publishedAt } = article;
  const capture = { id, url, title, source, publishedAt, capturedAt, document: document.path };
  const version = versions.length;
  return version === 1 ? { on: 'published', ...capture } : { on: 'edited', ...capture, version, changes };
}

/** A form of markup is of no source, nor of one layout. */
export function alarmNotice({ about, what, detail, since }: Alarm): Notice {
  const isSource = !isOfPages({ what });
  const names = { source: isSource ? about : null, layout: what.startsWith('drift ') ? about : null };
  return { on: 'alarm', ...names, what, detail, since: new Date(since).toISOString() };
}

/** @param options `command` is what failed, `at` when, `since` when a visit last ended well, in ms since 1970 */
export function failureNotice(
  error: unknown,
  { command, at, since }: { readonly command: string; readonly at: number; readonly since: number | null },
): Notice {
  const [code, detail] = error instanceof ArchiveError ? [error.code, error.detail] : ['INTERNAL', String(error)];
  const lastWell = since === null ? null : new Date(since).toISOString();
  return { on: 'run-failed', command, code, detail, since: lastWell, at: new Date(at).toISOString() };
}

/** Two notices with the same identity are the same notice, made twice because nobody knew whether the first was kept. */
export function identityOf(notice: Notice): string {
  return JSON.stringify([notice.on, ...partsOf(notice)]);
}

function partsOf(notice: Notice): readonly (string | number | null)[] {
  switch (notice.on) {
    case 'published':
      return [notice.id, notice.capturedAt];
    case 'edited':
      return [notice.id, notice.version, notice.capturedAt];
    case 'withdrawn':
      return [notice.id, notice.since];
    case 'alarm':
      return [notice.source, notice.layout, notice.what, notice.since];
    case 'run-failed':
      return [notice.command, notice.code, notice.since ?? notice.at.slice(0, 10)]; // else once a day
    case 'letter':
      return [notice.month];
    default:
      return notice satisfies never;
  }
}

/** 32 hex digits for one notice on its way to one hook: a receiver that saw them can drop what comes again. */
export function deliveryId(hook: string, notice: Notice): string {
  return createHash('sha256')
    .update(`${hook}\n${identityOf(notice)}`)
    .digest('hex')
    .slice(0, 32);
}

/** One notice of each kind, for trying the hooks. */
export function sampleNotices(at: number): readonly Notice[] {
  const now = new Date(at).toISOString();
  const id = 'guancha:100000';
  const url = 'https://www.guancha.cn/internation/2022_01_28_100000.shtml';
  const capture = {
    id,
    url,
    title: '试送一则通知',
    source: '头条',
    publishedAt: '2022-01-28T10:30:43+08:00',
    capturedAt: now,
    document: documentKey(articleKey(id, '2022-01-28')),
  };
  const none = { added: 0, removed: 0 };
  return [
    { on: 'published', ...capture },
    {
      on: 'edited',
      ...capture,
      version: 2,
      changes: { title: none, date: null, body: { added: 12, removed: 4 }, images: none },
    },
    { on: 'withdrawn', id, url, title: capture.title, since: now, evidence: ['HTTP status 404'] },
    { on: 'alarm', source: '头条', layout: null, what: 'sample', detail: 'nothing is wrong: a trial', since: now },
    {
      on: 'run-failed',
      command: 'notify test',
      code: 'INTERNAL',
      detail: 'nothing failed: a trial',
      since: now,
      at: now,
    },
    { on: 'letter', month: '2022-01', lines: ['1 article published'], text: '# Guancha, 2022-01\n\nA trial.\n' },
  ];
}

// The notice of a settled visit: a new article, a new version, or that the site has it no more.

/**
 * @param options `unfinishedSince`: since when runs have not come to their end, ms since 1970, null if the last one did.
 *   What was written since then may not have been reported: it is reported again, with the same identity.
 * @returns null if nothing happened that the archive did not know
 */
export function noticeOf(
  { visit }: Pick<Worked, 'visit'>,
  { unfinishedSince }: { readonly unfinishedSince: number | null },
): Notice | null {
  const { before, record } = visit;
  if (record === null) return null;
  const isReported = (at: string) => unfinishedSince === null || Date.parse(at) < unfinishedSince;
  const absence = openAbsence(record);
  if (absence !== null) {
    const known = before === null ? null : openAbsence(before);
    if (known !== null && isReported(known.since)) return null;
    const { id, url, article } = record;
    return { on: 'withdrawn', id, url, title: article.title, since: absence.since, evidence: absence.evidence };
  }
  const reported = before?.versions.filter(({ capturedAt }) => isReported(capturedAt)).length ?? 0;
  return record.versions.length > reported ? captureNotice(record) : null;
}

function openAbsence({ absences }: ArchiveRecord): ArchiveRecord['absences'][number] | null {
  return absences.find(({ until }) => until === null) ?? null;
}
