/** The one door to css-select, which cheerio asks as well: is an element of a selector? */
import { compile } from 'css-select';
import type { AnyNode, Element } from './html.ts';

/** The question for one selector; it is read once, however many pages are asked. */
export function matcher(selector: string): (element: Element) => boolean {
  const known = matchers.get(selector);
  if (known !== undefined) return known;
  const made = compile<AnyNode, Element>(selector, { cacheResults: false }); // trees change between two questions
  matchers.set(selector, made);
  return made;
}

const matchers = new Map<string, (element: Element) => boolean>();
