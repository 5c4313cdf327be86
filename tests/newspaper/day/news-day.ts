/**
 * A newspaper that lives through a news day on a clock of the caller's: articles come, change, move and go, lists break,
 * and the CMS changes at noon. What it answers is a function of its plan and of what the clock says when it is asked.
 */
import type { ArticleId } from '../../../src/model.ts';
import { imagesRoute } from '../serve/images.ts';
import type { Asked, OriginName, Reply, Route, SeenRequest } from '../serve/reply.ts';
import { normalPath, openServer } from '../serve/server.ts';
import { type ConfigOptions, configOf } from '../write/config-text.ts';
import type { Edition } from '../write/edition.ts';
import { openGallery } from '../write/gallery.ts';
import { type Happenings, makeDay } from './happenings.ts';
import { type DayList, listsOf } from './lists.ts';
import { outagesOf } from './outages.ts';
import { type DayPlan, planOf } from './plan.ts';
import { type DaySite, dayCommunityRoute, dayWwwRoute } from './routes.ts';
import { openShowing, type Showing } from './showing.ts';
import type { DayStory } from './stories.ts';
import type { DayArticle, DayVersion, Outage } from './truth.ts';

export type { DayPlan } from './plan.ts';
export type { ChangeKind, DayArticle, DayVersion, Outage, OutageKind, Shown } from './truth.ts';

export interface NewsDayOptions extends Partial<DayPlan> {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Answers in the place of any origin; undefined where the right answer comes. */
  readonly spoil?: ((asked: Asked) => Reply | undefined) | undefined;
}

export interface NewsDay extends AsyncDisposable {
  readonly www: string;
  readonly community: string;
  readonly images: string;
  readonly plan: DayPlan;
  /** The day's articles and posts, and the posts that articles moved to; by time of publication. */
  readonly articles: readonly DayArticle[];
  /** Those of the day before, that lists begin with. */
  readonly earlier: readonly DayArticle[];
  /** Numbers between the articles' that were never published. */
  readonly unpublishedIds: readonly number[];
  /** Every planned break, and the columns' addresses before and after their time. */
  readonly outages: readonly Outage[];
  readonly lists: readonly { readonly name: string; readonly url: string }[];
  /** Every request to every origin, in the order of arrival; `date` is what the clock said. */
  readonly requests: readonly SeenRequest[];
  /** A `crawl.config.yaml` that names the lists, by default all of them. */
  config(options: ConfigOptions & { readonly lists?: readonly string[] }): string;
  /** What stands at a path now, as text; nobody is recorded. */
  read(path: string, origin?: OriginName): string;
}

export async function openNewsDay({ now, spoil, ...options }: NewsDayOptions): Promise<NewsDay> {
  const plan = planOf(options);
  const requests: SeenRequest[] = [];
  const routes: Partial<Record<OriginName, Route>> = {};
  const route: Route = (asked) => spoil?.(asked) ?? routes[asked.origin]?.(asked) ?? { status: 503 };

  await using servers = new AsyncDisposableStack();
  const open = async (name: OriginName) =>
    servers.use(await openServer(name, '127.0.0.1', { route, record: requests, now })).origin;
  const origins = { www: await open('www'), community: await open('community'), images: await open('images') };
  const site = siteOf(plan, { origins, now });
  routes.www = dayWwwRoute(site);
  routes.community = dayCommunityRoute(site);
  routes.images = imagesRoute(site.frame);
  const { happenings, lists, showing } = site;
  const urlOf = ({ origin, path }: DayList) => origins[origin] + path;
  const running = servers.move();

  return {
    ...origins,
    plan,
    articles: truths([...happenings.articles, ...happenings.movedPosts], happenings, showing),
    earlier: truths(happenings.earlier, happenings, showing),
    unpublishedIds: happenings.unpublishedIds,
    outages: site.outages,
    lists: lists.map((list) => ({ name: list.name, url: urlOf(list) })),
    requests,
    config: (wanted) => {
      const named = lists.filter(({ name }) => wanted.lists?.includes(name) ?? true);
      return configOf(
        origins,
        named.map((list) => ({ name: list.name, url: urlOf(list), pages: 1 })),
        wanted,
      );
    },
    read: (path, origin = 'www') => {
      const { body = '' } = route({ origin, method: 'GET', path: normalPath(path), headers: {} });
      return typeof body === 'string' ? body : Buffer.from(body).toString();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function siteOf(
  plan: DayPlan,
  { origins, now }: { readonly origins: Edition['origins']; readonly now: () => number },
): DaySite {
  const gallery = openGallery();
  const { seed, articles, listSize } = plan;
  const options = { articles, imagesPerArticle: 1, seed, specials: false, listSize };
  const happenings = makeDay({ seed, imagesPerArticle: 1, origins, gallery, titles: new Set() }, plan);
  const lists = listsOf(plan);
  const showing = openShowing(happenings, lists, plan);
  const frame: Edition = { options, origins, gallery, stories: [], listings: [] };
  return { plan, frame, happenings, lists, showing, outages: outagesOf(lists, plan), now };
}

function truths(stories: readonly DayStory[], { hidden }: Happenings, { shown }: Showing): readonly DayArticle[] {
  const idOf = (story: DayStory): ArticleId => story.versions[0].story.truth.id;
  const truthOf = (story: DayStory): DayArticle => {
    const { id, url, era } = story.versions[0].story.truth;
    const [first, ...edits] = story.versions;
    return {
      id,
      url,
      era,
      publishedAt: story.publishedAt,
      versions: [versionOf(first), ...edits.map(versionOf)],
      withdrawnAt: story.withdrawnAt,
      movedAt: story.moved?.at ?? null,
      movedTo: story.moved === null ? null : idOf(story.moved.post),
      movedFrom: story.movedFrom?.truth.id ?? null,
      hidden: hidden.has(story),
      shown: shown.get(story) ?? [],
    };
  };
  return stories.map(truthOf).sort((a, b) => a.publishedAt - b.publishedAt);
}

function versionOf({ from, kind, story: { truth } }: DayStory['versions'][number]): DayVersion {
  const { title, listTitle, clock, paragraphs, images } = truth;
  return { from, kind, title, listTitle, updated: clock.updated, paragraphs, images };
}
