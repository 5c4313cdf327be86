/** Forms of markup outside of the vocabulary, by the articles that they were met in. */
import type { SeenForm } from '../alarms/markup.ts';
import type { Database } from '../database.ts';
import type { ArticleId } from '../model.ts';

export interface Forms {
  /** Notes what an article has; each article counts once for a form, however often it is visited. */
  note(id: ArticleId, forms: readonly { readonly form: string; readonly text: string }[]): void;
  /** All that were ever noted, those of most articles first. */
  all(): readonly SeenForm[];
  /** Articles with a form, the newest first. */
  examples(form: string, limit: number): readonly FormExample[];
}

export interface FormExample {
  readonly id: ArticleId;
  /** What the form held there, cut short. */
  readonly text: string;
}

/** @param options `now` gives ms since 1970 */
export function openForms(database: Database, { now }: { readonly now: () => number }): Forms {
  const note = database.prepare(
    `INSERT INTO forms (form, id, text, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?4)
     ON CONFLICT (form, id) DO UPDATE SET text = excluded.text, last_at = excluded.last_at`,
  );
  const all = database.prepare(
    `SELECT form, count(*) AS articles, min(first_at) AS first_at, max(last_at) AS last_at FROM forms
     GROUP BY form ORDER BY articles DESC, form`,
  );
  const examples = database.prepare('SELECT id, text FROM forms WHERE form = ? ORDER BY last_at DESC, id DESC LIMIT ?');
  return {
    note: (id, forms) => {
      for (const { form, text } of forms) note.run(form, id, text, Math.floor(now()));
    },
    all: () =>
      all.all().map((row) => ({
        form: String(row.form),
        articles: Number(row.articles),
        firstAt: Number(row.first_at),
        lastAt: Number(row.last_at),
      })),
    examples: (form, limit) =>
      examples.all(form, limit).map((row) => ({ id: String(row.id) as ArticleId, text: String(row.text) })),
  };
}
