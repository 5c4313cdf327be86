/** A made-up newspaper on the loopback interface, in the likeness of www.guancha.cn: for tests, benches and the demo. */
import { type Feed, feedsOf } from './render/feeds.ts';
import { communityRoute } from './serve/community.ts';
import { appRoute, withFeeds } from './serve/feeds.ts';
import { imagesRoute } from './serve/images.ts';
import type { Asked, OriginName, Reply, Route, SeenRequest } from './serve/reply.ts';
import { normalPath, openServer } from './serve/server.ts';
import { wwwRoute } from './serve/www.ts';
import type { NewspaperArticle, SpecialName } from './truth.ts';
import { type ConfigOptions, configText } from './write/config-text.ts';
import { makeEdition } from './write/edition.ts';

export type { Feed } from './render/feeds.ts';
export type { Asked, OriginName, Reply, SeenRequest } from './serve/reply.ts';
export type { Era, Feature, NewspaperArticle, NewspaperAsset, NewspaperImage, SpecialName } from './truth.ts';

export interface NewspaperOptions {
  /** Ordinary articles, one in eight of them a community post; 48 show every kind there is. */
  readonly articles?: number;
  /** Pictures in each article's body, icons not counted. */
  readonly imagesPerArticle?: number;
  /** The same seed gives the same newspaper, but for the ports. */
  readonly seed?: number;
  readonly host?: '127.0.0.1';
  /** What each article's page weighs; by default 120 to 280 KB, as the real ones do. */
  readonly pageBytes?: number;
  /** False leaves out the special pages. */
  readonly specials?: boolean;
  /** Entries on a page of a list. */
  readonly listSize?: number;
  /** How long the special page `slow` takes to answer. */
  readonly slowMs?: number;
}

/** `standing` gives what would be answered without hooks. */
export type Hook = (asked: Asked, standing: () => Reply) => Reply | undefined;

export interface Newspaper extends AsyncDisposable {
  readonly www: string;
  readonly community: string;
  readonly images: string;
  /** Where only lists lie. */
  readonly app: string;
  /** The lists that are no pages of the www site's own; `config({ feeds: true })` names them as sources too. */
  readonly feeds: readonly Feed[];
  /** The truth, newest first; of special pages what they pretend to be, and the `outcome` that they must have. */
  readonly articles: readonly NewspaperArticle[];
  /** Where each special page lies; empty without them. */
  readonly specials: Readonly<Partial<Record<SpecialName, NewspaperArticle>>>;
  /** Every request to every origin, in the order of arrival. */
  readonly requests: readonly SeenRequest[];
  /** A `crawl.config.yaml` that names every list of this newspaper. */
  config(options: ConfigOptions & { readonly feeds?: boolean }): string;
  /** What stands at a path now, as text: to be changed and put back. Hooks are not asked, nobody is recorded. */
  read(path: string, origin?: OriginName): string;
  /** Publishes, replaces, withdraws or breaks what stands at a path (with its query, if any). */
  put(path: string, reply: Reply, origin?: OriginName): void;
  /** Asked first for every request, in the order of their coming; the first that gives a reply answers. */
  handle(hook: Hook): void;
}

export async function openNewspaper(options: NewspaperOptions = {}): Promise<Newspaper> {
  const { articles = 48, imagesPerArticle = 3, seed = 1, host = '127.0.0.1', specials = true, listSize = 20 } = options;
  const { pageBytes = null, slowMs = 1000 } = options;
  const requests: SeenRequest[] = [];
  const hooks: Hook[] = [];
  const published = new Map<string, Reply>();
  const routes: Partial<Record<OriginName, Route>> = {};

  const standing = (asked: Asked): Reply =>
    published.get(keyOf(asked.origin, asked.path)) ?? routes[asked.origin]?.(asked) ?? { status: 503 };
  const route: Route = (asked) => firstReply(hooks, asked, () => standing(asked)) ?? standing(asked);

  await using servers = new AsyncDisposableStack();
  const open = async (name: OriginName) =>
    servers.use(await openServer(name, host, { route, record: requests })).origin;
  const origins = { www: await open('www'), community: await open('community'), images: await open('images') };
  const app = await open('app');
  const edition = makeEdition(origins, { articles, imagesPerArticle, seed, specials, listSize });
  const feeds = feedsOf(edition);
  routes.www = withFeeds(feeds, 'www', wwwRoute(edition, { pageBytes, slowMs }));
  routes.community = withFeeds(feeds, 'community', communityRoute(edition));
  routes.app = withFeeds(feeds, 'app', appRoute);
  routes.images = imagesRoute(edition);
  const truths = edition.stories.map(({ truth }) => truth);
  const running = servers.move();

  return {
    ...origins,
    app,
    feeds,
    articles: truths,
    specials: Object.fromEntries(truths.flatMap((truth) => (truth.special === null ? [] : [[truth.special, truth]]))),
    requests,
    config: ({ feeds: more = false, ...wanted }) => configText(edition, { ...wanted, app, feeds: more ? feeds : [] }),
    read: (path, origin = 'www') => {
      const { body = '' } = standing({ origin, method: 'GET', path: normalPath(path), headers: {} });
      return typeof body === 'string' ? body : Buffer.from(body).toString();
    },
    put: (path, reply, origin = 'www') => void published.set(keyOf(origin, normalPath(path)), reply),
    handle: (hook) => void hooks.push(hook),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function keyOf(origin: OriginName, path: string): string {
  return `${origin} ${path}`;
}

function firstReply(hooks: readonly Hook[], asked: Asked, standing: () => Reply): Reply | undefined {
  for (const hook of hooks) {
    const reply = hook(asked, standing);
    if (reply !== undefined) return reply;
  }
  return undefined;
}
