/** A change in figures, for people. */
import type { Changes, Count } from '../diff/compare.ts';

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
