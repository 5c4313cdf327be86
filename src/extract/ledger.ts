/** The text ledger: every character and picture of the article column, and what became of it. */
import type { AnyNode } from '../html/html.ts';
import { type Amount, amountOf, sumOf } from './amount.ts';
import type { Body } from './body.ts';

/** `body`: in the article's body. `field`: what a field was read from. `unknown`: in no block that a rule knows. */
export type Fate = 'body' | 'field' | 'dropped' | 'unknown';

export interface LedgerEntry extends Amount {
  readonly fate: Fate;
  /** Name of the field, or of the rule that dropped it; for what is unknown its element; null for the body. */
  readonly name: string | null;
}

export interface Ledger {
  /** One row for each fate and name, in the order of the page; the body after what stands round it. */
  readonly rows: readonly LedgerEntry[];
  /** All of the columns that were read. */
  readonly total: Amount;
  /** What is in no row: nothing, or the extraction has a fault. */
  readonly missing: Amount;
}

/**
 * Accounts for the columns of all parts. What is emitted was counted in the tree that the body was written from, the
 * total in the page's own tree, so that a loss between the two shows.
 * @param kept those of the bodies that are in the article; a repeated one is not
 */
export function keepLedger(bodies: readonly Body[], kept: readonly Body[]): Ledger {
  const entries = bodies.flatMap((body) => entriesOf(body, kept.includes(body)));
  const groups = Map.groupBy(entries, ({ fate, name }) => `${fate} ${name ?? ''}`);
  const rows = [...groups.values()].flatMap((group): LedgerEntry[] => {
    const [first] = group;
    return first === undefined ? [] : [{ fate: first.fate, name: first.name, ...sumOf(group) }];
  });
  const total = sumOf(bodies.map(({ column }) => column.total));
  const sum = sumOf(rows);
  return {
    rows: rows.filter(({ characters, pictures }) => characters !== 0 || pictures !== 0),
    total,
    missing: { characters: total.characters - sum.characters, pictures: total.pictures - sum.pictures },
  };
}

function entriesOf({ column, amount, removed }: Body, isKept: boolean): readonly LedgerEntry[] {
  return [
    ...column.entries,
    ...column.elsewhere
      .toArray()
      .map((node): LedgerEntry => ({ fate: 'unknown', name: nameOf(node), ...amountOf([node]) })),
    isKept ? { fate: 'body', name: null, ...amount } : { fate: 'dropped', name: 'repeated part', ...amount },
    ...removed.map(({ rule, characters, pictures }): LedgerEntry => {
      const field = 'field' in rule ? rule.field : undefined;
      const fate = field === undefined ? 'dropped' : 'field';
      return { fate, name: field ?? rule.name, characters, pictures };
    }),
  ];
}

/** An element as a selector would name it, `div.box.big`; `text` for a text that stands in none. */
export function nameOf(node: AnyNode): string {
  if (!('attribs' in node)) return 'text';
  const { id, class: classes = '' } = node.attribs;
  const names = classes.split(/\s+/).filter((name) => name !== '');
  return [node.name, ...(id ? [`#${id}`] : []), ...names.map((name) => `.${name}`)].join('');
}
