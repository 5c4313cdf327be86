/** The account closes: every character and picture of a column is in the body, in a field, dropped by name, or reported. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ArchiveError } from '../src/errors.ts';
import type { ArticleAddress } from '../src/model.ts';
import { type Extraction, explain } from '../src/page/extract.ts';
import { classicPage, cmsPage, fengwenPage, mobilePage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';

const NEWS: ArticleAddress = { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' };
const TIMES =
  '<div class="time fix"><span>2022-01-28 10:30:43</span><span>字号：<a>A-</a></span><span>来源：晨报</span></div>';

describe('the text account', () => {
  it('has a row for everything that a whole page shows', () => {
    const people = `<ul class="author fix"><li><div class="author-intro fix"><a href="../ShiYan"><img src="h.png"></a>
      <p><a href="../ShiYan">石砚</a><span>茶山大学教授</span></p></div></li></ul>`;
    const foot = `<div class="key-word fix"><span>标签 </span><a>春茶</a></div><ul class="article-other">
      <span class="gray">本文仅代表作者个人观点。</span><li>原标题：开门</li><li id="context_endf">请支持独立网站</li>
      <li>责任编辑: 柳青</li></ul><div class="img-special"><div class="right_title"><h4><a href="/x">春茶上市</a></h4>别的</div></div>`;
    const body = '<p>【文/石砚】茶<img src="a.jpg"></p><script>a()</script><div class="share">分享</div>';
    const times = `${TIMES}<div class="time fix"><span>最后更新: 2022-01-28 11:02:03</span></div>`;
    const { account } = read(classicPage({ people, times, foot, body }));
    assert.deepEqual(account.missing, { characters: 0, pictures: 0 });
    assert.deepEqual(
      account.rows.map(({ disposition, name, characters, pictures }) =>
        `${disposition} ${name ?? ''} ${characters} ${pictures}`.replace('  ', ' '),
      ),
      [
        'field title 5 0',
        'dropped head of the columnist 0 1',
        'field columnists 8 0',
        'dropped share buttons 6 0',
        'field published 18 0',
        'dropped font size 5 0',
        'field source 5 0',
        'field updated 23 0',
        'dropped label of the keywords 2 0',
        'field keywords 2 0',
        'dropped disclaimer of opinion 12 0',
        'field originalTitle 6 0',
        'dropped request to link here 7 0',
        'field editors 7 0',
        'field topic 4 0',
        'dropped topic and recent articles 2 0',
        'dropped comments 20 0',
        'body 7 1',
        'dropped script 3 0',
      ],
    );
  });

  it('keeps in the body, in order, what nobody knows but stands where the body is', () => {
    const { article } = read(
      classicPage({
        times: `${TIMES}<div class="lead">导语</div>`,
        body: '<p>一</p></div>二<p>三</p><div>四',
        foot: '<div class="vote">五</div><div class="key-word"></div><div class="vote">六</div>',
      }),
    );
    assert.equal(
      article.body,
      '<div class="lead">导语</div><p>一</p>二<p>三</p><div>四</div><div class="vote">五</div>',
    );
  });

  it('reports a part that was left out because it repeats another', () => {
    const parts = ['<p>一</p>', '<p>一</p>'].map((body) => pageOf(classicPage({ body })));
    const { account } = explain(parts, NEWS, SITE);
    assert.deepEqual(account.missing, { characters: 0, pictures: 0 });
    assert.deepEqual(
      account.rows.filter(({ name }) => name === 'repeated part').map(({ characters }) => characters),
      [1],
    );
  });

  it('has rows for prose that nobody sees: of comments, scripts, templates and attributes', () => {
    const prose = '门前的水泥路刚刚修好，来的人比平时多了一倍，掌柜忙不过来。';
    const body = `<p title="${prose}">茶<img src="a.jpg" alt="${prose}"></p><!-- <b>${prose}</b> --><!-- 广告 -->
      <script>${prose}</script><template><p>${prose}<template>${prose}</template></p></template><noscript>${prose}</noscript>
      <div class="share" data-text="${prose}"><!--${prose}-->分享</div>`;
    const { account, article } = read(classicPage({ body }));
    assert.deepEqual(account.missing, { characters: 0, pictures: 0 });
    const rows = account.rows.slice(account.rows.findIndex(({ disposition }) => disposition === 'body'));
    assert.deepEqual(
      rows.map(({ disposition, name, characters }) => [disposition, name, characters]),
      [
        ['body', null, 1],
        ['body', 'template', 2 * prose.length],
        ['body', 'noscript', prose.length],
        ['body', 'attributes', 2 * prose.length],
        ['dropped', 'script', prose.length],
        ['dropped', 'comment in the source', 2 * prose.length],
      ],
    );
    const shared = account.rows.find(({ name }) => name === 'share buttons');
    assert.equal(shared?.characters, '分享到：'.length + '分享'.length + prose.length);
    const named = article.flags.map(({ detail }) => detail.replace(/:.*/, ''));
    assert.deepEqual(named.toSorted(), ['comment', 'noscript', 'p[title]', 'script', 'template']);
  });

  it('closes on any page, and agrees with a count of the page itself', () => {
    const pieces = [
      '<p>茶馆</p>',
      '裸文字',
      '<div class="lead">导语<img src="a.jpg"></div>',
      '</div>',
      '</li>',
      '<div class="share">分享</div>',
      '<h3>别的</h3>',
      '<script>a()</script>',
      '<table><tr><td>一</td></tr></table>',
      '<ul class="article-other"><li>责任编辑: 甲</li>',
      '<div class="content all-txt"><p>又一篇</p></div>',
      '<div class="time fix"><span>某日</span></div>',
      '<!-- 旧 -->',
      '<!-- <p>门前的水泥路刚刚修好，来的人比平时多了一倍。</p> -->',
      '<p title="门前的水泥路刚刚修好，来的人比平时多了一倍。">路</p>',
      '<template>藏</template>',
      '<iframe src="/v"></iframe>',
      '<svg><text>图</text></svg>',
      '<noscript>无</noscript>',
      '<textarea>框</textarea>',
      '<div>',
      '<div id="comments-container"><p>评论</p>',
    ];
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((chosen) => chosen.join(''));
    const page = fc.record({ people: soup, times: soup.map((each) => TIMES + each), body: soup, foot: soup });
    fc.assert(
      fc.property(fc.constantFrom(classicPage, cmsPage, fengwenPage, mobilePage), page, (render, parts) => {
        const html = render({ ...parts, body: `<p>今天</p>${parts.body}` });
        try {
          const { account, article, found } = read(html);
          assert.deepEqual(account.missing, { characters: 0, pictures: 0 });
          assert.ok(account.total.characters >= solid(found.column.text()));
          const emitted = pageOf(`<div id="x">${article.body}</div>`).$('body');
          const ofBody = account.rows.filter(
            ({ disposition, name }) => disposition === 'body' && name !== 'attributes',
          );
          const kept = ofBody.reduce((sum, { characters }) => sum + characters, 0);
          assert.equal(solid(emitted.text()), kept);
        } catch (error) {
          if (!(error instanceof ArchiveError && error.code === 'EXTRACTION')) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

function read(html: string): Extraction {
  return explain([pageOf(html)], NEWS, SITE);
}

function solid(text: string): number {
  return text.replace(/\s/g, '').length;
}
