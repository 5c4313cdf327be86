/** What a document may hold: nothing in it acts, its text is kept, and the audit asks the same table as the writer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanBody, firstPicture, renderBody } from '../src/archive/document-body.ts';
import { fateOf, safeAddress, safeValue } from '../src/archive/safe-markup.ts';
import { scanBody } from '../src/audit/scan-body.ts';
import { launch } from '../src/fetch/chromium.ts';
import { parseFragment } from '../src/page/html.ts';
import { HOSTILE_MARKUP, HOT } from './support/hostile-markup.ts';

const base = 'https://news.example/politics/2026_10_14_904300.shtml';
const render = (html: string) => renderBody(html, { base, lead: null });

function assertSafe(html: string): string {
  const body = render(html);
  assert.equal(render(body), body, 'written again it is another text');
  const { active, foreign, open } = scanBody(body);
  assert.deepEqual({ active, foreign, open }, { active: null, foreign: null, open: null }, body);
  return body;
}

describe('hostile markup', () => {
  for (const [name, html] of Object.entries(HOSTILE_MARKUP)) {
    it(`${name}: nothing of it is left, and an audit would find it`, () => {
      const body = assertSafe(html);
      assert.ok(!/evil\.example/.test(body), body);
      assert.ok(html.includes('甲') === body.includes('甲'), `the text is lost: ${body}`);
      const { active, foreign } = scanBody(html);
      assert.ok(active !== null, `the audit finds ${foreign}`);
    });
  }

  it('runs nothing, asks for nothing and leads nowhere in a real browser', async () => {
    const browser = await launch({ executablePath: null, proxy: 'socks5://127.0.0.1:9', log: () => {} });
    try {
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      const bodies = Object.values(HOSTILE_MARKUP).map(render);
      await page.setContent(bodies.map((body) => `<div>${body}</div>`).join('\n'));
      await page.evaluate(`(${JSON.stringify(bodies)}).forEach((body) => {
        document.body.appendChild(document.createElement('div')).innerHTML = body;
      })`);
      const seen = await page.evaluate<{ names: string[]; links: string[] }>(`(() => {
        const elements = [...document.body.querySelectorAll('*')];
        for (const element of elements)
          for (const type of ['load', 'error', 'focus', 'mouseover', 'click', 'toggle', 'start'])
            element.dispatchEvent(new Event(type));
        return { names: elements.map(({ localName }) => localName), links: [...document.links].map(({ protocol }) => protocol) };
      })()`);
      await page.waitForTimeout(200);
      assert.equal(await page.evaluate("'ran' in window"), false, 'something ran');
      assert.deepEqual([...new Set(seen.links)].sort(), ['https:']);
      assert.deepEqual(
        seen.names.filter((name) => fateOf(name).is !== 'keep'),
        [],
      );
      assert.ok(seen.names.length > 50);
      assert.deepEqual(
        asked.filter((url) => !url.startsWith('https://news.example/')),
        [],
      );
    } finally {
      await browser.close();
    }
  });

  it('shows a browser what it could do: without the table the same bodies run', async () => {
    const browser = await launch({ executablePath: null, proxy: 'socks5://127.0.0.1:9', log: () => {} });
    try {
      const page = await browser.newPage();
      await page.setContent(`<div>${HOSTILE_MARKUP['a script']}</div>`);
      assert.equal(await page.evaluate("'ran' in window"), true);
    } finally {
      await browser.close();
    }
  });
});

describe('ordinary markup', () => {
  it('stays as it is, text that stood in lines of its own stays so, and what is lost is said', () => {
    const same = [
      '<p style="text-align:center;color:#999999;font-family:KaiTi,&quot;宋体&quot;">甲</p>',
      '<p style="color: rgb(1, 2, 3)">甲</p>',
      '<table border="1" cellspacing="0"><tbody><tr><td width="120" colspan="2">甲</td></tr></tbody></table>',
      '<blockquote class="content-quote" id="q">甲</blockquote>',
      '<a href="mailto:a@b.example" target="_blank" title="乙">甲</a>',
      '<iframe name="videoiframe" src="https://v.example/1" allowfullscreen width="99%" frameborder="0" __idm_id__="7">\n</iframe>',
      '<video controls poster="https://i.example/p.jpg"><source src="https://v.example/1.mp4" type="video/mp4"></video>',
      '<img src="data:image/png;base64,AAAA" alt referrerpolicy="no-referrer">',
      '<img data-id="12:30" data-original="/a.jpg" src="https://news.example/a.jpg" referrerpolicy="no-referrer">',
      '<pre>\n\n甲\n</pre>',
      '<ruby>甲<rt>a</rt></ruby><br><u>乙</u><font size="3">丙</font>',
    ];
    for (const html of same) assert.equal(render(html), html);
    assert.equal(render('甲<form>乙</form><fieldset>丙</fieldset>'), '甲<div>乙</div><div>丙</div>');
    assert.equal(render('<o:p>甲</o:p><mark>乙</mark><blink>丙</blink>'), '甲<mark>乙</mark>丙');
    assert.equal(render('<p jiandu_id="1" draggable="true">甲</p>'), '<p>甲</p>');
    assert.deepEqual(safeValue('img', 'srcset', '/a.jpg 1x, javascript:x 2x,/b,c.jpg 300w', base), {
      value: 'https://news.example/a.jpg 1x, https://news.example/b,c.jpg 300w',
      isCut: true,
    });
    assert.equal(
      render('<embed src="//v.example/a.swf">'),
      '<a href="https://v.example/a.swf">https://v.example/a.swf</a>',
    );
    assert.deepEqual(
      cleanBody('<noscript>甲</noscript><iframe src="ftp://a/"></iframe>', { base, lead: null }).leftOut,
      ['noscript: 甲', 'iframe: ftp://a/'],
    );
  });

  it('judges a style of any length in one pass', () => {
    for (const unit of ['a', '-', ' ', '(', 'rgb('])
      assert.doesNotThrow(() => render(`<p style="${unit.repeat(400_000 / unit.length)}">甲</p>`), unit);
    assert.equal(render('<p style="color:xrgb(1,2,3)">甲</p>'), '<p>甲</p>');
    assert.equal(render(`<p style="color:${'x'.repeat(50)}rgb(1,2,3)">甲</p>`), '<p>甲</p>');
  });

  it('heads a document with a picture of the web or none', () => {
    const heads: readonly (readonly [string, string])[] = [
      ['<img src="data:image/png;base64,AA"><img src="/a.jpg">', 'https://news.example/a.jpg'],
      ['<img src="data:image/png;base64,AA">', ''],
      [`<img src="https://[x'\n---\nlayout: y">`, ''],
      ['<img src="https://i.example/a\'b.jpg">', 'https://i.example/a%27b.jpg'],
      ['<img src="file:///c:/a.jpg">', ''],
    ];
    for (const [html, head] of heads) assert.equal(firstPicture(render(html)), head);
  });

  it('knows an address by what a browser makes of it', () => {
    for (const bad of [
      'javascript:1',
      'java\nscript:1',
      ' \u0001data:text/html,x',
      'blob:https://a/',
      'file:///a',
      'x://y',
    ])
      assert.equal(safeAddress(bad, base), null, bad);
    assert.equal(safeAddress('#a', base), `${base}#a`);
    assert.equal(safeAddress('//i.example/a', base), 'https://i.example/a');
    assert.equal(safeAddress('data:image/gif;base64,AA', base), null, 'no picture place');
    assert.equal(safeAddress('data:text/html,image/gif', base, true), null);
  });
});

describe('any tree', () => {
  const name = fc.constantFrom(
    ...'p div a b table tr td pre svg math mtext mglyph style script form button select option template noscript xmp textarea title iframe img br li ul annotation-xml foreignObject desc plaintext x-y'.split(
      ' ',
    ),
  );
  const text = fc.constantFrom(
    '甲',
    '<',
    '-->',
    '</style>',
    '</p>',
    '&lt;img onerror=1&gt;',
    '"',
    "'",
    '\n',
    '<!--',
    ']]>',
    '{{',
  );
  const value = fc.oneof(
    text,
    fc.constantFrom(`javascript:${HOT}`, 'java\tscript:x', '/a.jpg', 'data:text/html,x', 'url(x)', '#a'),
  );
  const key = fc.constantFrom(
    'href',
    'src',
    'style',
    'onload',
    'srcset',
    'title',
    'xlink:href',
    'data-src',
    'class',
    'action',
    'is',
  );
  const open = fc
    .tuple(name, fc.array(fc.tuple(key, value), { maxLength: 2 }))
    .map(
      ([tag, attributes]) => `<${tag}${attributes.map(([k, v]) => ` ${k}="${v.replaceAll('"', '&quot;')}"`).join('')}>`,
    );
  const html = fc
    .array(
      fc.oneof(
        open,
        open,
        name.map((tag) => `</${tag}>`),
        text,
      ),
      { maxLength: 14 },
    )
    .map((pieces) => pieces.join(''));

  it('comes to a text that no parser reads otherwise, and of which the audit has nothing to say', () => {
    fc.assert(
      fc.property(html, (each) => {
        const body = assertSafe(each);
        const $ = parseFragment(body);
        assert.equal($('script, style, svg, math, form, template, [onload], [xlink\\:href]').length, 0);
      }),
      { numRuns: 1500 },
    );
  });
});
