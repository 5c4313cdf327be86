/** Answers for the community origin (风闻). */
import { communityPage } from '../render/community.ts';
import { STYLE_SHEETS } from '../render/styles.ts';
import type { Edition } from '../write/edition.ts';
import type { Story } from '../write/story.ts';
import { html, plain, type Reply, type Route, redirect, robots } from './reply.ts';

export function communityRoute(edition: Edition): Route {
  const posts = new Map(
    edition.stories.filter(({ truth }) => truth.era === 'fengwen').map((story) => [String(story.slot.id), story]),
  );
  return ({ path }) => {
    const url = new URL(path, edition.origins.community);
    if (url.pathname === '/robots.txt') return robots();
    if (/^\/(?:main|wap)\/content$/.test(url.pathname))
      return postReply(edition, posts.get(url.searchParams.get('id') ?? ''), url.searchParams.get('page') ?? '1');
    if (url.pathname.startsWith('/static/imgs/smiles/')) return icon(edition, url.pathname);
    if (url.pathname === '/static/css/post.css') return plain(STYLE_SHEETS['post.css'] ?? '', 'text/css');
    if (url.pathname.endsWith('.js')) return plain('', 'application/javascript');
    return url.pathname === '/' ? html(square()) : redirect(`${edition.origins.community}/`);
  };
}

/** @param page `0` for the whole text, else a part counted from 1 */
function postReply(edition: Edition, story: Story | undefined, page: string): Reply {
  const away = redirect(`${edition.origins.community}/`);
  if (story === undefined) return away;
  if (page === '0') return story.truth.wholeForm ? html(communityPage(edition, story, 'whole')) : away;
  const part = Number(page);
  return part >= 1 && part <= story.parts.length ? html(communityPage(edition, story, part)) : away;
}

function icon(edition: Edition, path: string): Reply {
  const picture = edition.gallery.serve(path);
  return picture === null ? { status: 404 } : { headers: { 'content-type': picture.contentType }, body: picture.bytes };
}

function square(): string {
  return '<!DOCTYPE html><html><head><meta charset="utf-8"><title>风闻</title></head><body><div class="index-list"></div></body></html>';
}
