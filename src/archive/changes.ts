/** What became of an article after it was archived: each edit, each time the site did not have it any more or had it again. */
import type { Changes, Count } from './diff.ts';
import type { ArchiveRecord } from './record.ts';

export type ArticleChange = {
  /** When a visit found it, ISO 8601 in UTC. */
  readonly at: string;
  readonly id: string;
  readonly url: string;
  /** As it is now. */
  readonly title: string;
} & (
  | {
      readonly what: 'edited';
      /** The one that the edit made, counted from 1. */
      readonly version: number;
      /** Empty where the version before cannot be read, or where only markup changed. */
      readonly kinds: readonly EditKind[];
      readonly changes: Changes | null;
    }
  | { readonly what: 'withdrawn'; readonly evidence: readonly string[] }
  | { readonly what: 'returned' }
);

/** `addition` where the text only grew, `correction` where something went or was replaced. */
export type EditKind = 'title' | 'correction' | 'addition' | 'picture' | 'date';

/** In the order of time. */
export function changesOf({ id, url, article, versions, absences }: ArchiveRecord): ArticleChange[] {
  const common = { id, url, title: article.title };
  const edits = versions.slice(1).map(
    ({ capturedAt, changes }, i): ArticleChange => ({
      at: capturedAt,
      ...common,
      what: 'edited',
      version: i + 2,
      kinds: changes === null ? [] : kindsOf(changes),
      changes,
    }),
  );
  const absent = absences.flatMap(({ since, until, evidence }): ArticleChange[] => [
    { at: since, ...common, what: 'withdrawn', evidence },
    ...(until === null ? [] : [{ at: until, ...common, what: 'returned' as const }]),
  ]);
  return [...edits, ...absent].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function kindsOf({ title, date, body, images }: Changes): EditKind[] {
  const kinds: readonly (readonly [EditKind, boolean])[] = [
    ['title', title.added + title.removed > 0],
    ['correction', body.removed > 0],
    ['addition', body.added > 0 && body.removed === 0],
    ['picture', images.added + images.removed > 0],
    ['date', date !== null],
  ];
  return kinds.filter(([, holds]) => holds).map(([kind]) => kind);
}

// A change in figures, for people.

/** `title +1 −0, text +12 −4`. */
export function describeChanges({ title, date, body, images }: Changes): string {
  const counted = (name: string, { added, removed }: Count) =>
    added + removed === 0 ? [] : [`${name} +${added} −${removed}`];
  const parts = [
    ...counted('title', title),
    ...(date === null ? [] : [`date ${date.before} → ${date.after}`]),
    ...counted('text', body),
    ...counted('pictures', images),
  ];
  return parts.join(', ') || 'markup alone';
}
