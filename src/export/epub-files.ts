/** The files of an EPUB (3.2) beside its pictures: a page for each article, the contents, the list of everything. Pure. */
import { escaped, strictUri } from './plain-markup.ts';

/** An article in the book. */
export interface Chapter {
  readonly id: string;
  /** Name of its page. */
  readonly page: string;
  readonly title: string;
  readonly day: string;
  readonly column: string;
  /** ISO 8601 with the site's offset. */
  readonly publishedAt: string;
}

export interface PictureFile {
  readonly path: string;
  readonly mediaType: string;
}

export const PACKAGE = 'EPUB/package.opf';

export const CONTAINER = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="${PACKAGE}" media-type="application/oebps-package+xml"/></rootfiles>
</container>
`;

/** Stands in where a reading system cannot show a kind of picture (EPUB 3.2, 3.3: foreign resources). */
export const NO_PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90"><rect x="1" y="1" width="158" height="88" fill="none" stroke="#888"/></svg>
`;

export const STYLE = `body { line-height: 1.8; }
h1 { font-size: 1.4em; line-height: 1.4; }
h2, h3, .subhead { font-size: 1.1em; font-weight: bold; text-indent: 0; }
p { margin: 0 0 .8em; text-indent: 2em; text-align: justify; }
.about, .centre, .right, .flush, figcaption, li p, td p { text-indent: 0; }
.about, figcaption { font-size: .85em; color: #666; }
.centre, figure, figcaption { text-align: center; }
.right { text-align: right; }
figure { margin: 1.2em 0; }
img { max-width: 100%; height: auto; }
blockquote { margin: 1em 0 1em 1.5em; }
table { border-collapse: collapse; }
td, th { border: 1px solid #999; padding: .3em .5em; }
pre { white-space: pre-wrap; }
`;

export function chapterPage(
  { title, publishedAt }: Chapter,
  { body, about, url }: { readonly body: string; readonly about: readonly string[]; readonly url: string },
): string {
  const line = [publishedAt.slice(0, 16).replace('T', ' '), ...about].map(escaped).join(' · ');
  return page(
    title,
    `<h1>${escaped(title)}</h1>
<p class="about">${line} · <a href="${escaped(strictUri(url))}">原文</a></p>
${body}`,
  );
}

function page(title: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="zh-CN" xml:lang="zh-CN">
<head>
<title>${escaped(title)}</title>
<link rel="stylesheet" type="text/css" href="${content.startsWith('<nav') ? '' : '../'}style.css"/>
</head>
<body>
${content}
</body>
</html>
`;
}

/** The contents by day and column. @param chapters in order */
export function contentsPage(title: string, chapters: readonly Chapter[]): string {
  const days = [...Map.groupBy(chapters, ({ day }) => day)].map(([day, ofDay]) => {
    const columns = [...Map.groupBy(ofDay, ({ column }) => column)].map(
      ([column, ofColumn]) => `<li><span>${escaped(column)}</span><ol>${ofColumn.map(entry).join('')}</ol></li>\n`,
    );
    return `<li><span>${escaped(day)}</span><ol>\n${columns.join('')}</ol></li>\n`;
  });
  return page(title, `<nav epub:type="toc" id="toc"><h1>${escaped(title)}</h1><ol>\n${days.join('')}</ol></nav>`);
}

function entry({ page: name, title }: Chapter): string {
  return `<li><a href="text/${name}">${escaped(title)}</a></li>`;
}

/** True for a kind that a reading system need not show (EPUB 3.2, 3.2: core media types). */
export function isForeign({ mediaType }: PictureFile): boolean {
  return !/^image\/(?:gif|jpeg|png)$/.test(mediaType);
}

/** The package document. */
export function packageDocument({
  title,
  identifier,
  modified,
  software,
  chapters,
  pictures,
}: {
  readonly title: string;
  readonly identifier: string;
  /** ISO 8601 in UTC. */
  readonly modified: string;
  readonly software: string;
  readonly chapters: readonly Chapter[];
  readonly pictures: readonly PictureFile[];
}): string {
  const items = [
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
    '<item id="style" href="style.css" media-type="text/css"/>',
    ...(pictures.some(isForeign) ? ['<item id="no-picture" href="no-picture.svg" media-type="image/svg+xml"/>'] : []),
    ...chapters.map(
      (chapter, i) => `<item id="c${i}" href="text/${chapter.page}" media-type="application/xhtml+xml"/>`,
    ),
    ...pictures.map(
      (picture, i) =>
        `<item id="p${i}" href="${picture.path}" media-type="${picture.mediaType}"${isForeign(picture) ? ' fallback="no-picture"' : ''}/>`,
    ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="zh-CN">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">${escaped(identifier)}</dc:identifier>
<dc:title>${escaped(title)}</dc:title>
<dc:language>zh-CN</dc:language>
<dc:creator>观察者网</dc:creator>
<dc:contributor>${escaped(software)}</dc:contributor>
<meta property="dcterms:modified">${modified.slice(0, 19)}Z</meta>
</metadata>
<manifest>
${items.join('\n')}
</manifest>
<spine>
<itemref idref="nav"/>
${chapters.map((_, i) => `<itemref idref="c${i}"/>`).join('\n')}
</spine>
</package>
`;
}
