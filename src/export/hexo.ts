/** Posts for Hexo: front matter and HTML, pictures beside them. Hexo's template engine finds nothing in them to run. */
import { escapeBody } from '../archive/document.ts';
import { stemOf } from '../archive/keys.ts';
import type { FolderForm } from './article-folder.ts';
import { isTag } from './markdown.ts';
import { cleanLine, factsOf } from './row.ts';

const POSTS = 'source/_posts/';
const SOURCE = 'source';

export function hexoForm(): FolderForm {
  return {
    list: '.guancha-archive-hexo.jsonl',
    version: 1,
    pathOf: ({ key }) => `${POSTS}${key.slice(0, -stemOf(key).length)}${stemOf(key)}.html`,
    picturePath: ({ sha256, type }) => `${SOURCE}/pictures/${sha256.slice(0, 2)}/${sha256}.${type}`,
    hrefOf: (path) => (path.startsWith(POSTS) ? `/${addressOf(path)}` : path.slice(SOURCE.length)),
    textOf: (article, { title, body, authors }) => {
      const { keywords, publishedAt, updatedAt } = factsOf(article);
      const picture = /<img src="([^"]*)"/.exec(body)?.[1] ?? '';
      const front = {
        title: harmless(title),
        categories: article.document.categories.map(harmless).filter(isTag),
        tags: keywords.filter(isTag),
        author: harmless(authors.join('、') || article.document.author),
        comments: false,
        headimg: picture,
        thumbnail: picture,
        permalink: addressOf(`${POSTS}${article.key}.html`),
      };
      const lines = [
        `date: ${wallClock(publishedAt)}`,
        ...(updatedAt === null ? [] : [`updated: ${wallClock(updatedAt)}`]),
        ...Object.entries(front).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
      ];
      return `---\n${lines.join('\n')}\n---\n\n${escapeBody(body)}\n`;
    },
  };
}

/** `guancha/904308/` of a post's path. */
function addressOf(path: string): string {
  const [, number = ''] = /(\d+)\.html$/.exec(path) ?? [];
  return `${path.startsWith(`${POSTS}fengwen/`) ? 'fengwen' : 'guancha'}/${number}/`;
}

/** Hexo takes a time as the clock of its `timezone`, or of its machine, whatever zone is written with it. */
function wallClock(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

/** Some themes print titles as they are: signs of markup and of templates become the full-width ones. */
function harmless(text: string): string {
  return cleanLine(text).replace(/[<>"'{}`]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
}
