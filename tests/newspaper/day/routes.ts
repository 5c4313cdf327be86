/** Answers for the day's origins as of now: what stands at an address, unless it is broken. */
import { articlePage } from '../render/article.ts';
import { communityPage } from '../render/community.ts';
import { homePage } from '../render/home.ts';
import { listPage } from '../render/lists.ts';
import { errorPage, stubPage } from '../render/specials.ts';
import { communityRoute } from '../serve/community.ts';
import { html, type Reply, type Route, redirect } from '../serve/reply.ts';
import { storyAt, suffixOf, wwwRoute } from '../serve/www.ts';
import type { Edition } from '../write/edition.ts';
import type { Story } from '../write/story.ts';
import { conditional, type Validators, validated } from './conditional.ts';
import { type Happenings, isArticle } from './happenings.ts';
import type { DayList } from './lists.ts';
import { outageAt } from './outages.ts';
import type { DayPlan } from './plan.ts';
import { postTime } from './post-time.ts';
import type { Showing } from './showing.ts';
import type { DayStory } from './stories.ts';
import type { Outage } from './truth.ts';

export interface DaySite {
  readonly plan: DayPlan;
  /** Names neither stories nor lists: the frame round what the routes put in. */
  readonly frame: Edition;
  readonly happenings: Happenings;
  readonly lists: readonly DayList[];
  readonly showing: Showing;
  readonly outages: readonly Outage[];
  readonly now: () => number;
}

export function dayWwwRoute(site: DaySite): Route {
  const { plan, frame, happenings, outages, now } = site;
  const listReply = openLists(site);
  const stories = [...happenings.earlier, ...happenings.articles].filter(isArticle);
  const byId = new Map(stories.map((story) => [String(first(story).slot.id), story]));
  const known = new Map([...byId].map(([id, story]) => [id, first(story)]));
  const others = wwwRoute(frame, { pageBytes: plan.pageBytes, slowMs: 0 });
  const remembered = openMemory();

  return (asked) => {
    const instant = now();
    if (outageAt(outages, null, instant) !== null) return html(errorPage(503, 'Service Unavailable'), 503);
    const { pathname } = new URL(asked.path, frame.origins.www);
    const list = site.lists.find(({ origin, path }) => origin === 'www' && folderOf(path) === folderOf(pathname));
    if (list !== undefined) return listReply(list, pageOf(pathname), instant);
    const story = byId.get(String(storyAt(asked.path, known)?.slot.id));
    if (story === undefined || !isThere(story, instant) || !['1', 's', 'mc'].includes(suffixOf(asked.path)))
      return others(asked);
    const { id } = first(story).truth;
    if (story.moved !== null && story.moved.at <= instant) {
      const leadsTo = first(story.moved.post).truth.url;
      return remembered(`${id} moved`, () => html(light(plan, stubPage(frame, withTruth(first(story), { leadsTo })))));
    }
    const version = versionAt(story, instant);
    const page = () =>
      html(
        light(
          plan,
          articlePage({ edition: frame, story: version.story, part: 'whole', pageBytes: plan.pageBytes ?? 0 }),
        ),
      );
    if (!plan.conditional) return remembered(`${id} ${version.from}`, page);
    const validators: Validators = { tag: `${first(story).slot.id}-${version.from}`, modifiedAt: version.from };
    return conditional(
      remembered(`${id} ${version.from}`, () => validated(page(), validators)),
      asked,
      validators,
    );
  };
}

export function dayCommunityRoute(site: DaySite): Route {
  const { plan, frame, happenings, now } = site;
  const listReply = openLists(site);
  const posts = [...happenings.earlier, ...happenings.articles, ...happenings.movedPosts].filter(
    (story) => !isArticle(story),
  );
  const byId = new Map(posts.map((story) => [String(first(story).slot.id), story]));
  const others = communityRoute(frame);

  return (asked) => {
    const instant = now();
    const { pathname, searchParams } = new URL(asked.path, frame.origins.community);
    const list = site.lists.find(({ origin, path }) => origin === 'community' && path.split('?')[0] === pathname);
    if (list !== undefined) return listReply(list, Number(searchParams.get('page') ?? 1), instant);
    const story = /^\/(?:main|wap)\/content$/.test(pathname) ? byId.get(searchParams.get('id') ?? '') : undefined;
    if (story === undefined || !isThere(story, instant) || !['0', '1'].includes(searchParams.get('page') ?? '1'))
      return others(asked);
    return html(communityPage(frame, asPrinted(first(story), instant, plan), 'whole'));
  };
}

/** The version that stands at the instant; the story must be published. */
export function versionAt({ versions }: DayStory, now: number) {
  return versions.findLast(({ from }) => from <= now) ?? versions[0];
}

function first({ versions }: DayStory): Story {
  return versions[0].story;
}

function isThere({ publishedAt, withdrawnAt }: DayStory, now: number): boolean {
  return publishedAt <= now && (withdrawnAt === null || now < withdrawnAt);
}

function asPrinted(story: Story, now: number, { postTimes }: DayPlan): Story {
  if (postTimes === 'full') return story;
  return withTruth(story, { clock: { published: postTime(story.slot.time, now), updated: null } });
}

function withTruth(story: Story, truth: Partial<Story['truth']>): Story {
  return { ...story, truth: { ...story.truth, ...truth } };
}

/** Answers for lists: of each page the last rendering is kept. */
function openLists({ plan, frame, lists, showing, outages }: DaySite) {
  const kept = new Map<string, { readonly state: string; readonly reply: Reply }>();

  const rendered = (list: DayList, page: number, now: number, stories: readonly DayStory[]): Reply => {
    const versions = stories.map((story) => versionAt(story, now));
    const state = versions.map(({ story, from }) => `${story.truth.id} ${from}`).join();
    const key = `${list.name} ${page}`;
    const known = kept.get(key);
    if (known?.state === state) return known.reply;
    const listing = {
      name: list.name,
      form: list.form,
      pathOf: () => list.path,
      stories: versions.map(({ story }) => story),
      pages: 1,
    };
    const options = { ...frame.options, listSize: Math.max(1, stories.length) };
    const edition = { ...frame, options, listings: [listing] };
    const reply = html(light(plan, list.form === 'home' ? homePage(edition) : listPage(edition, listing, page)));
    kept.set(key, { state, reply });
    return reply;
  };

  return (list: DayList, page: number, now: number): Reply => {
    const home = redirect(`${frame.origins[list.origin]}/`);
    switch (outageAt(outages, list.name, now)) {
      case 'empty':
        return rendered(list, page, now, []);
      case 'error-500':
        return html(errorPage(500, 'Internal Server Error'), 500);
      case 'unavailable-503':
        return html(errorPage(503, 'Service Unavailable'), 503);
      case 'home-page': {
        const front = lists.find(({ form }) => form === 'home');
        return front === undefined ? home : rendered(front, 1, now, showing.at(front, now) ?? []);
      }
      case 'home-redirect':
      case 'not-yet':
      case 'retired':
        return home;
      case null: {
        const stories = showing.at(list, now);
        return stories === null ? home : rendered(list, page, now, stories);
      }
    }
  };
}

/** What all addresses of a list have in common: `/mainnews-yw`, `/column/caijing`. */
function folderOf(path: string): string {
  return path.replace(/\/(?:(?:list_)?\d+(?:\.shtml)?)?$/, '').toLowerCase();
}

function pageOf(pathname: string): number {
  return Number(/\/(?:list_)?(\d+)(?:\.shtml)?$/.exec(pathname)?.[1] ?? 1);
}

/** Replies that never change. */
function openMemory() {
  const replies = new Map<string, Reply>();
  return (key: string, make: () => Reply): Reply => {
    const reply = replies.get(key) ?? make();
    replies.set(key, reply);
    return reply;
  };
}

/** A page of www without the style and the handlers that it carries inline, unless pages are to weigh what they do. */
function light({ pageBytes }: DayPlan, page: string): string {
  if (pageBytes !== null) return page;
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<script type="text\/javascript">\s*\$\(function[\s\S]*?<\/script>/, '');
}
