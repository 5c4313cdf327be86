/** The body: the container's own markup, minus named noise. */
import { ArchiveError } from '../errors.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { BodyImage } from '../model.ts';
import type { Site } from '../url/scope.ts';
import { hasContent } from './content.ts';
import { readImages } from './images.ts';
import type { FoundArticle } from './layouts/find-article.ts';
import { removeNoise } from './noise.ts';
import { firstLines } from './text.ts';

/** Lines from the top among which a byline is looked for: it may follow a 导读 (site.md, section 6). */
const LINES_WITH_BYLINE = 4;

export interface Body {
  /** The site's own markup and white space; without noise in it exactly the container's inner HTML. */
  readonly html: string;
  readonly images: readonly BodyImage[];
  /** The first lines of text. */
  readonly lines: readonly string[];
}

/**
 * Reads the body of one part from a copy, so that the page's tree stays as it was. `base` resolves its links. Throws
 * EXTRACTION where nothing but noise is in it.
 */
export function readBody({ $, page }: ParsedPage, { layout, body }: FoundArticle, base: string, site: Site): Body {
  const copy = body.clone();
  removeNoise(copy, layout.noise);
  if (!hasContent(copy)) throw new ArchiveError('EXTRACTION', `the article body of ${page.finalUrl} is empty`);
  return {
    html: copy.html() ?? '',
    images: readImages($, copy, base, site),
    lines: firstLines(copy.contents(), LINES_WITH_BYLINE),
  };
}
