/** How many right pages carry a doubt: of the newspaper with what its lists print, and of the labelled set. */
import { FLAGS } from '../../src/flags.ts';
import { bytesOf, caseNames, labelOf, readPages } from '../labelled/cases.ts';
import { pageOf, readPages as readMutantPages } from './mutants.ts';
import { newspaperPages, SITE } from './originals.ts';

export interface FalseDoubts {
  readonly name: string;
  readonly pages: number;
  readonly doubted: number;
  readonly examples: readonly string[];
}

/** @param articles how many the newspaper has */
export async function measureFalseDoubts(articles = 240): Promise<readonly FalseDoubts[]> {
  const made = (await newspaperPages(articles)).map(({ name, address, html, listed }) => {
    const { doubts, why, reading } = readMutantPages([pageOf(address.url, html)], address, SITE, {
      listed,
      single: null,
    });
    return { name, doubts: reading === null ? [why] : doubts };
  });
  // Each label was read by a person; what it says is in doubt is so.
  const labelled = caseNames().flatMap((name) => {
    const label = labelOf(name);
    if (label.article === null) return [];
    const known = new Set(label.article.flags.map(({ code }) => code));
    const flags = readPages(bytesOf(name), label).article?.flags ?? [];
    const doubts = flags.filter(({ code }) => FLAGS[code].level === 'doubt' && !known.has(code));
    return [{ name, doubts: doubts.map(({ code, detail }) => `${code} (${detail})`) }];
  });
  return [summary('the newspaper with its lists', made), summary('the labelled set', labelled)];
}

function summary(
  name: string,
  pages: readonly { readonly name: string; readonly doubts: readonly string[] }[],
): FalseDoubts {
  const doubted = pages.filter(({ doubts }) => doubts.length > 0);
  return {
    name,
    pages: pages.length,
    doubted: doubted.length,
    examples: doubted.map((page) => `${page.name}: ${page.doubts.join('; ')}`),
  };
}
