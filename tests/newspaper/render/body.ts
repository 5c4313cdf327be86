/** The inside of `.all-txt`, in each era's own hand (site.md, 2.5). */
import type { Era } from '../truth.ts';
import type { Block } from '../write/blocks.ts';
import { attribute, text } from './html.ts';

/** A body's blocks as markup; parts after the first begin with the anchor that the page's script scrolls to. */
export function bodyHtml(parts: readonly (readonly Block[])[], era: Era): string {
  const render = HANDS[era];
  return parts
    .map((blocks, index) => (index === 0 ? '' : `<a id="page_${index + 1}"></a>`) + blocks.map(render).join(''))
    .join('');
}

type Hand = (block: Block) => string;

/** The old editor: text indented on lines of its own, pictures and captions in centred paragraphs. */
const classic: Hand = (block) => {
  switch (block.kind) {
    case 'paragraph':
      return `<p>\n\t${block.html}\n</p>\n`;
    case 'subhead':
    case 'notice':
      return `<p>\n\t<strong>${text(block.text)}</strong> \n</p>\n`;
    case 'picture': {
      const image = `<p align="center">\n\t${imageTag(block, ' title="点击查看大图" class="bigimg" width="530"')} \n</p>\n`;
      return (
        image +
        captionHtml(block, (caption) => `<p align="center">\n\t<span style="color:#999999;">${caption}</span> \n</p>\n`)
      );
    }
    case 'empty':
      return '<p>\n\t<br />\n</p>\n';
    default:
      return `${common(block)}\n`;
  }
};

/** The editor of September 2026: no white space between blocks. */
const modern: Hand = (block) => {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${block.html}</p>`;
    case 'subhead':
    case 'notice':
      return `<p><strong>${text(block.text)}</strong></p>`;
    case 'picture': {
      const image = `<p class="content-pic-new">${imageTag(block, ' alt="" width="530"')}</p>`;
      return (
        image +
        captionHtml(
          block,
          (caption) => `<p style="text-align: center;"><span style="color: #999999;">${caption}</span></p>`,
        )
      );
    }
    case 'empty':
      return '<p></p>';
    default:
      return common(block);
  }
};

/** The community's editor: bare paragraphs, captions centred. */
const community: Hand = (block) => {
  switch (block.kind) {
    case 'picture':
      return `<p>${imageTag(block, '')}</p>${captionHtml(block, (caption) => `<p style="text-align:center;">${caption}</p>`)}`;
    default:
      return modern(block);
  }
};

const HANDS: Readonly<Record<Era, Hand>> = { classic, 'cms-2026': modern, fengwen: community };

/** What all editors write alike, being pasted in. */
function common(block: Extract<Block, { readonly kind: 'list' | 'quote' | 'table' | 'video' }>): string {
  switch (block.kind) {
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
    case 'quote':
      return `<blockquote class="content-quote"><p>${text(block.text)}</p></blockquote>`;
    case 'table': {
      const row = (cells: readonly string[]) =>
        `<tr>${cells.map((cell) => `<td width="120">${text(cell)}</td>`).join('')}</tr>`;
      return `<table border="1" cellspacing="0"><tbody>${block.rows.map(row).join('')}</tbody></table>`;
    }
    case 'video':
      return `<p style="text-align:center;"><iframe name="videoiframe" src="${attribute(block.src)}" allowfullscreen width="99%" height="498" frameborder="0"></iframe></p>`;
  }
}

type Picture = Extract<Block, { readonly kind: 'picture' }>;

function imageTag({ image, form }: Picture, attributes: string): string {
  const source = form === 'lazy' ? 'class="lazy" data-original' : 'src';
  return `<img ${source}="${attribute(image.src)}"${form === 'lazy' ? '' : attributes}>`;
}

function captionHtml({ image, form }: Picture, write: (caption: string) => string): string {
  if (image.caption === null) return '';
  return form === 'plain-caption' ? `<p>${text(image.caption)}</p>` : write(text(image.caption));
}
