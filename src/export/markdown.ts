/** Notes in Markdown for Obsidian and others: YAML on top, local pictures, wiki links between archived articles. */
import TurndownService from 'turndown';
import { isPost, numberOf } from '../archive/keys.ts';
import type { ArticleId } from '../model.ts';
import type { FolderForm } from './article-folder.ts';
import type { SelectedArticle, SelectedRecord } from './articles.ts';
import type { Readable } from './readable.ts';
import { cleanLine, factsOf } from './row.ts';
import { dayOf } from './selection.ts';

const PICTURES = 'pictures';
/** What the links to other notes begin with until they are wiki links: no path of a picture does. */
const NOTE = 'note/';

export function markdownForm(): FolderForm {
  const convert = openConverter();
  return {
    list: '.guancha-archive-markdown.jsonl',
    version: 1,
    pathOf: (record) => `${dayOf(record).slice(0, 7)}/${nameOf(record)}.md`,
    picturePath: ({ sha256, type }) => `${PICTURES}/${sha256.slice(0, 2)}/${sha256}.${type}`,
    hrefOf: (path) => (path.startsWith(`${PICTURES}/`) ? `../${path}` : `${NOTE}${encodeURIComponent(stemOf(path))}`),
    textOf: (article, readable) =>
      `${frontMatter(article, readable)}\n# ${escapeMarkdown(readable.title)}\n\n${convert(readable.body)}\n`,
  };
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
}

/** In characters, of which each takes up to four bytes: names may have 255. */
const LONGEST_TITLE = 50;

/** `2026-10-14 标题 904308`: the number makes it the only one of its name in the vault, and posts have an f before it. */
function nameOf(record: SelectedRecord): string {
  const { id, article } = record.record;
  const title = cleanLine(article.title)
    .normalize('NFC')
    .replace(/[\\/:*?"<>|#^[\]%&{}$!'`~]|\p{Cf}/gu, ' ')
    .replace(/\s+/g, ' ');
  const cut = [...title]
    .slice(0, LONGEST_TITLE)
    .join('')
    .replace(/^[. ]+|[. ]+$/g, '');
  return [dayOf(record), cut, `${isPost(record.key) ? 'f' : ''}${numberOf(id as ArticleId)}`].filter(Boolean).join(' ');
}

function frontMatter(article: SelectedArticle, { title, authors }: Readable): string {
  const row = factsOf(article);
  const fields: readonly (readonly [name: string, value: string | null | readonly string[]])[] = [
    ['title', title],
    ['aliases', [title]],
    ['date', row.publishedAt],
    ['updated', row.updatedAt],
    ['authors', authors],
    ['source', row.source],
    ['origin', row.origin],
    ['topic', row.topic],
    ['tags', row.keywords.map((word) => word.replaceAll(' ', '-')).filter(isTag)],
    ['summary', row.summary],
    ['id', row.id],
    ['url', row.url],
    ['archived', row.capturedAt],
    ['withdrawn', row.withdrawnSince],
  ];
  const lines = fields.flatMap(([name, value]) => {
    if (value === null || value.length === 0) return [];
    // JSON is YAML: the same text for every reader, whatever is in it.
    return `${name}: ${typeof value === 'string' ? scalar(value) : `[${value.map(scalar).join(', ')}]`}`;
  });
  return `---\n${lines.join('\n')}\n---\n`;
}

function scalar(text: string): string {
  return JSON.stringify(cleanLine(text)).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What may be a tag, for Obsidian and for the names of files. */
export function isTag(word: string): boolean {
  return /^[\p{L}\p{N}·_-]{1,30}$/u.test(word) && !/^\d+$/.test(word);
}

// HTML to Markdown.

/**
 * Every character with a meaning in CommonMark, in GitHub's Markdown or in Obsidian's (links, tags, comments, formulas,
 * highlights, block ids), wherever it could have it.
 */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<#|~$^]/g, '\\$&')
    .replace(/%(?=%)|(?<=%)%|=(?==)|(?<==)=|&(?=#?\w{1,40};)/g, '\\$&')
    .replace(/^(\s*)([-+>=:])/gm, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])/gm, '$1\\$2');
}

/** What is used of a node of the parser that Turndown brings. */
interface DomNode {
  readonly nodeName: string;
  readonly parentNode: DomNode | null;
  readonly previousSibling: DomNode | null;
  readonly nextSibling: DomNode | null;
  readonly textContent: string | null;
  readonly isBlock?: boolean;
  getAttribute(name: string): string | null;
}

const domNode = (node: unknown) => node as DomNode;

function openConverter(): (body: string) => string {
  const service = new TurndownService({
    headingStyle: 'atx',
    hr: '---',
    bulletListMarker: '-',
    emDelimiter: '*',
    blankReplacement: (_, node) => {
      if (isCell(domNode(node))) return cell('', domNode(node));
      return domNode(node).isBlock === true ? '\n\n' : '';
    },
  });
  service.escape = escapeMarkdown;
  service.addRule('note', {
    filter: (node) => domNode(node).getAttribute('href')?.startsWith(NOTE) === true,
    replacement: (content, given) => {
      const node = domNode(given);
      const name = decodeURIComponent((node.getAttribute('href') ?? '').slice(NOTE.length));
      const label = (node.textContent ?? '').replace(/[[\]|\\\s]+/g, ' ').trim();
      if (label === '') return `${content}[[${name}]]`;
      return `[[${name}${isInTable(node) ? '\\|' : '|'}${escapeMarkdown(label)}]]`;
    },
  });
  for (const [name, filter, sign] of [
    ['strong', ['strong', 'b'], '**'],
    ['emphasis', ['em', 'i'], '*'],
  ] as const)
    service.addRule(name, {
      filter: [...filter],
      replacement: (content, node) => emphasised(content, sign, domNode(node).nextSibling?.textContent ?? ''),
    });
  service.addRule('caption', {
    filter: 'figcaption',
    replacement: (content) => (content.trim() === '' ? '' : `\n\n*${content.trim().replace(/\s*\n\s*/g, ' ')}*\n\n`),
  });
  service.addRule('struck', {
    filter: ['del', 's'],
    replacement: (content) => (content.trim() === '' ? content : `~~${content}~~`),
  });
  service.addRule('code', {
    filter: 'pre',
    replacement: (_, node) => {
      const text = (domNode(node).textContent ?? '').replace(/\n$/, '');
      const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
      const fence = '`'.repeat(longest + 1);
      return `\n\n${fence}\n${text}\n${fence}\n\n`;
    },
  });
  service.addRule('cell', { filter: ['td', 'th'], replacement: (content, node) => cell(content, domNode(node)) });
  service.addRule('row', {
    filter: 'tr',
    replacement: (content, node) => {
      const isFirst = domNode(node).previousSibling === null;
      const columns = [...content.matchAll(/(?<!\\)\|/g)].length;
      return `|${content}\n${isFirst ? `|${' --- |'.repeat(columns)}\n` : ''}`;
    },
  });
  service.addRule('table', { filter: 'table', replacement: (content) => `\n\n${content.trim()}\n\n` });
  service.addRule('rows', { filter: 'tbody', replacement: (content) => content });
  return (body) => service.turndown(body);
}

/**
 * Emphasis that begins or ends in punctuation, as Chinese has it without a space, is none to CommonMark (0.31.2, 6.2): the
 * punctuation stands outside then.
 */
function emphasised(content: string, sign: string, next: string): string {
  const characters = [...content];
  const first = characters.findIndex((each) => !OUTSIDE.test(each));
  if (first < 0) return content;
  const last = characters.findLastIndex((each) => !OUTSIDE.test(each));
  const [before, after] = [characters.slice(0, first).join(''), characters.slice(last + 1).join('')];
  const inside = characters.slice(first, last + 1).join('');
  const mayEnd = after.trim() === '' || next === '' || OUTSIDE.test(next[0] ?? '');
  return mayEnd ? `${before}${sign}${inside}${after.trimEnd()}${sign}` : `${before}${sign}${inside}${sign}${after}`;
}

const OUTSIDE = /^[\s\p{P}\p{S}]$/u;

function isCell({ nodeName }: DomNode): boolean {
  return nodeName === 'TD' || nodeName === 'TH';
}

/** A cell that spans several has empty ones behind it: Markdown has no other way to say so. */
function cell(content: string, node: DomNode): string {
  const span = Math.min(Number(node.getAttribute('colspan') ?? 1) || 1, 100);
  return ` ${content.trim().replace(/\s*\n\s*/g, ' ')} |${' |'.repeat(span - 1)}`;
}

function isInTable(node: DomNode): boolean {
  for (let above = node.parentNode; above !== null; above = above.parentNode) if (isCell(above)) return true;
  return false;
}
