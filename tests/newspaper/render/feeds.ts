/** What the site lists beside its pages of lists: JSON of www, community and app, posts as HTML, cards of authors (site.md, 3.3 and 3.4). */
import { clock } from '../write/calendar.ts';
import type { Edition } from '../write/edition.ts';
import { headOf, type Story } from '../write/story.ts';
import { documentHtml } from './furniture.ts';
import { attribute, text } from './html.ts';

/** One list: where it lies, and what an archiver must find on its page `n`, counted from 1. */
export interface Feed {
  /** The name of the kind that the archiver must take it for. */
  readonly kind: string;
  readonly name: string;
  readonly origin: 'www' | 'community' | 'app';
  /** Path and query of page 1. */
  readonly path: string;
  /** The query's name of the page's number; null for a list without pages. */
  readonly counter: 'page' | 'pageNo' | 'page_no' | null;
  readonly stories: readonly Story[];
  /** Paths of the lists that it names. */
  readonly lists: readonly string[];
  readonly body: (stories: readonly Story[]) => string;
}

const SIZE = 4;

/** Page `page` of a feed; past the end the empty list. */
export function feedPage(feed: Feed, page: number): string {
  return feed.body(feed.counter === null ? feed.stories : feed.stories.slice((page - 1) * SIZE, page * SIZE));
}

/** Every feed of an edition; `app` is where the app's lie. */
export function feedsOf(edition: Edition): readonly Feed[] {
  const { origins, listings } = edition;
  const ordinary = edition.stories.filter(({ truth }) => truth.special === null);
  const posts = ordinary.filter(({ truth }) => truth.era === 'fengwen').slice(0, 10);
  const articles = ordinary.filter(({ truth }) => truth.era !== 'fengwen').slice(0, 10);
  const columns = listings.filter(({ form }) => form === 'column').slice(0, 6);
  const authors = columns.map(({ pathOf, stories: [first] }) => ({
    slug: pathOf(1).split('/')[1] ?? '',
    name: first?.truth.columnists[0]?.name ?? '专栏',
  }));
  const lists = columns.map(({ pathOf }) => pathOf(1));
  const json = (value: unknown) => JSON.stringify(value);
  const postUrl = ({ path }: Story) => origins.community + path;
  const mobile = ({ path }: Story) => origins.www + path;
  const number = ({ slot }: Story) => String(slot.id);
  const minutes = ({ slot }: Story) => clock(slot.time).slice(0, 16);
  const feed = (rest: Partial<Feed> & Pick<Feed, 'kind' | 'name' | 'path' | 'body'>): Feed => ({
    origin: 'www',
    counter: null,
    stories: [],
    lists: [],
    ...rest,
  });
  return [
    feed({
      kind: 'ticker',
      name: '热点',
      path: '/api/redian.htm',
      stories: [...articles.slice(0, 5), ...posts.slice(0, 1)],
      body: (shown) =>
        json({
          code: 0,
          items: shown.map((story) => ({ TITLE: story.truth.listTitle, HTTP_URL: rootRelative(story, postUrl) })),
        }),
    }),
    feed({
      kind: 'ticker',
      name: '滚动',
      path: '/api/gundong.htm',
      stories: articles.slice(2, 9),
      body: (shown) =>
        json({ items: shown.map((story) => ({ TITLE: story.truth.listTitle, HTTP_URL: decodeURI(story.path) })) }),
    }),
    feed({
      kind: 'news-flash',
      name: '快讯',
      path: '/api/new_gundong.htm',
      stories: [...articles.slice(0, 3), ...posts.slice(0, 2)],
      body: (shown) =>
        json({
          code: 0,
          kuaixun: shown.filter(isNews).map((story) => ({ TITLE: story.truth.listTitle, HTTP_URL: story.path })),
          fenghot: shown
            .filter((story) => !isNews(story))
            .map((story) => ({ id: number(story), title: story.truth.listTitle })),
          member: [{ id: 7, title: '会员专享：灯塔来信' }],
        }),
    }),
    feed({
      kind: 'post-hot',
      name: '风闻热帖',
      path: '/api/fengwen.htm',
      stories: posts.slice(0, 5),
      body: (shown) =>
        json({
          code: 0,
          items: shown.map((story) => ({
            post_id: number(story),
            title: story.truth.listTitle,
            desc: story.truth.summary ?? '',
            user_id: 9,
          })),
        }),
    }),
    feed({
      kind: 'members',
      name: '观察员',
      path: '/api/member.htm',
      body: () =>
        json({ code: 0, items: [{ id: 7, title: '会员专享：灯塔来信', h_pic: '', show_type: 1, column: '灯塔' }] }),
    }),
    feed({
      kind: 'authors',
      name: '作者卡片',
      path: '/authorcolumn',
      lists,
      body: () => {
        const cards = authors.map(
          ({ slug, name }) =>
            `<li><a href="/${attribute(slug)}"><img src="${headOf(origins.images, slug)}" alt="${attribute(name)}"></a><h4><a href="/${attribute(slug)}">${text(name)}</a></h4></li>`,
        );
        return documentHtml({
          title: '专栏作者-观察者网',
          head: '',
          content: `<ul class="author-cards">${cards.join('\n')}</ul>`,
          images: origins.images,
        });
      },
    }),
    feed({
      kind: 'front',
      name: '社会',
      path: '/society',
      stories: articles.slice(0, 6),
      body: (shown) =>
        documentHtml({ title: '社会-观察者网', head: '', content: front(shown), images: origins.images }),
    }),
    feed({
      kind: 'posts',
      name: '风闻',
      origin: 'community',
      path: '/main/index-list.json?page=1&order=1',
      counter: 'page',
      stories: posts,
      body: (shown) => postItems(shown),
    }),
    feed({
      kind: 'posts',
      name: '风闻话题',
      origin: 'community',
      path: '/topic/post-list?topic_id=110&page=1&order=1',
      counter: 'page',
      stories: posts.slice(1, 7),
      body: (shown) =>
        documentHtml({
          title: '话题-风闻',
          head: '',
          content: `<ul class="home">${postItems(shown)}</ul>`,
          images: origins.images,
        }),
    }),
    feed({
      kind: 'post-html',
      name: '风闻精选',
      origin: 'community',
      path: '/main/index-html.json?page=1',
      counter: 'page',
      stories: posts.slice(0, 5),
      body: (shown) => json({ code: 0, html: postItems(shown) }),
    }),
    feed({
      kind: 'post-index',
      name: '风闻索引',
      origin: 'community',
      path: '/news-api/fengwen-index-list.json?page=1&order=3',
      counter: 'page',
      stories: posts.slice(0, 7),
      body: (shown) =>
        json(
          shown.map((story) => ({
            id: story.slot.id,
            title: story.truth.listTitle,
            summary: story.truth.summary ?? '',
            post_url: postUrl(story),
          })),
        ),
    }),
    feed({
      kind: 'app-news',
      name: '客户端要闻',
      origin: 'app',
      path: '/news/yaowen-new.json?pageNo=1',
      counter: 'pageNo',
      stories: [...articles.slice(0, 6), ...posts.slice(0, 2)],
      body: (shown) =>
        json({
          code: 0,
          msg: '成功',
          data: {
            items: [
              ...shown.map((story) => ({
                id: isNews(story) ? String(story.docId) : number(story),
                title: story.truth.listTitle,
                pic: story.cover,
                news_time: '2小时前',
                news_type: isNews(story) ? 1 : 2,
                url: isNews(story) ? mobile(story) : '',
              })),
              { id: '1', title: '没有地址的旧条目', pic: '', news_time: '昨天 ', news_type: 1, url: '' },
            ],
            fengwen_hot: [],
          },
        }),
    }),
    feed({
      kind: 'app-data',
      name: '客户端专栏',
      origin: 'app',
      path: '/Appdata/NewsList/?newstype=0&size=20&page=1&type=2&id=LinBa',
      counter: 'page',
      stories: articles.slice(3, 9),
      body: (shown) =>
        json({
          datas: shown.map((story) => ({
            title: story.truth.listTitle,
            pic: story.cover,
            mobile_url: mobile(story),
            comments: 3,
            news_time: minutes(story),
            special: [],
          })),
        }),
    }),
    feed({
      kind: 'app-authors',
      name: '客户端作者',
      origin: 'app',
      path: '/Appdata/AuthorList/',
      lists,
      body: () =>
        json({
          code: 0,
          count: authors.length,
          datas: Object.fromEntries(
            authors.map(({ slug, name }, i) => [
              String.fromCharCode(65 + i),
              [{ id: decodeURI(slug), name, pic: '', cate: 'A', article_count: '2' }],
            ]),
          ),
        }),
    }),
    feed({
      kind: 'post-profile',
      name: '客户端主页',
      origin: 'app',
      path: '/user/get-published-list?page_no=1&uid=9',
      counter: 'page_no',
      stories: posts.slice(0, 6),
      body: (shown) =>
        json({
          code: 0,
          data: {
            items: shown.map((story) => ({
              id: story.slot.id,
              title: story.truth.listTitle,
              summary: '',
              created_at: minutes(story),
              pass_at: minutes(story),
              post_url: postUrl(story),
            })),
          },
        }),
    }),
  ];
}

function isNews({ truth }: Story): boolean {
  return truth.era !== 'fengwen';
}

/** Addresses of www are written from its root, those of the community in full. */
function rootRelative(story: Story, postUrl: (story: Story) => string): string {
  return isNews(story) ? decodeURI(story.path) : postUrl(story);
}

function postItems(stories: readonly Story[]): string {
  return stories
    .map(
      ({
        truth,
        path,
        slot,
      }) => `<li><div class="user-box user-info-box clearfix"><div class="user-main list-user-main"><h4 class="clearfix"><a href="/user/personal-homepage?uid=9">${text(truth.columnists[0]?.name ?? '')}</a></h4><span class="time">${clock(slot.time).slice(5, 16)}</span></div></div>
<div class="list-item"><h4><a href="${attribute(path)}&amp;s=fwzxfbbt">${text(truth.listTitle)}</a></h4><div class="item-content">${text(truth.summary ?? '')}</div></div></li>`,
    )
    .join('\n');
}

function front(stories: readonly Story[]): string {
  const link = ({ path }: Story) => decodeURI(path);
  const [first, ...rest] = stories;
  const slide =
    first === undefined
      ? ''
      : `<li><a href="${link(first)}"><img src="${attribute(first.cover)}"><span>${text(first.truth.listTitle)}</span></a></li>`;
  const items = rest
    .slice(0, 3)
    .map(
      (story) =>
        `<li><a class="fl" href="${link(story)}"><img src="${attribute(story.cover)}"></a><div class="right fn"><h4><a href="${link(story)}">${text(story.truth.listTitle)}</a></h4></div></li>`,
    );
  const titles = rest.slice(3).map((story) => `<li><a href="${link(story)}">${text(story.truth.listTitle)}</a></li>`);
  return `<ul class="two-coloum"><li><div class="main_image"><ul>${slide}</ul></div>
<ul class="new-left-list">${items.join('\n')}</ul><ul class="column-right-title">${titles.join('\n')}</ul></li></ul>`;
}
