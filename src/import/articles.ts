/** The articles of the shelf, one after the other: which of an article's pages make one capture, and what becomes of it. */

import type { Assets } from '../archive/pictures.ts';
import type { Provenance } from '../archive/record.ts';
import { type ForeignServices, type Taken, takeForeign } from '../crawl/foreign.ts';
import type { AnswerForeign } from '../crawl/foreign-exchanges.ts';
import { ArchiveError } from '../errors.ts';
import type { ArticleAddress } from '../model.ts';
import { parseArticleUrl } from '../site/address.ts';
import { formOf, type Shelf, type ShelfRow } from './shelf.ts';

export interface ImportServices extends ForeignServices {
  /** Pictures as the shelf has them: of several captures the one nearest to that of the page. */
  readonly picturesFrom: (pictureAt: (url: string) => Buffer | null) => Pick<Assets, 'collect'>;
}

export type ImportedArticle = Taken & { readonly id: string; readonly provenance: Provenance };

/** @throws what stops the run */
export async function* importArticles(
  shelf: Shelf,
  services: ImportServices,
  { signal, stopSignal }: { readonly signal: AbortSignal; readonly stopSignal: AbortSignal },
): AsyncGenerator<ImportedArticle> {
  for (const id of shelf.articles()) {
    for (const main of capturesOf(shelf.pages(id))) {
      if (stopSignal.aborted) return;
      await services.archive.requireRoom();
      const { provenance } = shelf.read(main.row);
      const address = parseArticleUrl(main.url, services.site) as ArticleAddress; // no other page is on the shelf
      const at = Date.parse(main.capturedAt);
      const capture = {
        address,
        answer: answersOf(shelf, main, services),
        assets: services.picturesFrom((url) => shelf.pictureAt(url, at)),
        provenance: { ...provenance, capturedAt: main.capturedAt },
      };
      yield { id, provenance, ...(await takeForeign(capture, services, { signal })) };
    }
  }
}

const HOUR_MS = 3_600_000;

/**
 * The pages that each stand for a capture of the whole article, in order of time. The single form stands for the first part
 * of the same hour, or the first part for it where the site did not have it; a page for mobile clients where there is
 * nothing else; a further part or a redirect to another spelling for nothing; the same bytes once.
 */
function capturesOf(rows: readonly ShelfRow[]): readonly ShelfRow[] {
  const pages = rows.filter(({ url, location }) => location === null || !isSamePage(url, location));
  const ofForm = (form: ShelfRow['form']) => pages.filter((row) => row.form === form);
  const isBeside = (others: readonly ShelfRow[], { capturedAt }: ShelfRow) =>
    others.some((each) => Math.abs(Date.parse(each.capturedAt) - Date.parse(capturedAt)) <= HOUR_MS);
  const [firsts, singles] = [ofForm(1), ofForm('single')];
  const answered = singles.filter(({ location }) => location === null);
  const mains = [
    ...singles.filter((row) => row.location === null || !isBeside(firsts, row)),
    ...firsts.filter((row) => !isBeside(answered, row)),
  ].sort((a, b) => (a.capturedAt === b.capturedAt ? a.row - b.row : a.capturedAt < b.capturedAt ? -1 : 1));
  return (mains.length > 0 ? mains : ofForm('mobile')).filter(
    ({ body, location }, i, all) => location !== null || body !== all[i - 1]?.body,
  );
}

/** Http to https, another host of the same articles, another slug. */
function isSamePage(url: string, location: string): boolean {
  const numberIn = (text: string) => /\d{4}_\d{2}_\d{2}_\d+|[?&]id=\d+/.exec(text)?.[0];
  return numberIn(url) !== undefined && numberIn(url) === numberIn(location);
}

/** Answers from the pages of an article around one capture; nothing is followed, for what led elsewhere says enough. */
function answersOf(shelf: Shelf, main: ShelfRow, { site }: Pick<ImportServices, 'site'>): AnswerForeign {
  const { id } = shelf.read(main.row);
  const rows = shelf.pages(id).filter(({ url, location }) => location === null || !isSamePage(url, location));
  const nearest = (forms: readonly ShelfRow['form'][]) => {
    const at = Date.parse(main.capturedAt);
    const distance = ({ capturedAt }: ShelfRow) => Math.abs(Date.parse(capturedAt) - at);
    for (const form of forms) {
      if (main.form === form) return main;
      const [first] = rows.filter((row) => row.form === form).sort((a, b) => distance(a) - distance(b));
      if (first !== undefined) return first;
    }
    return null;
  };
  return async (url) => {
    const form = formOf(url, site)?.form ?? 1;
    // What was captured stands for what was not, as far as it is the beginning of the article.
    const row = form === 'single' ? main : form === 1 ? nearest([1, 'single', 'mobile']) : nearest([form]);
    if (row === null) throw new ArchiveError('NOT_IMPORTED', `${url}: no file holds it`);
    const { exchange, provenance } = shelf.read(row.row);
    const { kind, from, digest } = provenance;
    return { exchange: { ...exchange, road: 'replay' }, origin: { kind, from, digest } };
  };
}
