/** Checks of the frame round the body: none of it is hidden, torn away, or text beside the article's column. */
import { type Flag, flag } from '../flags.ts';
import type { Layout } from '../site/layout.ts';
import { FRAME_STYLE, STYLES } from '../site/style-vocabulary.ts';
import type { CheckInput } from './check-input.ts';
import { hasContent, nameOf, textOf } from './column.ts';
import { type FoundArticle, inColumn } from './find-article.ts';
import { type AnyNode, type Element, elementsOfClass, isElement, matcher } from './html.ts';
import { readStyle } from './style.ts';

export function checkFrame({ first, found }: CheckInput): readonly Flag[] {
  const [column] = found.column.toArray();
  if (column === undefined) return [];
  const styled = framed(found, column).flatMap((element) =>
    unknownForms(element).map((form) => flag('unknown-frame', `${nameOf(element)}[${form}]: ${excerpt(element)}`)),
  );
  const torn = optionalBlocks(found.layout).flatMap((block) => {
    const name = /\.([\w-]+)$/.exec(block)?.[1];
    const matches = matcher(block);
    return name === undefined
      ? []
      : elementsOfClass(first.index, new RegExp(`(?:^|\\s)${name}(?:\\s|$)`))
          .filter((element) => matches(element) && !aboveOf(element).includes(column))
          .map((element) => flag('torn-column', `${nameOf(element)} outside the column: ${excerpt(element)}`));
  });
  return [...styled, ...torn, ...beside(found.layout, column)];
}

/** More than a flag's detail can show. */
const excerpt = (node: AnyNode) => textOf(node, 500);

/** The column with all that is round it, the body's way up to it, and what fields were read from with what holds it. */
function framed({ layout, column, body }: FoundArticle, top: AnyNode): readonly Element[] {
  const fields = layout.blocks.flatMap((rule) => ('field' in rule ? inColumn(column, rule.selector).toArray() : []));
  const all = new Set<AnyNode>([top, ...aboveOf(top)]);
  for (const node of [...fields, ...body.toArray().flatMap(({ parent }) => parent ?? [])])
    for (const each of [node, ...aboveOf(node)]) {
      if (all.has(each)) break;
      all.add(each);
    }
  return [...all].filter(isElement);
}

function aboveOf(node: AnyNode): readonly AnyNode[] {
  const above: AnyNode[] = [];
  for (let next: AnyNode | null = node.parent; next !== null; next = next.parent) above.push(next);
  return above;
}

/** What the style of a block of the frame may not be: the site itself sets few. */
function unknownForms({ attribs: { style, hidden } }: Element): readonly string[] {
  const forms = style === undefined ? [] : readStyle(style, STYLES).unknown.filter((form) => !FRAME_STYLE.test(form));
  return [...forms.map((form) => `style=${form}`), ...(hidden === undefined ? [] : ['hidden'])];
}

/** Fields that many an article has not: where their block stands elsewhere in the page, it was this column's. */
const OPTIONAL: readonly string[] = ['columnists', 'staff', 'topic'];

function optionalBlocks({ blocks }: Layout): readonly string[] {
  return blocks.flatMap((rule) =>
    'field' in rule && OPTIONAL.includes(rule.field) ? (/^> (\S+\.[\w-]+)/.exec(rule.selector)?.[1] ?? []) : [],
  );
}

/** What stands beside the column where only the layout's other columns do. */
function beside({ beside: others }: Layout, column: AnyNode): readonly Flag[] {
  if (others === null || column.parent === null) return [];
  const known = matcher(others);
  return column.parent.children
    .filter((node) => node !== column && hasContent([node]) && !(isElement(node) && known(node)))
    .map((node) => flag('unaccounted-text', `${nameOf(node)} beside the column, left out: ${excerpt(node)}`));
}
