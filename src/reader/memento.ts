/** Versions by time (RFC 7089, Memento): which version the archive had at an instant, and the list of all of them. */
import type { ArchiveRecord } from '../archive/record.ts';
import { articleHref } from './article.ts';

interface Memento {
  readonly href: string;
  readonly at: Date;
}

/** All versions of an article, oldest first. */
export function mementosOf({ id, versions }: ArchiveRecord): readonly Memento[] {
  return versions.map(({ capturedAt }, i) => ({
    href: `${articleHref(id)}/versions/${i + 1}`,
    at: new Date(capturedAt),
  }));
}

/** The version that stood at an instant; the first for any before it. */
export function mementoAt(mementos: readonly Memento[], at: number): Memento | null {
  return mementos.findLast((each) => each.at.getTime() <= at) ?? mementos[0] ?? null;
}

/** A TimeMap as a document of links (RFC 6690; RFC 7089, 5). */
export function timeMap(record: ArchiveRecord, origin: string): string {
  const mementos = mementosOf(record);
  const [first, last] = [mementos[0], mementos.at(-1)];
  const lines = [
    `<${record.url}>;rel="original"`,
    `<${origin}/timemap/link/${record.url}>;rel="self";type="application/link-format"${first === undefined || last === undefined ? '' : `;from="${first.at.toUTCString()}";until="${last.at.toUTCString()}"`}`,
    `<${origin}/timegate/${record.url}>;rel="timegate"`,
    ...mementos.map(
      (each) => `<${origin}${each.href}>;rel="${relationOf(each, mementos)}";datetime="${each.at.toUTCString()}"`,
    ),
  ];
  return `${lines.join(',\n')}\n`;
}

/** The `Link` of a TimeGate's or a version's answer. */
export function mementoLinks(record: ArchiveRecord, origin: string): string {
  return [
    `<${record.url}>; rel="original"`,
    `<${origin}/timegate/${record.url}>; rel="timegate"`,
    `<${origin}/timemap/link/${record.url}>; rel="timemap"; type="application/link-format"`,
  ].join(', ');
}

function relationOf(memento: Memento, all: readonly Memento[]): string {
  const ends = [...(memento === all[0] ? ['first'] : []), ...(memento === all.at(-1) ? ['last'] : [])];
  return [...ends, 'memento'].join(' ');
}
