/** The lists of the www site, each in the markup of its kind (site.md, 3.1). */
import { clock } from '../write/calendar.ts';
import type { Edition } from '../write/edition.ts';
import type { Listing, ListingForm } from '../write/listings.ts';
import type { Story } from '../write/story.ts';
import { documentHtml } from './furniture.ts';
import { attribute, text } from './html.ts';

/** Page `page` of a list, counted from 1; past the end an empty list, as on the real site. */
export function listPage(edition: Edition, listing: Listing, page: number): string {
  const { listSize } = edition.options;
  const shown = listing.stories.slice((page - 1) * listSize, page * listSize);
  const list = WRITERS[listing.form](shown, listing, edition);
  const content = `<ul class="two-coloum fix"><li class="left left-main">
${list}
${pageLinks(listing, page)}
</li><li class="right"></li></ul>`;
  const title = `${listing.name ?? '专栏'}-观察者网`;
  return documentHtml({ title, head: '', content, images: edition.origins.images });
}

type Writer = (stories: readonly Story[], listing: Listing, edition: Edition) => string;

/** 头条: the picture here heads the article in the archive's documents. */
const headlines: Writer = (stories) => {
  const items = stories.map((story) => {
    const picture = story.truth.leadPicture;
    const image =
      picture === null
        ? ''
        : `<img src="${attribute(picture.src)}" width="${picture.width}" height="${picture.height}">`;
    return `	<li><div class="content-headline">
		<h3><a href="${link(story)}" target="_blank">${text(story.truth.listTitle)}</a></h3>
		<a href="${link(story)}" target="_blank">${image}</a>
		<p>${text(story.truth.summary ?? '')}</p>
		<div class="module-interact"><span>${clock(story.slot.time)}</span></div>
	</div></li>`;
  });
  return `<ul class="headline-list fix">\n${items.join('\n')}\n</ul>`;
};

/** 要闻. */
const news: Writer = (stories) => {
  const items = stories.map(
    (story) => `	<li class="fix">
		<a href="${link(story)}" target="_blank" class="fl"><img src="${attribute(story.cover)}" width="150" height="106"></a>
		<div class="right fn">
			<h4><a href="${link(story)}" target="_blank">${text(story.truth.listTitle)}</a></h4>
			<p>${text(story.truth.summary ?? '')}</p>
			<div class="module-interact"><span>${clock(story.slot.time)}</span>${topic(story)}</div>
		</div>
	</li>`,
  );
  return `<ul class="new-left-list">\n${items.join('\n')}\n</ul>`;
};

/** 时评 in the form of 2026: the newest large, the others below. */
const opinion: Writer = ([first, ...rest]) => {
  const head =
    first === undefined
      ? ''
      : `<div class="tsp-list1"><a class="tsp-list1-title" href="${link(first)}">${text(first.truth.listTitle)}</a>
<img class="tsp-list1-pic" src="${attribute(first.cover)}">
<div class="tsp-list1-name">${names(first)}</div></div>
`;
  const items = rest.map(
    (
      story,
    ) => `<li class="tsp-list2-box"><a class="tsp-list2-title" href="${link(story)}">${text(story.truth.listTitle)}</a>
<div class="tsp-list2-name">${names(story)}</div>
<div class="tsp-list2-content">${text(story.truth.summary ?? '')}</div>
<div class="tsp-list2-review"><span>阅读数 ${story.slot.id % 90_000}</span><span>${clock(story.slot.time).slice(0, 16)}</span></div></li>`,
  );
  return `${head}<ul class="tsp-list2-list">\n${items.join('\n')}\n</ul>`;
};

/** Columns and authors; the new CMS adds how many there are in all. */
const column: Writer = (stories, { form, stories: all }) => {
  const items = stories.map((story) => {
    const { summary, listTitle } = story.truth;
    const lines =
      summary === null ? '' : `\n\t\t<p class="module-artile">${text(summary)}<a href="${link(story)}">[全文]</a></p>`;
    return `	<li><h4 class="module-title"><a href="${link(story)}" target="_blank">${text(listTitle)}</a></h4>${lines}
		<div class="module-interact"><span>${clock(story.slot.time).slice(0, 16)}</span></div></li>`;
  });
  const total = form === 'new-column' ? ` data-total="${all.length}"` : '';
  return `<ul class="column-list fix"${total}>\n${items.join('\n')}\n</ul>`;
};

const WRITERS: Readonly<Record<Exclude<ListingForm, 'home'>, Writer> & { readonly home: Writer }> = {
  headlines,
  news,
  opinion,
  column,
  'new-column': column,
  home: () => '',
};

function pageLinks(listing: Listing, page: number): string {
  const numbers = Array.from({ length: listing.pages }, (_, index) => index + 1);
  return `<div class="module-page">${numbers.map((n) => (n === page ? `<span class="active">${n}</span>` : `<a href="${decodeURI(listing.pathOf(n))}">${n}</a>`)).join(' ')}</div>`;
}

function topic({ truth }: Story): string {
  return truth.topic === null
    ? ''
    : `<a href="${new URL(truth.topic.url).pathname}?s=syztbq" class="interact-key" target="_blank">${text(truth.topic.name)}</a>`;
}

function names({ truth }: Story): string {
  return text(truth.columnists.map(({ name }) => name).join(' '));
}

/** Lists write `·` as it is. */
function link(story: Story): string {
  return decodeURI(story.path);
}
