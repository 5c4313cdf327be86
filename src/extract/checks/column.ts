/** Is every character of the column accounted for, and did every block that prints something give a value? */
import { type Flag, type FlagCode, flag } from '../../flags.ts';
import type { AnyNode } from '../../html/html.ts';
import type { Article } from '../../model.ts';
import { textOf } from '../amount.ts';
import { nameOf } from '../ledger.ts';
import type { Reading } from './reading.ts';

/** What no rule knows, a ledger that does not close, and fields that are empty though their block is not. */
export function checkColumn({ bodies, ledger, article }: Reading): readonly Flag[] {
  const { characters, pictures } = ledger.missing;
  const open =
    characters !== 0 || pictures !== 0 ? [flag('ledger-open', `${characters} and ${pictures} pictures`)] : [];
  const strays = bodies.flatMap(({ column }) => [
    ...column.before.toArray().map((node) => stray(node, 'above the body, kept')),
    ...column.after.toArray().map((node) => stray(node, 'below the body, kept')),
    ...column.elsewhere.toArray().map((node) => stray(node, 'left out')),
  ]);
  const unread = ledger.rows.flatMap(({ fate, name }) =>
    fate === 'field' && name !== null && isEmpty(article, name) ? [flag('unread-field', name)] : [],
  );
  return [...open, ...strays, ...unread];
}

/** More than a flag's detail can show. */
const EXCERPT = 500;

function stray(node: AnyNode, place: string): Flag {
  const code: FlagCode = node.type === 'text' ? 'unaccounted-text' : 'unknown-block';
  return flag(code, `${nameOf(node)} ${place}: ${textOf(node, EXCERPT)}`);
}

function isEmpty(article: Reading['article'], field: string): boolean {
  if (field === 'published' || field === 'updated') return article.clock[field] === null;
  const value = article[field as keyof Omit<Article, 'flags'>];
  return value === null || (Array.isArray(value) && value.length === 0);
}
