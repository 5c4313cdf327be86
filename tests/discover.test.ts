/** Every kind of list, in made-up markup of its own: what it shows, and what it must not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Discovery, discover, LIST_KINDS } from '../src/crawl/read-list.ts';
import { type Answer, isRead, priorityOf, readAnswer } from '../src/crawl/read-source.ts';
import type { ListEntry } from '../src/model.ts';
import { type ParsedPage, parsePage } from '../src/page/page.ts';
import type { Site } from '../src/site/address.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import type { DropReason, ListName, ListPart } from '../src/site/list-kind.ts';
import { listPageUrl, nextListPageUrl } from '../src/site/list-pages.ts';
import { fetchedPage, type PageParts } from './support/fetched-page.ts';

const SITE: Site = {
  www: 'https://www.guancha.cn',
  community: 'https://user.guancha.cn',
  images: ['https://i.guancha.cn'],
};

interface Case {
  readonly url: string;
  readonly html: string;
  readonly entries: readonly Partial<ListEntry>[];
  readonly lists?: readonly (readonly [name: string, url: string])[];
  /** What is left out, and why; of a page only where the case is about it. */
  readonly dropped?: readonly (readonly [link: string | null, why: DropReason])[];
  readonly next: string | null;
}

/** What is expected of a list's entry; all that is not named is empty. */
const entry = (path: string, title: string, rest: Partial<ListEntry> = {}): Partial<ListEntry> => {
  const href = new URL(path, SITE.www).href;
  return { href, title, time: null, summary: null, picture: null, headline: false, ...rest };
};
const picture = (src: string, width: string | null = null, height: string | null = null) => ({ src, width, height });

const json = (value: unknown) => JSON.stringify(value);
const post = (id: number, title: string, rest: Partial<ListEntry> = {}) =>
  entry(`https://user.guancha.cn/main/content?id=${id}`, title, rest);

const CASES: Record<ListName, readonly Case[]> = {
  headline: [
    {
      url: 'https://www.guancha.cn/GuanChaZheTouTiao/list_1.shtml',
      html: `<ul class="headline-list fix">
        <li><div class="content-headline">
          <h3><a href="/local/2024_05_01_700001.shtml" target="_blank">
            江上的桥
            今天合龙</a></h3>
          <a href="/local/2024_05_01_700001.shtml"><img src="https://i.guancha.cn/news/2024/05/01/1.jpg!cmspl" width="970px" height="374px"></a>
          <div class="module-interact"><span>2024-05-01 09:30:00</span><a href="/qiao" class="interact-key">桥</a></div>
        </div></li>
        <li><div class="content-headline">
          <h3><a href="/art/2024_04_30_700000.shtml">一座灯塔的图书馆</a></h3>
          <div class="module-interact"><span>2024-04-30 20:00:11</span></div>
        </div></li>
      </ul>`,
      entries: [
        entry('/local/2024_05_01_700001.shtml', '江上的桥 今天合龙', {
          time: '2024-05-01 09:30:00',
          picture: picture('https://i.guancha.cn/news/2024/05/01/1.jpg!cmspl', '970px', '374px'),
          headline: true,
        }),
        entry('/art/2024_04_30_700000.shtml', '一座灯塔的图书馆', { time: '2024-04-30 20:00:11', headline: true }),
      ],
      next: 'https://www.guancha.cn/GuanChaZheTouTiao/list_2.shtml',
    },
  ],
  latest: [
    {
      url: 'https://www.guancha.cn/mainnews-yw/',
      html: `<ul class="new-left-list fix">
        <li class="fix"><a href="/Science/2024_05_02_700010.shtml?s=tu" class="fl"><img src="//i.guancha.cn/news/2.jpg" width="150" height="106"></a>
          <div class="right fn"><h4 class="module-title"><a href="/Science/2024_05_02_700010.shtml?s=bt">雨燕回来了</a></h4>
            <p>今年早了三天。</p>
            <div class="module-interact"><span>2024-05-02 07:05</span><a href="/niao" class="interact-key">鸟</a></div></div></li>
        <li class="fix"><div class="right fn"><h4><a href="https://user.guancha.cn/main/content?id=1200300&amp;s=yw">修表人的一天</a></h4></div></li>
      </ul>`,
      entries: [
        entry('/Science/2024_05_02_700010.shtml?s=bt', '雨燕回来了', {
          time: '2024-05-02 07:05',
          summary: '今年早了三天。',
          picture: picture('https://i.guancha.cn/news/2.jpg', '150', '106'),
        }),
        entry('https://user.guancha.cn/main/content?id=1200300&s=yw', '修表人的一天'),
      ],
      next: 'https://www.guancha.cn/mainnews-yw/list_2.shtml',
    },
  ],
  column: [
    {
      url: 'https://www.guancha.cn/LaoQiao/list_3.shtml',
      html: `<ul class="column-list fix"><li>
          <h4 class="module-title"><a href="../LaoQiao/2018_03_02_440001.shtml">谁还记得渡口</a></h4>
          <div class="author-intro fix"><a href="../LaoQiao"><img src="https://i.guancha.cn/authors/LaoQiao/1.png"></a></div>
          <p class="module-artile">渡口没有了，船还在。
            <a href="../LaoQiao/2018_03_02_440001.shtml">[全文]</a></p>
          <div class="module-interact"><span class="module-interact-creator">乔老</span><span>2018-03-02 08:15:40</span></div>
        </li></ul>`,
      entries: [
        entry('/LaoQiao/2018_03_02_440001.shtml', '谁还记得渡口', {
          time: '2018-03-02 08:15:40',
          summary: '渡口没有了，船还在。',
        }),
      ],
      next: 'https://www.guancha.cn/LaoQiao/list_4.shtml',
    },
    {
      url: 'https://www.guancha.cn/column/GongYe%C2%B7KeJi',
      html: `<ul class="column-list fix" data-total="300">
        <li><h4 class="module-title"><a href="/GongYe·KeJi/2026_09_28_902500.shtml">机床会唱歌</a></h4>
          <div class="module-interact"><span>2026-09-28 10:01</span></div></li></ul>`,
      entries: [entry('/GongYe%C2%B7KeJi/2026_09_28_902500.shtml', '机床会唱歌', { time: '2026-09-28 10:01' })],
      next: 'https://www.guancha.cn/column/GongYe%C2%B7KeJi/2',
    },
  ],
  review: [
    {
      url: 'https://www.guancha.cn/mainnews-sp/list_2.shtml',
      html: `<ul class="review-list"><li><h4><a href="/LinBa/2018_04_01_452000.shtml">慢火车值得留着</a></h4>
        <p class="module-artile">票价三元。<a href="/LinBa/2018_04_01_452000.shtml">[全文]</a></p>
        <div class="module-interact"><span>2018-04-01 07:30:00</span></div></li></ul>`,
      entries: [
        entry('/LinBa/2018_04_01_452000.shtml', '慢火车值得留着', {
          time: '2018-04-01 07:30:00',
          summary: '票价三元。',
        }),
      ],
      next: 'https://www.guancha.cn/mainnews-sp/list_3.shtml',
    },
    {
      url: 'https://www.guancha.cn/mainnews-sp/',
      html: `<div class="tsp-list1">
          <div class="tsp-list1-box-type1"><a class="tsp-list1-title" href="/A/2026_09_28_902601.shtml">山里的邮局</a>
            <img class="tsp-list1-pic" src="https://i.guancha.cn/news/a.jpg"></div>
          <div class="tsp-list1-box-type1"><a class="tsp-list1-title" href="/B/2026_09_28_902602.shtml">海边的邮局</a></div>
        </div>
        <ul class="tsp-list2-list"><div class="tsp-list2-box"><a class="tsp-list2-title" href="/C/2026_09_28_902603.shtml">城里的邮局</a>
          <div class="tsp-list2-name">许信</div><div class="tsp-list2-content">信越来越少。</div>
          <div class="tsp-list2-review"><span>阅读数 206242</span><span>2026-09-28 08:00</span></div></div></ul>`,
      entries: [
        entry('/A/2026_09_28_902601.shtml', '山里的邮局', { picture: picture('https://i.guancha.cn/news/a.jpg') }),
        entry('/B/2026_09_28_902602.shtml', '海边的邮局'),
        entry('/C/2026_09_28_902603.shtml', '城里的邮局', { time: '2026-09-28 08:00', summary: '信越来越少。' }),
      ],
      next: 'https://www.guancha.cn/mainnews-sp/list_2.shtml',
    },
  ],
  front: [
    {
      url: 'https://www.guancha.cn/art?s=dhart',
      html: `<ul class="two-coloum"><li>
        <div class="main_image"><ul><li><a href="/art/2019_06_01_510001.shtml"><img src="https://i.guancha.cn/news/f.jpg"><span>壁画修好了</span></a></li></ul></div>
        <ul class="new-left-list"><li><a class="fl" href="/art/2019_06_01_510002.shtml"><img src="https://i.guancha.cn/news/g.jpg"></a>
          <div class="right fn"><h4><a href="/art/2019_06_01_510002.shtml">戏台下的猫</a></h4><p>它每天都来。</p></div></li></ul>
        <ul class="column-right-title"><li><a href="/art/2019_05_31_509000.shtml">旧唱片</a></li><li><a href="/art">更多</a></li></ul>
      </li></ul>`,
      dropped: [['/art', 'no-article']],
      entries: [
        entry('/art/2019_06_01_510001.shtml', '壁画修好了', { picture: picture('https://i.guancha.cn/news/f.jpg') }),
        entry('/art/2019_06_01_510002.shtml', '戏台下的猫', {
          summary: '它每天都来。',
          picture: picture('https://i.guancha.cn/news/g.jpg'),
        }),
        entry('/art/2019_05_31_509000.shtml', '旧唱片'),
      ],
      next: null,
    },
  ],
  home: [
    {
      url: 'https://www.guancha.cn/',
      html: `<a href="/local?s=dh">本地</a>
        <div class="content-headline"><h3><a href="/local/2020_07_18_550001.shtml">潮水退去以后</a></h3>
          <a href="/local/2020_07_18_550001.shtml"><img alt="潮水退去以后" src="https://i.guancha.cn/news/h.jpg"></a>
          <ul class="content-headline-other"><li><div class="module-interact"><a href="/local/2020_07_18_550001.shtml#comment">1310</a></div></li>
            <li class="c_hidden">· <a href="/local/2020_07_12_549000.shtml?s=sywglbt">潮水来之前</a></li></ul></div>
        <ul class="three-coloum fix">
          <li><ul class="Review-item"><li><h4 class="module-title"><a href="/LinBa/2020_07_18_550002.shtml">谁来敲钟</a></h4>
            <div class="author-intro fix"><a href="../LinBa"><img class="lazy" data-original="https://i.guancha.cn/authors/LinBa/1.png"></a></div>
            <a href="/LinBa/2020_07_18_550002.shtml" class="module-img"><img class="lazy" src="/blank.gif" data-original="https://i.guancha.cn/news/i.jpg"></a>
            <p class="module-artile">钟楼没有人。<a href="/LinBa/2020_07_18_550002.shtml">[全文]</a></p></li></ul></li>
          <li class="middle"><ul class="img-List">
            <li><h4 class="module-title"><a href="/local/2020_07_18_550003.shtml">新码头</a></h4>
              <div class="fastRead-img"><a href="/local/2020_07_18_550003.shtml"><img original="https://i.guancha.cn/news/j.jpg" width="300"></a></div>
              <li><a href="https://member.guancha.cn/gift"><img src="https://i.guancha.cn/tg/1.png" class="advertise"></a></li></li></ul></li>
          <li><ul class="fengwen-list"><li><h4><a href="http://user.guancha.cn/main/content?id=340001">我家的石榴</a></h4>
            <div class="fengwen-list-img"><a href="http://user.guancha.cn/main/content?id=340001"><img data-original="https://i.guancha.cn/bbs/k.png"></a></div></li></ul></li>
        </ul>
        <div class="footer"><a href="http://www.guancha.cn/life/2012_09_05_74000.shtml">加入我们</a>
          <a href="http://www.guancha.cn/life/2017_03_28_400000_3.shtml">第三页</a></div>`,
      entries: [
        entry('/local/2020_07_18_550001.shtml', '潮水退去以后', {
          picture: picture('https://i.guancha.cn/news/h.jpg'),
        }),
        entry('/local/2020_07_12_549000.shtml?s=sywglbt', '潮水来之前'),
        entry('/LinBa/2020_07_18_550002.shtml', '谁来敲钟', {
          summary: '钟楼没有人。',
          picture: picture('https://i.guancha.cn/news/i.jpg'),
        }),
        entry('/local/2020_07_18_550003.shtml', '新码头', {
          picture: picture('https://i.guancha.cn/news/j.jpg', '300'),
        }),
        entry('http://user.guancha.cn/main/content?id=340001', '我家的石榴', {
          picture: picture('https://i.guancha.cn/bbs/k.png'),
        }),
        entry('http://www.guancha.cn/life/2012_09_05_74000.shtml', '加入我们'),
      ],
      next: null,
    },
    {
      url: 'https://www.guancha.cn/',
      html: `<div class="content-topnews-box-neo-box"><a href="/A/2026_09_28_902701.shtml">听风的人</a></div>
        <div class="content-topnews-box-neo-box"><a href="/A/2026_09_28_902701.shtml">听风的人</a></div>
        <div class="content-headline"><h3><a href="/A/2026_09_28_902701.shtml">听风的人</a></h3>
          <a data-sensor="图片"><img src="https://i.guancha.cn/news/l.jpg"></a></div>`,
      entries: [
        entry('/A/2026_09_28_902701.shtml', '听风的人', { picture: picture('https://i.guancha.cn/news/l.jpg') }),
      ],
      next: null,
    },
  ],
  posts: [
    {
      url: 'https://user.guancha.cn/main/index-list.json?page=1&order=1',
      html: `<li><div class="user-box"><div class="user-main list-user-main"><h4><a href="/user/personal-homepage?uid=9">补伞匠</a></h4><span class="time">2小时前</span></div></div>
        <div class="list-item"><h4><a href="/main/content?id=1300001&amp;s=fwzxfbbt">伞骨要用老竹</a></h4>
          <div class="item-content">新竹会弯。</div><a href="/main/content?id=1300001"><img src="https://i.guancha.cn/bbs/2026/10/01/1.jpg"></a></div></li>
        <li><div class="list-item"><h4><a href="https://user.guancha.cn/main/content?id=1300000">缝一把椅子</a></h4></div></li>`,
      entries: [
        entry('https://user.guancha.cn/main/content?id=1300001&s=fwzxfbbt', '伞骨要用老竹', {
          time: '2小时前',
          summary: '新竹会弯。',
          picture: picture('https://i.guancha.cn/bbs/2026/10/01/1.jpg'),
        }),
        post(1300000, '缝一把椅子'),
      ],
      next: 'https://user.guancha.cn/main/index-list.json?page=2&order=1',
    },
  ],
  authors: [
    {
      url: 'https://www.guancha.cn/authorcolumn',
      html: `<div><a href="/LinBa"><img src="https://i.guancha.cn/authors/LinBa/1.png" alt="林八"></a><p><a href="/LinBa">林八</a></p></div>
        <div><a href="../XuXin/"><img src="https://i.guancha.cn/ColumnPic/a.png">许信</a></div>`,
      entries: [],
      lists: [
        ['林八', 'https://www.guancha.cn/LinBa/list_1.shtml'],
        ['许信', 'https://www.guancha.cn/XuXin/list_1.shtml'],
      ],
      next: null,
    },
    {
      url: 'https://www.guancha.cn/authorcolumn',
      html: `<ul class="writer-list fix"><li><dl class="fix"><dt>L</dt><dd><a href="../LinBa/list_1.shtml"></a>
        <a href="../FuLangXiSi-FuShan/list_1.shtml">某某</a> <a href="/LinBa/list_1.shtml">林八</a></dd></dl></li></ul>`,
      entries: [],
      lists: [
        ['林八', 'https://www.guancha.cn/LinBa/list_1.shtml'],
        ['某某', 'https://www.guancha.cn/FuLangXiSi-FuShan/list_1.shtml'],
      ],
      next: null,
    },
  ],
  ticker: [
    {
      url: 'https://www.guancha.cn/api/redian.htm',
      html: json({
        code: 0,
        items: [
          { TITLE: ' 磨坊\n重开', HTTP_URL: '/local/2020_07_18_550010.shtml' },
          { TITLE: '我家的井', HTTP_URL: 'https://user.guancha.cn/main/content?id=340010' },
          { TITLE: '看片', HTTP_URL: '/video/gczvideo/content.html?id=5' },
        ],
      }),
      entries: [entry('/local/2020_07_18_550010.shtml', '磨坊 重开'), post(340010, '我家的井')],
      dropped: [['/video/gczvideo/content.html?id=5', 'no-article']],
      next: null,
    },
  ],
  'news-flash': [
    {
      url: 'https://www.guancha.cn/api/new_gundong.htm',
      html: json({
        code: 0,
        kuaixun: [{ TITLE: '渡船停航', HTTP_URL: '/local/2020_07_18_550011.shtml' }],
        fenghot: [{ id: '340011', title: '停航那天' }],
        member: [{ id: 5, title: '会员来信' }],
      }),
      entries: [entry('/local/2020_07_18_550011.shtml', '渡船停航'), post(340011, '停航那天')],
      dropped: [[null, 'members']],
      next: null,
    },
  ],
  'app-news': [
    {
      url: 'https://app.guancha.cn/news/yaowen-new.json?pageNo=1',
      html: json({
        code: 0,
        data: {
          items: [
            { id: '700', title: '老号', pic: '', news_time: '昨天 ', news_type: 1, url: '' },
            {
              id: '701',
              title: '新桥',
              pic: 'https://i.guancha.cn/news/a.jpg,https://i.guancha.cn/news/b.jpg',
              news_time: '42分钟前',
              news_type: 1,
              url: 'https://m.guancha.cn/CaiJing/2026_10_01_903001.shtml',
            },
            { id: '340012', title: '织布', pic: null, news_time: '刚刚', news_type: 2, url: '' },
            { id: 'qiao', title: '桥', news_time: '', news_type: 5, url: '' },
          ],
          fengwen_hot: [{ id: 340013, title: '染布', news_time: '1小时前', news_type: 2, url: '' }],
        },
      }),
      entries: [
        entry('https://m.guancha.cn/CaiJing/2026_10_01_903001.shtml', '新桥', {
          time: '42分钟前',
          picture: picture('https://i.guancha.cn/news/a.jpg'),
        }),
        post(340012, '织布', { time: '刚刚' }),
        post(340013, '染布', { time: '1小时前' }),
      ],
      dropped: [
        [null, 'no-address'],
        [null, 'no-address'],
      ],
      next: 'https://app.guancha.cn/news/yaowen-new.json?pageNo=2',
    },
  ],
  'app-data': [
    {
      url: 'https://api.guancha.cn/Appdata/NewsList/?newstype=0&size=20&page=1&type=2&id=LinBa',
      html: json({
        datas: [
          {
            title: '谁来看灯',
            pic: 'https://i.guancha.cn/news/d.jpg',
            mobile_url: 'https://m.guancha.cn/LinBa/2018_05_02_455001.shtml',
            news_time: '2018-05-02 07:30:00',
          },
        ],
      }),
      entries: [
        entry('https://m.guancha.cn/LinBa/2018_05_02_455001.shtml', '谁来看灯', {
          time: '2018-05-02 07:30:00',
          picture: picture('https://i.guancha.cn/news/d.jpg'),
        }),
      ],
      next: 'https://api.guancha.cn/Appdata/NewsList/?newstype=0&size=20&page=2&type=2&id=LinBa',
    },
  ],
  'app-authors': [
    {
      url: 'https://api.guancha.cn/Appdata/AuthorList/',
      html: json({
        code: 0,
        count: 3,
        datas: {
          L: [{ id: 'LinBa', name: '林八', article_count: '4' }],
          X: [
            { id: 'Xu·Xin', name: '许·信', article_count: 2 },
            { id: '', name: '空', article_count: 2 },
          ],
        },
      }),
      entries: [],
      lists: [
        ['林八', 'https://www.guancha.cn/LinBa/list_1.shtml'],
        ['许·信', 'https://www.guancha.cn/Xu-Xin/list_1.shtml'],
      ],
      dropped: [['', 'no-article']],
      next: null,
    },
  ],
  'post-index': [
    {
      url: 'https://user.guancha.cn/news-api/fengwen-index-list.json?page=1&order=3',
      html: json([
        {
          id: 1300020,
          title: '扎灯笼',
          summary: '竹篾要细。',
          post_url: 'https://user.guancha.cn/main/content?id=1300020',
        },
        { id: 1300021, title: '糊灯笼', summary: '', post_url: '' },
      ]),
      entries: [post(1300020, '扎灯笼', { summary: '竹篾要细。' }), post(1300021, '糊灯笼')],
      next: 'https://user.guancha.cn/news-api/fengwen-index-list.json?page=2&order=3',
    },
  ],
  'post-profile': [
    {
      url: 'https://app.guancha.cn/user/get-published-list?page_no=1&uid=9',
      html: json({
        data: {
          items: [
            {
              id: 1300030,
              title: '修钟',
              summary: '钟停了。',
              created_at: '2026-10-01 08:00:00',
              pass_at: '昨天 09:10',
              post_url: 'https://user.guancha.cn/main/content?id=1300030',
            },
          ],
        },
      }),
      entries: [post(1300030, '修钟', { time: '昨天 09:10', summary: '钟停了。' })],
      next: 'https://app.guancha.cn/user/get-published-list?page_no=2&uid=9',
    },
  ],
  'post-hot': [
    {
      url: 'https://www.guancha.cn/api/fengwen.htm',
      html: json({ code: 0, items: [{ post_id: '340040', title: '卖瓜', desc: '不甜不要钱。', user_id: 9 }] }),
      entries: [post(340040, '卖瓜', { summary: '不甜不要钱。' })],
      next: null,
    },
  ],
  'post-html': [
    {
      url: 'https://user.guancha.cn/main/index-list.json?page=2&order=1',
      html: json({
        code: 0,
        data: '<li><div class="list-item"><h4><a href="/main/content?id=1300050">晒谷</a></h4></div><span class="time">10-01 09:00</span></li>',
      }),
      entries: [post(1300050, '晒谷', { time: '10-01 09:00' })],
      next: 'https://user.guancha.cn/main/index-list.json?page=3&order=1',
    },
  ],
  members: [
    {
      url: 'https://www.guancha.cn/api/member.htm',
      html: json({ code: 0, items: [{ id: 5, title: '会员来信', show_type: 1 }] }),
      entries: [],
      dropped: [[null, 'members']],
      next: null,
    },
  ],
};

/** What an answer of each kind may hold that is no article: none of it may come out as one, and nothing may throw. */
const HOSTILE: Record<ListName, string> = {
  headline:
    '<ul class="headline-list"><li><h3><a href="javascript:alert(1)">题</a></h3></li><li><h3><a></a></h3></li></ul>',
  latest: '<ul class="new-left-list"><li><h4><a href="//evil.example/a/2024_01_01_1.shtml">题</a></h4></li></ul>',
  column: '<ul class="column-list" data-total="-1e9"><li><h4><a href="/a/2024_13_45_1.shtml">题</a></h4></li></ul>',
  review:
    '<ul class="review-list"></ul><div class="tsp-list1"><a class="tsp-list1-title" href="\\\\evil.example\\x">题</a></div>',
  front:
    '<div class="two-coloum"><div class="main_image"><ul><li><a href="/a/2024_01_01_0.shtml">题</a></li></ul></div></div>',
  home: '<ul class="img-List"><li><h4><a href="/a/2024_01_01_1_9.shtml">题</a></h4></li></ul><ul class="writer-list"><a href="https://evil.example/X/list_1.shtml">甲</a><a href="/about/about.shtml">乙</a></ul>',
  posts: '<li><div class="list-item"><h4><a href="/main/content?id=-1">题</a></h4></div></li>',
  authors:
    '<ul class="writer-list"><a href="//evil.example/X/list_1.shtml">甲</a><a href="/a.html">乙</a><a>丙</a></ul>',
  ticker: '{"items":[{"TITLE":"题","HTTP_URL":"https://evil.example/a/2024_01_01_1.shtml"},null,7,{"TITLE":{}}]}',
  'news-flash': '{"kuaixun":[{"TITLE":"题","HTTP_URL":""}],"fenghot":[{"id":"1 OR 1","title":"题"}],"member":{}}',
  'app-news': '{"data":{"items":[{"id":"1","title":"题","news_type":1,"news_time":"","url":""}],"fengwen_hot":"x"}}',
  'app-data': '{"datas":[{"title":"题","mobile_url":"../../etc/passwd"},[],{"title":1}]}',
  'app-authors': '{"datas":{"A":[{"id":"../../x","name":"甲","article_count":1}],"__proto__":[],"B":null}}',
  'post-index': '[{"id":"x","title":"题","post_url":"javascript:1"},[[]],"题"]',
  'post-profile': '{"data":{"items":[{"id":0,"title":"题","post_url":""},{"__proto__":{"id":1}}]}}',
  'post-hot': '{"items":[{"post_id":"1e3","title":"题"},{"post_id":"-7","title":"题"}]}',
  'post-html': '{"html":"<li><div class=list-item><h4><a href=//evil.example>题</a></h4></div></li>"}',
  members: '{"items":[{"id":1,"title":"题","show_type":1,"HTTP_URL":"/a/2024_01_01_1.shtml"}]}',
};

describe('each kind of list', () => {
  it('has a name and a case', () => {
    assert.deepEqual(LIST_KINDS.map((kind) => kind.name).toSorted(), Object.keys(CASES).toSorted());
  });

  for (const [kind, cases] of Object.entries(CASES)) {
    for (const [index, { url, html, entries, lists, dropped, next }] of cases.entries()) {
      it(`${kind}, case ${index + 1}`, () => {
        const found = discover(page(html, url), SITE);
        assert.equal(found.kind, kind);
        assert.deepEqual(found.entries.map(withoutAddress), entries);
        assert.equal(found.next, next);
        if (lists !== undefined)
          assert.deepEqual(
            found.lists.map(({ name, url }) => [name, url]),
            lists,
          );
        if (dropped !== undefined)
          assert.deepEqual(
            found.dropped.map(({ link, why }) => [link, why]),
            dropped,
          );
      });
    }
  }

  for (const [kind, body] of Object.entries(HOSTILE)) {
    it(`${kind}, hostile`, () => {
      const found = discover(page(body, 'https://www.guancha.cn/hostile'), SITE);
      assert.deepEqual([found.kind, found.entries, found.lists, found.next], [kind, [], [], null]);
    });
  }

  it('has a row in the manual, with what is known of it', () => {
    const readme = readFileSync(new URL('../docs/schedule.md', import.meta.url), 'utf8');
    const rows = [...readme.matchAll(/^\| `([a-z-]+)` \| (seen|reported|inferred) \| .+ \|$/gm)];
    assert.deepEqual(
      rows.map(([, name, evidence]) => [name, evidence]),
      LIST_KINDS.map(({ name, evidence }) => [name, evidence]),
    );
  });
});

describe('whatever an answer holds', () => {
  const word = fc.constantFrom(
    ...LIST_KINDS.flatMap((kind) => (kind.form === 'json' ? kind.rows.flatMap(({ at, has }) => [...at, ...has]) : [])),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(word, fc.string()), tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const isSound = (found: Discovery) => {
    for (const { address, title } of found.entries) {
      assert.match(address.id, /^(?:guancha|fengwen):\d+$/);
      assert.equal(typeof title, 'string');
    }
    for (const { url } of found.lists) assert.match(url, /^https:\/\/www\.guancha\.cn\/[^/]+\/list_1\.shtml$/);
  };

  it('JSON, it is read without throwing', () =>
    fc.assert(fc.property(tree, (value) => isSound(discover(page(JSON.stringify(value)), SITE)))));

  it('text, it is read without throwing', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...Object.values(HOSTILE))), { maxLength: 5 }),
        (parts) => isSound(discover(page(parts.join('')), SITE)),
      ),
    ));

  it('nested very deep, it is read without throwing', () => {
    isSound(discover(page('['.repeat(200_000)), SITE));
    isSound(discover(page('['.repeat(5000) + ']'.repeat(5000)), SITE));
    isSound(discover(page('{"data":'.repeat(5000)), SITE));
  });
});

describe('a list', () => {
  const column = (items: string, url = 'https://www.guancha.cn/column/X') =>
    discover(page(`<ul class="column-list">${items}</ul>`, url), SITE);
  const item = (href: string, rest = '') => `<li><h4><a href="${href}">题</a></h4>${rest}</li>`;

  it('is read by its markup, wherever it was asked for', () => {
    const html = CASES.column[0]?.html ?? '';
    assert.equal(discover(page(html, 'https://www.guancha.cn/'), SITE).kind, 'column');
  });

  it('of markup that nobody knows is unknown', () => {
    for (const text of [
      '<ul><li><h4><a href="/a/2024_01_01_1.shtml">题</a></h4></li></ul>',
      '',
      '{}',
      '[]x',
      '{"code":4}',
    ]) {
      const { kind, entries, next } = discover(page(text), SITE);
      assert.deepEqual({ kind, entries, next }, { kind: 'unknown', entries: [], next: null }, text);
    }
  });

  it('is none where it stands below an article', () => {
    const related = CASES.latest[0]?.html ?? '';
    assert.equal(discover(page(`<div class="content all-txt"><p>文</p></div>${related}`), SITE).kind, 'unknown');
  });

  it('that is empty has no next page', () => {
    const { kind, entries, next } = column('');
    assert.deepEqual({ kind, entries, next }, { kind: 'column', entries: [], next: null });
  });

  it('does not show what its comments hold', () => {
    assert.deepEqual(ids(column(`<!-- ${item('/a/2015_01_01_1.shtml')} -->${item('/a/2024_01_01_2.shtml')}`)), [
      'guancha:2',
    ]);
  });

  it('does not show advertisements, other sites and what is no article', () => {
    const advert = (image: string) => `<li><h4><a href="/a/2024_01_01_9.shtml">${image}</a></h4></li>`;
    const found = column(
      advert('<img class="lazy advertise" src="https://i.guancha.cn/x.png">') +
        advert('<img data-original="https://i.guancha.cn/tg/x.png">') +
        item('https://evil.example/a/2024_01_01_3.shtml') +
        item('https://member.guancha.cn/post/view?id=4') +
        item('/SomeTopic') +
        item('javascript:;') +
        '<li><h4><a>无</a></h4></li>' +
        item('/a/2024_01_01_5.shtml'),
    );
    assert.deepEqual(ids(found), ['guancha:5']);
    assert.deepEqual(
      found.dropped.map(({ why }) => why),
      ['advert', 'other-host', 'other-host', 'no-article', 'no-article', 'no-article'],
    );
  });

  it('says how many there are in all', () => {
    assert.equal(discover(page('<ul class="column-list" data-total="300"></ul>'), SITE).total, 300);
    assert.equal(column('').total, null);
  });

  it('is cut to one part of the home page', () => {
    const home = page(CASES.home[0]?.html ?? '', 'https://www.guancha.cn/');
    const part = (name: ListPart) => ids(discover(home, SITE, { part: name }));
    assert.deepEqual(part('review'), ['guancha:550002']);
    assert.deepEqual(part('news'), ['guancha:550003']);
    assert.deepEqual(part('posts'), ['fengwen:340001']);
    assert.deepEqual(ids(column(item('/a/2024_01_01_1.shtml'))), ['guancha:1']);
  });

  it('takes no advertisement for an article’s picture', () => {
    const images = '<img src="https://i.guancha.cn/tg/x.png"><img src="https://i.guancha.cn/news/y.jpg">';
    assert.equal(
      column(item('/a/2024_01_01_1.shtml', images)).entries[0]?.picture?.src,
      'https://i.guancha.cn/news/y.jpg',
    );
    const inline = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">';
    assert.equal(column(item('/a/2024_01_01_1.shtml', inline)).entries[0]?.picture, null);
  });

  it('shows an article once, with all that its links say', () => {
    const found = column(
      item('/a/2024_01_01_1.shtml') +
        item('/a/2024_01_01_2.shtml') +
        item(
          'https://m.guancha.cn/b/2024_01_01_1?s=x',
          '<p class="module-artile">要。</p><div class="module-interact"><span>2024-01-01</span></div>',
        ),
    );
    assert.deepEqual(ids(found), ['guancha:1', 'guancha:2']);
    assert.deepEqual(
      withoutAddress(found.entries[0]),
      entry('/a/2024_01_01_1.shtml', '题', { time: '2024-01-01', summary: '要。' }),
    );
  });

  it('takes the title from any of the links, else from the name of the picture', () => {
    const link = (inside: string) => `<li><h4><a href="/a/2024_01_01_1.shtml">${inside}</a></h4></li>`;
    const named = '<img alt=" 夜\n船 " src="https://i.guancha.cn/news/z.jpg">';
    assert.equal(column(link('[全文]') + link('夜船靠岸')).entries[0]?.title, '夜船靠岸');
    assert.equal(column(link(named)).entries[0]?.title, '夜 船');
    assert.equal(column(link('')).entries[0]?.title, '');
  });

  it('prints times of all kinds, and counts that are none', () => {
    const time = (text: string) =>
      column(item('/a/2024_01_01_1.shtml', `<div class="module-interact"><span>${text}</span></div>`)).entries[0]?.time;
    for (const text of [
      '2024-01-01 09:30',
      '2024-01-01 09:30:05',
      '01-01 09:30',
      '昨天 09:30',
      '昨天',
      '刚刚',
      '3分钟前',
      '2小时前',
    ]) {
      assert.equal(time(` ${text}\n`), text);
    }
    for (const text of ['30892', '阅读 30892', '', '周砚之']) assert.equal(time(text), null);
  });
});

describe('listPageUrl', () => {
  const rows: readonly [url: string, page: number, expected: string][] = [
    ['https://www.guancha.cn/X/list_1.shtml', 1, 'https://www.guancha.cn/X/list_1.shtml'],
    ['https://www.guancha.cn/X/list_1.shtml', 12, 'https://www.guancha.cn/X/list_12.shtml'],
    ['https://www.guancha.cn/GuoJi·ZhanLue/list_1.shtml', 2, 'https://www.guancha.cn/GuoJi%C2%B7ZhanLue/list_2.shtml'],
    ['https://www.guancha.cn/column/X', 1, 'https://www.guancha.cn/column/X'],
    ['https://www.guancha.cn/column/X', 2, 'https://www.guancha.cn/column/X/2'],
    ['https://www.guancha.cn/column/X/', 2, 'https://www.guancha.cn/column/X/2'],
    ['https://www.guancha.cn/column/X/2', 3, 'https://www.guancha.cn/column/X/3'],
    ['https://www.guancha.cn/mainnews-yw/', 1, 'https://www.guancha.cn/mainnews-yw/'],
    ['https://www.guancha.cn/mainnews-yw/', 2, 'https://www.guancha.cn/mainnews-yw/list_2.shtml'],
    ['https://www.guancha.cn/toutiao?s=dh#top', 2, 'https://www.guancha.cn/toutiao/list_2.shtml'],
    ['http://127.0.0.1:4001/X/list_1.shtml', 2, 'http://127.0.0.1:4001/X/list_2.shtml'],
    ['https://www.guancha.cn/', 2, 'https://www.guancha.cn/'],
    ['https://www.guancha.cn/api/redian.htm', 2, 'https://www.guancha.cn/api/redian.htm'],
    [
      'https://user.guancha.cn/main/index-list.json?page=1&order=1',
      3,
      'https://user.guancha.cn/main/index-list.json?page=3&order=1',
    ],
    ['https://app.guancha.cn/news/yaowen-new.json?pageNo=1', 2, 'https://app.guancha.cn/news/yaowen-new.json?pageNo=2'],
    [
      'https://app.guancha.cn/user/get-published-list?page_no=1&uid=7',
      2,
      'https://app.guancha.cn/user/get-published-list?page_no=2&uid=7',
    ],
    ['https://user.guancha.cn/user/personal-homepage?uid=7', 2, 'https://user.guancha.cn/user/personal-homepage?uid=7'],
  ];
  for (const [url, page, expected] of rows) {
    it(`${url}, page ${page}`, () => assert.equal(listPageUrl(url, page), expected));
  }

  it('goes on from the page that the URL names', () => {
    assert.equal(nextListPageUrl('https://www.guancha.cn/X/list_9.shtml'), 'https://www.guancha.cn/X/list_10.shtml');
    assert.equal(nextListPageUrl('https://www.guancha.cn/column/X/9'), 'https://www.guancha.cn/column/X/10');
    assert.equal(nextListPageUrl('https://www.guancha.cn/column/X'), 'https://www.guancha.cn/column/X/2');
    assert.equal(nextListPageUrl('https://www.guancha.cn/'), null);
    assert.equal(nextListPageUrl('https://a.cn/x.json?page=9'), 'https://a.cn/x.json?page=10');
    assert.equal(nextListPageUrl('https://a.cn/x.json?page=-1e9'), 'https://a.cn/x.json?page=2');
  });
});

function page(html: string, url = 'https://www.guancha.cn/column/X'): ParsedPage {
  return parsePage(
    fetchedPage({
      url,
      body: new TextEncoder().encode(html),
      fetchedAt: '2026-09-28T00:00:00.000Z',
    }),
  );
}

function withoutAddress(found: ListEntry | undefined): Partial<ListEntry> {
  assert.ok(found);
  const { address: _, ...rest } = found;
  return rest;
}

function ids(found: Discovery): string[] {
  return found.entries.map((each) => each.address.id);
}

describe('what a request for a list is answered with', () => {
  const answer = (html: string, url: string, rest: Partial<PageParts> = {}, blankEnds = false) =>
    readAnswer(fetchedPage({ url, body: new TextEncoder().encode(html), ...rest }), SITE, { part: null, blankEnds });
  const home = CASES.home[0]?.html ?? '';
  const index = '<ul class="writer-list"><a href="../LinBa/list_1.shtml">林八</a></ul>';
  const list = 'https://www.guancha.cn/LinBa/list_9.shtml';
  const ids = (found: Answer) => (isRead(found) ? found.discovery.entries.length : found.code);

  it('may be the home page: at its own address a list, elsewhere the end of one', () => {
    assert.equal(ids(answer(home + index, 'https://www.guancha.cn/?s=dh')), 6);
    assert.equal(ids(answer(home + index, list)), 0);
    assert.equal(ids(answer(home, list, { finalUrl: 'https://www.guancha.cn/' })), 0);
  });

  it('may be the front of a section that looks like the home page, but has no index of authors', () =>
    assert.equal(ids(answer(home, 'https://www.guancha.cn/local')), 6));

  it('may break off, and is then asked for again', () => {
    for (const text of ['{"items":[{"TITLE":"题"', '[', '<html><ul class="column-list">', '']) {
      const found = answer(text, list);
      assert.deepEqual([ids(found), !isRead(found) && found.mayPass], ['SOURCE_UNREAD', true], text);
    }
    assert.equal(ids(answer('{"code":4,"msg":"no"}', list)), 'SOURCE_EMPTY');
    assert.equal(ids(answer('<html><a href="/ZaoCha/2022_01_28_9.shtml">一</a></html>', list)), 'SOURCE_EMPTY');
    assert.equal(ids(answer('', list, { status: 404 })), 'SOURCE_UNREAD');
  });

  it('may be a refusal, which is never an empty list', () => {
    for (const text of [
      '<html><body>请求异常，请稍后再来</body></html>',
      '<div>no</div>',
      '<html><head><script src="/x.js"></script></head><body></body></html>',
      '<html></html>',
    ]) {
      const found = answer(text, list);
      assert.deepEqual([ids(found), !isRead(found) && found.mayPass], ['BLOCKED', false], text);
    }
    assert.equal(ids(answer('{"code":4,"msg":"请完成滑动验证"}', list)), 'BLOCKED');
    for (const status of [202, 206, 304, 401, 403, 405, 412, 418, 429, 451, 456, 493, 521, 999])
      assert.equal(ids(answer(home + index, list, { status })), 'BLOCKED', String(status));
    for (const status of [500, 502, 503, 504]) {
      const found = answer(home + index, list, { status });
      assert.deepEqual([ids(found), !isRead(found) && found.mayPass], ['SOURCE_UNREAD', true], String(status));
    }
  });

  it('may be nothing past the last page', () => assert.equal(ids(answer('', list, {}, true)), 0));
});

describe('the priority of an entry', () => {
  const at = '2026-09-28T04:30:00.000Z'; // 12:30 in Beijing
  const priority = (time: string | null, path = '/main/content?id=7') => {
    const href = new URL(path, path.startsWith('/main') ? SITE.community : SITE.www).href;
    const address = parseArticleUrl(href, SITE);
    assert.ok(address);
    return priorityOf({ address, href, title: '', time, summary: null, picture: null, headline: false }, at);
  };
  const minutes = (instant: string) => Date.parse(instant) / 60_000;

  it('is its time in minutes, counted from the answer where it is relative', () => {
    assert.equal(priority('2026-09-27 22:09:59'), minutes('2026-09-27T22:09:00+08:00'));
    assert.equal(priority('刚刚'), minutes(at));
    assert.equal(priority('2小时前'), minutes('2026-09-28T10:30:00+08:00'));
    assert.equal(priority('昨天 09:10'), minutes('2026-09-27T09:10:00+08:00'));
    assert.equal(priority('09-01 09:00'), minutes('2026-09-01T09:00:00+08:00'));
  });

  it('is the day in the address where no time is printed, else nothing', () => {
    assert.equal(priority(null, '/a/2024_05_01_7.shtml'), minutes('2024-05-01T00:00:00+08:00'));
    assert.equal(priority('不明', '/a/2024_05_01_7.shtml'), minutes('2024-05-01T00:00:00+08:00'));
    assert.equal(priority(null), 0);
  });
});
