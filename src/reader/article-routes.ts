/** The addresses of an article: its page, its superseded versions, its history, two versions compared. */
import { readArticle } from './article.ts';
import { articleContent } from './article-page.ts';
import { readComparison, readHistory } from './history.ts';
import { comparisonContent, historyContent } from './history-page.ts';
import type { Library } from './library.ts';
import { mementoLinks } from './memento.ts';
import { openSanitiser } from './sanitise.ts';
import { typeset } from './typeset.ts';
import { ARTICLE, countIn, idIn, mediumOf, type Reader, send, type Visit, wordsOf } from './visit.ts';

const COUNT = ':count{[1-9][0-9]{0,8}}';

export function articleRoutes(reader: Reader, { shelf }: Pick<Library, 'shelf'>): void {
  let sanitiser: ReturnType<typeof openSanitiser> | null = null;

  reader.get(`/articles/${ARTICLE}`, (visit) => show(visit, null));
  reader.get(`/articles/${ARTICLE}/versions/${COUNT}`, (visit) => show(visit, Number(visit.req.param('count'))));

  reader.get(`/articles/${ARTICLE}/history`, async (visit) => {
    const history = await readHistory(idIn(visit), shelf);
    if (history === null) return visit.notFound();
    const words = wordsOf(visit);
    const title = `${words.history}: ${history.record.article.title}`;
    return send(visit, { title, section: null, content: historyContent(history, words, mediumOf(visit)) });
  });

  reader.get(`/articles/${ARTICLE}/diff`, async (visit) => {
    const numbers = { from: countIn(visit, 'from'), to: countIn(visit, 'to') };
    const compared = await readComparison(idIn(visit), numbers, shelf);
    if (compared === null) return visit.notFound();
    const words = wordsOf(visit);
    const view = visit.req.query('view') === 'side' ? 'side' : 'inline';
    const title = `${words.compare}: ${compared.record.article.title}`;
    return send(visit, { title, section: null, content: comparisonContent(compared, view, words, mediumOf(visit)) });
  });

  async function show(visit: Visit, number: number | null): Promise<Response> {
    const shown = await readArticle(idIn(visit), number, shelf);
    if (shown === null) return visit.notFound();
    const words = wordsOf(visit);
    const { body } = typeset(shown.body, { ...shown, base: shown.record.url, words });
    sanitiser ??= openSanitiser();
    const content = articleContent(shown, (await sanitiser)(body), words);
    visit.set('kind', 'article');
    visit.header('link', mementoLinks(shown.record, new URL(visit.req.url).origin));
    if (number !== null) visit.header('memento-datetime', new Date(shown.version.capturedAt).toUTCString());
    return send(visit, { title: shown.title, section: null, content, width: 'text', isScripted: false });
  }
}
