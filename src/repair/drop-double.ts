/** An article that lies in two places: the one that the frontier does not name goes to `trash/`, with all that belongs to it. */
import { idOf } from '../audit/audit-month.ts';
import type { Finding } from '../audit/finding.ts';
import { articleKey } from '../store/keys.ts';
import { parseArticleUrl } from '../url/article-url.ts';
import { type Bench, keyOf } from './bench.ts';

export async function dropDouble(findings: readonly Finding[], bench: Bench): Promise<void> {
  for (const found of findings) {
    if (bench.stopping.aborted) return;
    const keys = [keyOf(found.path), keyOf(found.also ?? '')].filter((key) => key !== null);
    const right = placeOf(keys[0] ?? '', bench);
    const wrong = keys.filter((key) => key !== right);
    if (right === null || keys.length !== 2 || wrong.length !== 1)
      bench.leave(found, 'the frontier names neither place: look at both and move one');
    else
      for (const path of [`records/${wrong[0]}.json`, `articles/${wrong[0]}.html`, `versions/${wrong[0]}`])
        await bench.trash.move(path, `${found.code}: ${found.detail}`);
  }
}

/** Where the frontier says that an article lies. */
function placeOf(key: string, { frontier, rooms }: Bench): string | null {
  const row = frontier.rows.of(idOf(key));
  const address = row === null ? null : parseArticleUrl(row.url, rooms.site);
  return row === null || address?.date == null ? null : articleKey(row.id, address.date);
}
