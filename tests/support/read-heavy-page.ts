/** All that is done with a page's bytes without a disk and a network, in the order of the line. */
import { compareDocuments } from '../../src/archive/diff.ts';
import { makeDocument, writeDocument } from '../../src/archive/document.ts';
import { renderBody } from '../../src/archive/document-body.ts';
import { scanBody } from '../../src/audit/scan-body.ts';
import { readAnswer } from '../../src/crawl/read-source.ts';
import { ArchiveError, type ErrorCode } from '../../src/errors.ts';
import { partUrls } from '../../src/page/body.ts';
import { extract } from '../../src/page/extract.ts';
import { judge } from '../../src/page/judge.ts';
import { parseArticleUrl } from '../../src/site/address.ts';
import { NEWS_URL, pageOf, SITE } from './article-page.ts';

/** What a page is: its verdict, what a list was read to, or the code of a known failure. Anything else is thrown. */
export function readHeavyPage(html: string): string {
  try {
    return read(html);
  } catch (error) {
    if (error instanceof ArchiveError) return error.code satisfies ErrorCode;
    throw error;
  }
}

function read(html: string): string {
  const page = pageOf(html);
  const verdict = judge(page, SITE);
  partUrls(page);
  const address = parseArticleUrl(NEWS_URL, SITE);
  if (verdict.kind !== 'article' || address === null) return verdict.kind;
  const { title, publishedAt, body } = extract([page], address, SITE, {
    listed: { title: '茶馆', time: '2022-01-28', summary: '茶馆今天照常开门，茶馆今天照常开门', picture: null },
    single: page,
  });
  const document = (text: string) =>
    writeDocument(
      makeDocument({
        title,
        categories: ['新媒体', '观察者网', '要闻'],
        author: '观察者网',
        publishedAt,
        convention: 'site-clock',
        body: text,
      }),
    );
  const rendered = renderBody(body, { base: address.url, lead: null });
  scanBody(rendered);
  compareDocuments(document('<p>茶馆</p>'), document(rendered));
  compareDocuments(document(rendered.replaceAll('茶', '酒')), document(rendered));
  return verdict.kind;
}

/** The same of a list. */
export function readHeavyList(html: string): string {
  const url = 'https://www.guancha.cn/mainnews-yw/list_1.shtml';
  try {
    const answer = readAnswer(pageOf(html, { url }).page, SITE, { part: null, blankEnds: false });
    return 'discovery' in answer ? answer.discovery.kind : answer.code;
  } catch (error) {
    if (error instanceof ArchiveError) return error.code satisfies ErrorCode;
    throw error;
  }
}
