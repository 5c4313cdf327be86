/** Damage to what documents say, as faulty programs do it. */
import { atEnd, body, clockBy, type Damage, damage, dated, HOUR_MS, instead, line, shifted, text } from './damage.ts';

export const ARTICLE: readonly Damage[] = [
  text('empty-body', 'nothing in the body', instead('')),
  text('empty-body', 'markup without anything to see', instead('<p>&nbsp;</p><p><br></p>')),
  text(
    'home-page',
    'the home page',
    instead(`<p>观察者网</p>${[...'ABCDEF'].map((letter) => `<dl><dt>${letter}</dt><dd>甲</dd></dl>`).join('')}`),
  ),
  text('challenge-page', 'a captcha', instead('<p>为了您的账号安全，请拖动滑块完成验证</p>')),
  text('challenge-page', 'a refusal', instead('<div>您的访问过于频繁，请稍后再试</div>')),
  body(
    'cut-body',
    'cut inside a sentence',
    (html) =>
      `${html.trimEnd()}<p>据当地的统计，过去十年里这里一共修了三十八座桥，其中最早的一座由镇上的人自己凑钱修起来，后来又有人提出要在</p>`,
  ),
  body('cut-body', 'cut inside a tag', atEnd('<p>看<a href="https://www.guan')),
  body('cut-body', 'cut inside a comment', atEnd('<!-- 相关')),
  body('cut-body', 'an element without end', atEnd('<div><p>完。</p>')),
  damage('cut-body', 'the last picture lost', (archive) => {
    const spot = archive.spot(
      ({ article, versions, absences, assets }) =>
        article.images.length >= 3 && versions.length === 1 && absences.length === 0 && assets.length >= 3,
    );
    const last = archive.recordOf(spot).article.images.at(-1)?.src ?? '';
    archive.changeBody(spot, (html) =>
      html.replaceAll(/<img [^>]*>/g, (tag) => (tag.includes(`"${last.replaceAll('&', '&amp;')}"`) ? '' : tag)),
    );
    return spot.document;
  }),
  damage('parts-missing', 'three parts, one request', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.pages = 30;
    });
    return spot.document;
  }),
  body('frame-caught', 'the comments', atEnd('<div id="comments-container" class="gc-comment"><p>支持。</p></div>')),
  body(
    'frame-caught',
    'related articles',
    atEnd(
      '<p><a href="https://www.guancha.cn/a/2026_10_14_1.shtml">一</a></p><p><a href="https://www.guancha.cn/a/2026_10_14_2.shtml">二</a></p>',
    ),
  ),
  body('frame-caught', 'the heading of related articles', atEnd('<p>相关阅读：</p>')),
  damage('title-suspect', 'the name of the site as title', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.title = '观察者网';
    });
    archive.changeText(spot, line('title', "title: '观察者网'"));
    return spot.document;
  }),
  damage('byline-unread', 'a byline that the record lost', (archive) => {
    const spot = archive.spot(
      ({ article, versions, absences }) =>
        article.byline !== null && article.byline.credits.length > 0 && versions.length === 1 && absences.length === 0,
    );
    archive.changeRecord(spot, ({ article }) => {
      article.byline = null;
    });
    return spot.document;
  }),
  dated('date-impossible', 'before there was a site', () => '1970-01-01T08:00:00+08:00'),
  dated('date-impossible', 'years to come', () => '2051-03-01T08:00:00+08:00'),
  dated('date-far', 'ten days after the day in the address', (at) => shifted(at, 240 * HOUR_MS)),
  damage('date-stamps', 'pictures of the week after', (archive) => {
    const spot = archive.spot(
      ({ article, versions, absences }) =>
        article.images.length > 0 &&
        versions.length === 1 &&
        absences.length === 0 &&
        article.images.some(({ src }) => /\/\d{17}\./.test(src)),
    );
    const later = (whole: string) => whole.replaceAll(/\/20\d{2}(\d{13})(?=[.!?])/g, '/2027$1');
    archive.write(spot.record, later(archive.read(spot.record)));
    archive.changeText(spot, later);
    return spot.document;
  }),
  text('clock-convention', 'the true instant among Beijing clocks', clockBy(-8 * HOUR_MS)),
  text('clock-convention', 'the label applied twice', clockBy(8 * HOUR_MS)),
];
