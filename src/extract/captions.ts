/** Which text is a picture's caption (site.md, 2.5). */
import { elementsBelow } from '../html/elements.ts';
import type { AnyNode, Cheerio, CheerioAPI, Element } from '../html/html.ts';
import { textOf as nodeText } from './amount.ts';
import { oneLine } from './text.ts';

/** What a paragraph must not hold to be a caption. */
const MORE_THAN_TEXT: readonly string[] = ['img', 'iframe', 'video', 'table', 'p', 'div'];
const CENTRED = /text-align\s*:\s*center/i;
const GREY = /#(?:([5-9ab])\1{2}|([5-9ab][0-9a-f])\2{2})\b|\bgr[ae]y\b/i;
/** `…图源：某社`, `…视频截图`, `…资料图（某报）`, at the end of a short line. */
const SOURCE_OF_PICTURE =
  /(?:(?:图源|图自|图片来源)[^。！？]{0,30}|(?:截图|资料图|供图)(?:\s*[（(:：][^。！？]{0,30})?)$/;
const SHORT = 80;
/** Characters that nobody sees and editors leave behind. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

/**
 * The caption of a picture: the text of the paragraph right after the picture's own, if that is centred, all grey, or
 * short with a picture's source at its end; else the text that shares a centred paragraph with the picture; else the
 * picture's `title`, where that is no text of the editor. Null where none is there. Of several pictures in one paragraph
 * only the last has the paragraph's caption.
 * @param following the next picture of the body
 */
export function readCaption($: CheerioAPI, image: Element, following: Element | null): string | null {
  return captionBeside($, image, following) ?? titleOf(image);
}

function captionBeside($: CheerioAPI, image: Element, following: Element | null): string | null {
  const own = blockOf($, image);
  const block = own.get(0);
  if (following !== null && block !== undefined && stands(following, block)) return null;
  const next = own.next('p, center, figcaption, div');
  if (next.length > 0 && isTextAlone(next) && isCaption(next)) return textOf(next);
  return block !== image && isCentred(own) ? textOf(own) : null;
}

function stands(inner: AnyNode, outer: AnyNode): boolean {
  for (let above = inner.parent; above !== null; above = above.parent) if (above === outer) return true;
  return false;
}

function isTextAlone(paragraph: Cheerio<AnyNode>): boolean {
  return !elementsBelow(paragraph.toArray()).some(({ name }) => MORE_THAN_TEXT.includes(name));
}

/** What the site's editor writes into every picture (site.md, 2.5), and names of files. */
const NO_CAPTION = /^点击(?:查看|放大|看)?(?:大图|原图)?|\.(?:jpe?g|png|gif|webp)$|^[\w-]*$/i;

function titleOf({ attribs }: Element): string | null {
  const title = oneLine(attribs.title ?? '');
  return NO_CAPTION.test(title) ? null : title;
}

/** The paragraph that the picture stands in; the picture itself where it stands between paragraphs. */
function blockOf($: CheerioAPI, image: Element): Cheerio<AnyNode> {
  const block = $(image).closest('p, figure, center, div, td');
  return block.is('p, figure, center') ? block : $(image);
}

function isCaption(paragraph: Cheerio<AnyNode>): boolean {
  const text = textOf(paragraph);
  if (text === null) return false;
  return (
    isCentred(paragraph) ||
    isGrey(paragraph) ||
    (text.length <= SHORT && SOURCE_OF_PICTURE.test(text.replace(INVISIBLE, '')))
  );
}

function isCentred(block: Cheerio<AnyNode>): boolean {
  const { align = '', style = '', class: className = '' } = block.attr() ?? {};
  return block.is('center') || /^center$/i.test(align) || CENTRED.test(style) || /center|caption/i.test(className);
}

/** All of its text stands inside one grey element. */
function isGrey(paragraph: Cheerio<AnyNode>): boolean {
  const grey = elementsBelow(paragraph.toArray()).find(
    ({ name, attribs }) => /^(?:span|font)$/.test(name) && GREY.test(`${attribs.style ?? ''} ${attribs.color ?? ''}`),
  );
  return grey !== undefined && oneLine(nodeText(grey)) === textOf(paragraph);
}

function textOf(element: Cheerio<AnyNode>): string | null {
  return oneLine(element.text()) || null;
}
