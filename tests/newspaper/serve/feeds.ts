/** Answers for the lists beside the pages of lists, on every origin; the app's origin has nothing else. */
import { type Feed, feedPage } from '../render/feeds.ts';
import { type OriginName, plain, type Reply, type Route, robots } from './reply.ts';

/** The route, with an origin's feeds before it. */
export function withFeeds(feeds: readonly Feed[], name: OriginName, route: Route): Route {
  const own = feeds.filter(({ origin }) => origin === name);
  return (asked) => feedReply(own, asked.path) ?? route(asked);
}

export const appRoute: Route = ({ path }) => (path === '/robots.txt' ? robots() : { status: 404 });

/** Query parameters but the page's number must be those of the feed. */
function feedReply(feeds: readonly Feed[], path: string): Reply | null {
  for (const feed of feeds) {
    const [own, asked] = [feed.path, path].map((each) => new URL(each, 'http://newspaper.invalid'));
    if (own === undefined || asked === undefined) continue;
    const page = feed.counter === null ? 1 : Number(asked.searchParams.get(feed.counter) ?? 1);
    if (feed.counter !== null) for (const url of [own, asked]) url.searchParams.delete(feed.counter);
    if (own.href !== asked.href) continue;
    const body = feedPage(feed, page);
    return plain(body, /^\s*[[{]/.test(body) ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8');
  }
  return null;
}
