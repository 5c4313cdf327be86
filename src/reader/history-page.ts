/** The pages of an article's history: what became of it in the order of time, and two versions compared. */
import type { ArticleChange } from '../archive/changes.ts';
import type { Piece } from '../archive/diff.ts';
import { isGone } from '../archive/record.ts';
import { onSiteClock } from '../site/clock.ts';
import { articleHref } from './article.ts';
import { dayAndMinute } from './article-page.ts';
import { editedBy } from './changes-page.ts';
import type { ComparedPicture, Comparison, DiffRow, History } from './history.ts';
import { html, type Markup } from './markup.ts';
import type { Medium } from './shell.ts';
import type { Words } from './words.ts';

export function historyContent({ record, changes }: History, words: Words, medium: Medium): Markup {
  const { id, article, versions } = record;
  const href = articleHref(id);
  const [first] = versions;
  const events = changes.map((change) => event(change, href, words));
  return html`<p class="kicker">${words.history}</p>
<h1 lang="zh-Hans"><a class="plain" href="${href}"><bdi>${article.title}</bdi></a></h1>
<p class="quiet">${words.versionCount(versions.length)}${isGone(record) === null ? null : html` · ${words.withdrawn}`}</p>
<ol class="events">
<li>${time(first?.capturedAt ?? '', words)}<p><b>${words.seen}</b> · <a href="${href}/versions/1">${words.version(1)}</a></p></li>
${events}</ol>
${versions.length < 2 || medium === 'files' ? null : chooser(versions.length, { from: versions.length - 1, to: versions.length }, href, words)}`;
}

function event(change: ArticleChange, href: string, words: Words): Markup {
  const { at, what } = change;
  return html`<li class="${what}">${time(at, words)}<div><p><b>${words.what[what]}</b>${eventDetail(change, href, words)}</p></div></li>\n`;
}

function eventDetail(change: ArticleChange, href: string, words: Words): Markup {
  if (change.what === 'returned') return html``;
  if (change.what === 'withdrawn') return html` <span class="quiet">${change.evidence.join('; ')}</span>`;
  const { version, kinds } = change;
  return html` · ${words.version(version)} · ${kinds.map((kind) => words.kinds[kind]).join(' · ')} <span class="quiet">${editedBy(change, words)}</span><br><a href="${diffHref(href, version - 1, version)}">${words.compare}</a>`;
}

function diffHref(href: string, from: number, to: number): string {
  return `${href}/diff?from=${from}&to=${to}`;
}

function time(at: string, words: Words): Markup {
  const shown = Number.isNaN(Date.parse(at)) ? at : dayAndMinute(onSiteClock(at));
  return html`<time datetime="${at}">${shown}<small> ${words.siteClock}</small></time>`;
}

/** A form that asks for two versions. */
function chooser(
  versions: number,
  chosen: { readonly from: number; readonly to: number },
  href: string,
  words: Words,
): Markup {
  const options = (selected: number) =>
    Array.from({ length: versions }, (_, i) => i + 1).map(
      (each) =>
        html`<option value="${each}"${each === selected ? html` selected` : null}>${words.version(each)}</option>`,
    );
  return html`<form class="chooser" action="${href}/diff">
<label>${words.from} <select name="from">${options(chosen.from)}</select></label>
<label>${words.to} <select name="to">${options(chosen.to)}</select></label>
<button>${words.compare}</button>
</form>`;
}

type DiffView = 'inline' | 'side';

export function comparisonContent(compared: Comparison, view: DiffView, words: Words, medium: Medium): Markup {
  const { record, from, to, title, date, rows, isCoarse, images } = compared;
  const href = articleHref(record.id);
  const isSame =
    rows.every(({ kind }) => kind === 'same') &&
    title.every(({ kind }) => kind === 'same') &&
    date === null &&
    images.added.length + images.removed.length === 0;
  const views = (['inline', 'side'] as const).map(
    (each) =>
      html`<a href="${diffHref(href, from, to)}&amp;view=${each}"${each === view ? html` aria-current="true"` : null}>${each === 'inline' ? words.inline : words.sideBySide}</a> `,
  );
  return html`<p class="kicker"><a href="${href}/history">${words.history}</a></p>
<h1 lang="zh-Hans" class="compared">${marked(title)}</h1>
<div class="bar">${medium === 'files' ? html`<p>${words.version(from)} → ${words.version(to)}</p>` : chooser(record.versions.length, { from, to }, href, words)}<p class="views">${views}</p></div>
${date === null ? null : html`<p>${words.diffDate} <del>${date.before}</del> <ins>${date.after}</ins></p>`}
${isSame ? html`<p>${words.nothingChanged}</p>` : null}
${isCoarse ? html`<p class="notice">${words.coarse}</p>` : null}
<div class="diff ${view}" lang="zh-Hans">
${view === 'side' ? html`<div class="row heads"><p>${words.version(from)}</p><p>${words.version(to)}</p></div>\n` : null}${rows.map(
  (each) => row(each, view, words),
)}</div>
${pictures(words.removed, images.removed, words)}${pictures(words.added, images.added, words)}`;
}

/** So many equal paragraphs stand round a change; more are folded. */
const CONTEXT = 1;

function row(each: DiffRow, view: DiffView, words: Words): Markup {
  if (each.kind === 'changed') {
    if (view === 'inline') return html`<p class="changed">${marked(each.inline)}</p>\n`;
    return html`<div class="row changed"><p class="before">${marked(each.before ?? [])}</p><p class="after-it">${marked(each.after ?? [])}</p></div>\n`;
  }
  const { blocks } = each;
  const shown = (texts: readonly string[]) =>
    texts.map((text) =>
      view === 'inline' ? html`<p>${text}</p>\n` : html`<div class="row"><p>${text}</p><p>${text}</p></div>\n`,
    );
  if (blocks.length <= 2 * CONTEXT + 1) return html`${shown(blocks)}`;
  const folded = blocks.slice(CONTEXT, -CONTEXT);
  return html`${shown(blocks.slice(0, CONTEXT))}<details><summary>${words.unchangedBlocks(folded.length)}</summary>${shown(folded)}</details>
${shown(blocks.slice(-CONTEXT))}`;
}

function marked(pieces: readonly Piece[]): Markup {
  return html`${pieces.map(({ kind, text }) =>
    kind === 'same' ? html`${text}` : kind === 'added' ? html`<ins>${text}</ins>` : html`<del>${text}</del>`,
  )}`;
}

function pictures(label: string, compared: readonly ComparedPicture[], words: Words): Markup | null {
  if (compared.length === 0) return null;
  return html`<section><h2>${words.diffImages}: ${label}</h2><ul class="thumbs">${compared.map(
    ({ src, picture }) =>
      html`<li>${
        picture === null || 'missing' in picture
          ? html`<span class="quiet">${words.pictureMissing}</span> <code>${src}</code>`
          : html`<img src="${picture.href}" alt="" loading="lazy">`
      }</li>`,
  )}</ul></section>`;
}
