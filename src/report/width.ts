/** How many columns of a terminal a text takes. */
import { createRequire } from 'node:module';
import type stringWidth from 'string-width';

/** What this program mostly prints, for which width is a count: everything else is asked of the library. */
const PLAIN =
  /^[\x20-\x7e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u2010-\u2015\u2018-\u201f\u2022\u2026\u2190-\u2193\u2205\u2500-\u259f\u2713\u2717\u2691\u3000-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uff01-\uff60]*$/;
const WIDE = /[\u3000-\u9fff\uff01-\uff60]/g;

/** A Chinese character takes two columns; what commands a terminal is not to be in the text. */
export function widthOf(text: string): number {
  if (!PLAIN.test(text)) return library()(text);
  return text.length + (text.match(WIDE)?.length ?? 0);
}

let loaded: typeof stringWidth | null = null;

/** Loaded where it is needed: that takes 70 ms of CPU, a third of what `--help` does. */
function library(): typeof stringWidth {
  loaded ??= (createRequire(import.meta.url)('string-width') as { readonly default: typeof stringWidth }).default;
  return loaded;
}
