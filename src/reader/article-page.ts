/** The page of an article, typeset for reading, with everything that the archive knows of it one click away. */
import type { Flag } from '../flags.ts';
import type { CapturePlace, Person } from '../model.ts';
import { onSiteClock } from '../site/clock.ts';
import { articleHref, type ShownArticle } from './article.ts';
import { flagInWords } from './flag-words.ts';
import { html, type Markup, trusted } from './markup.ts';
import { number, type Words } from './words.ts';

/** @param body typeset and sanitised */
export function articleContent(shown: ShownArticle, body: string, words: Words): Markup {
  const { record, title, number: version } = shown;
  const isNewest = version === record.versions.length;
  return html`${notices(shown, isNewest, words)}<article class="piece" lang="zh-Hans">
<header>
${kicker(shown, words)}
<h1><bdi>${title === '' ? words.untitled : title}</bdi></h1>
${about(shown, words)}
${record.article.summary === null ? null : html`<p class="standfirst">${record.article.summary}</p>`}
</header>
<div class="body">
${trusted(body)}
</div>
</article>
<aside class="after">
${versionsLine(shown, words)}
${tags(shown, words)}
${flagList(record.flags, words)}
${provenance(shown, words)}
</aside>`;
}

function notices({ record, absence, links }: ShownArticle, isNewest: boolean, words: Words): Markup {
  const { id, versions, movedTo } = record;
  return html`${
    isNewest
      ? null
      : html`<p class="notice">${words.oldVersion(versions.length)} <a href="${articleHref(id)}">${words.toNewest}</a></p>\n`
  }${absence === null ? null : html`<p class="notice">${words.withdrawnSince(dayAndMinute(onSiteClock(absence.since)))}</p>\n`}${
    movedTo === undefined
      ? null
      : html`<p class="notice">${words.movedAway}: ${movedLink(movedTo.url, links, words)}</p>\n`
  }`;
}

/** Leads to the archived copy where there is one, and says so. */
function movedLink(url: string, links: ShownArticle['links'], words: Words): Markup {
  const link = links.get(url);
  if (link?.isArchived !== true) return outside(url);
  return html`<a href="${link.href}">${url}</a> <small class="quiet">${words.inArchive}</small>`;
}

function kicker({ record }: ShownArticle, words: Words): Markup {
  const { topic, source } = record.article;
  const parts = [
    html`${record.id.startsWith('fengwen:') ? words.post : words.article}`,
    ...(record.source === null ? [] : [html`<bdi>${record.source}</bdi>`]),
    ...(topic === null ? [] : [html`<bdi>${topic.name}</bdi>`]),
    ...(source === null ? [] : [html`<bdi>${source}</bdi>`]),
  ];
  return html`<p class="kicker">${separated(parts)}</p>`;
}

function about({ record }: ShownArticle, words: Words): Markup {
  const { article } = record;
  const { columnists, staff, byline, editors, originalTitle } = article;
  const people = [...columnists, ...staff].map((person) => personName(person));
  const named = new Set([...columnists, ...staff].map(({ name }) => name));
  const credits = (byline?.credits ?? []).flatMap(({ role, names, affiliation }) => {
    const others = names.filter((name) => !named.has(name));
    return others.length === 0
      ? []
      : [
          html`<span>${role} <bdi>${others.join('、')}</bdi>${affiliation === null ? null : html` <small>${affiliation}</small>`}</span>`,
        ];
  });
  const editor = editors.length === 0 ? [] : [html`<span>${words.editor} <bdi>${editors.join('、')}</bdi></span>`];
  const who = [...people, ...credits, ...editor];
  return html`<div class="about">${who.length === 0 ? null : html`<p>${separated(who)}</p>\n`}<p>${separated(clocks(record, words))}</p>${
    originalTitle === null ? null : html`\n<p>${words.originalTitle}: <bdi>${originalTitle}</bdi></p>`
  }</div>`;
}

function personName({ name, title }: Person): Markup {
  return html`<span><bdi>${name}</bdi>${title === null ? null : html` <small>${title}</small>`}</span>`;
}

/** When it was published and updated, on the site's clock and in UTC. */
function clocks({ article }: ShownArticle['record'], words: Words): readonly Markup[] {
  const { publishedAt, updatedAt, precision } = article;
  const exact = words.precision[precision] ?? precision;
  const published = html`<span>${words.published} ${siteTime(publishedAt, words)}${exact === '' ? null : html` (${exact})`}</span>`;
  return updatedAt === null || updatedAt === publishedAt
    ? [published]
    : [published, html`<span>${words.updated} ${siteTime(updatedAt, words)}</span>`];
}

/** @param at ISO 8601 with the site's offset */
function siteTime(at: string, words: Words): Markup {
  const utc = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return html`<time datetime="${at}" title="${utc} ${words.yourClock}">${at.slice(0, 19).replace('T', ' ')} ${words.siteClock} <small>UTC+8</small></time>`;
}

function versionsLine({ record: { id, versions, absences } }: ShownArticle, words: Words): Markup | null {
  if (versions.length < 2 && absences.length === 0) return null;
  const href = `${articleHref(id)}/history`;
  return html`<p><a href="${href}">${words.history}</a> <span class="quiet">${words.versionCount(versions.length)}</span></p>`;
}

function tags({ record }: ShownArticle, words: Words): Markup | null {
  const { keywords } = record.article;
  if (keywords.length === 0) return null;
  return html`<ul class="tags" aria-label="${words.keywords}">${keywords.map((each) => html`<li><span>${each}</span></li>`)}</ul>`;
}

function flagList(flags: readonly Flag[], words: Words): Markup | null {
  if (flags.length === 0) return null;
  return html`<details class="flags"><summary>${words.flags}<span class="count">${number(flags.length, words)}</span></summary>
<ul>${flags.map(({ code, detail }) => {
    const kind = flagInWords(code, words.language);
    return html`<li><span class="${kind?.level ?? 'doubt'}">${words[kind?.level ?? 'doubt']}</span> ${kind?.title ?? code}: <bdi>${detail}</bdi><br><small class="quiet">${kind?.meaning ?? ''}</small></li>\n`;
  })}</ul></details>`;
}

// Where it comes from.

function provenance(shown: ShownArticle, words: Words): Markup {
  const { record, version } = shown;
  const { url, aliases, via, verdict, capture, article, contentHash, movedFrom = [] } = record;
  const facts: (readonly [string, readonly Markup[]])[] = [
    [words.address, [outside(url)]],
    [words.aliases, aliases.filter((each) => !movedFrom.includes(each)).map(outside)],
    [words.movedFrom, movedFrom.map(outside)],
    [words.via, via === null ? [] : [outside(via)]],
    [words.fetched, capture.requests.map((each) => fetched(each, words))],
    [words.pageHash, capture.requests.map(({ sha256 }) => fixed(sha256))],
    [words.documentHash, [fixed(version.sha256)]],
    [words.contentHash, [fixed(contentHash)]],
    [words.judged, verdict.evidence.map((each) => html`${each}`)],
    [words.layout, [html`${article.layout}${article.pages > 1 ? html`, ${words.parts(article.pages)}` : null}`]],
    [words.tool, [html`${capture.tool}`]],
    [words.capture, capture.requests.flatMap((each) => kept(each, words))],
    [words.seal, sealed(shown, words)],
  ];
  return html`<details class="provenance"><summary>${words.provenance}</summary>
<dl class="facts">
${facts
  .filter(([, values]) => values.length > 0)
  .map(([name, values]) => html`<dt>${name}</dt>${values.map((value) => html`<dd>${value}</dd>`)}\n`)}</dl></details>`;
}

function fetched(
  { url, finalUrl, status, fetchedAt, fetchedBy, bytes }: ShownArticle['record']['capture']['requests'][number],
  words: Words,
): Markup {
  const road = words.road[fetchedBy] ?? fetchedBy;
  return html`<time datetime="${fetchedAt}">${dayAndMinute(onSiteClock(fetchedAt))} ${words.siteClock}</time>, ${words.by} ${road}, ${words.status} ${status}, ${number(bytes, words)} ${words.bytes}<br>${outside(finalUrl === '' ? url : finalUrl)}`;
}

/** Where the exchanges of a request lie in the archive, redirects first, and the bodies that an earlier exchange had already. */
function kept(
  { exchanges = [], fetchedAt }: ShownArticle['record']['capture']['requests'][number],
  words: Words,
): readonly Markup[] {
  const place = ({ file, offset, length }: Omit<CapturePlace, 'body'>) =>
    html`${fixed(file)} ${words.captureAt(number(offset, words), number(length, words))}`;
  return exchanges.map(
    ({ body, ...each }) =>
      html`${place(each)}, <time datetime="${fetchedAt}">${dayAndMinute(onSiteClock(fetchedAt))}</time>${body === undefined ? null : html`<br>${words.captureBody} ${place(body)}`}`,
  );
}

function sealed({ seal, record }: ShownArticle, words: Words): readonly Markup[] {
  if (seal === null) return [];
  if ('fault' in seal) return [html`${words.sealFault} ${fixed(seal.fault)}`];
  const { at, size, isProvable } = seal;
  const when =
    at === null ? null : html`<time datetime="${at}">${dayAndMinute(onSiteClock(at))} ${words.siteClock}</time>, `;
  const state = html`${when}${words.sealSize(number(size, words))}`;
  return isProvable
    ? [
        state,
        html`${words.takeProof} ${fixed(`guancha-archive prove ${record.id} ${record.id.replace(':', '-')}-proof`)}`,
      ]
    : [state];
}

function outside(url: string): Markup {
  if (!/^https?:\/\//.test(url)) return html`${url}`;
  return html`<a href="${url}" rel="noopener noreferrer nofollow">${url}</a>`;
}

function fixed(text: string): Markup {
  return html`<code>${text}</code>`;
}

/** `2026-10-14 21:01` of an instant with the site's offset. */
export function dayAndMinute(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}

export function separated(parts: readonly Markup[]): Markup {
  return html`${parts.map((part, i) => (i === 0 ? part : html`<span class="sep" aria-hidden="true">·</span>${part}`))}`;
}
