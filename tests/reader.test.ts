/** The reader's answers in process: what is shown of an article, which requests are answered, and what they are sent with. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openTrash } from '../src/archive/trash.ts';
import { openSealMemory } from '../src/evidence/memory.ts';
import { seal } from '../src/evidence/seal.ts';
import { FLAGS } from '../src/flags.ts';
import { flagInWords } from '../src/reader/flag-words.ts';
import { isOwnHost } from '../src/reader/security.ts';
import { captured } from './support/drafts.ts';
import { openReadingRoom } from './support/reading-room.ts';

const HERE = '/articles/guancha/903180';

describe('the page of an article', () => {
  it('shows the text, the pictures of the archive, and each caption below its picture', async () => {
    const room = await openReadingRoom();
    const src = 'https://i.guancha.cn/a.jpg';
    const picture = await room.picture('jpeg', 'jpg', src);
    const gone = 'https://i.guancha.cn/gone.jpg';
    await room.put({
      body: `<p>　　第一段</p><p class="content-pic-new"><img src="${src}" width="530"></p><p style="text-align:center"><span style="color:#999">茶山，摄于清晨</span></p><p>第二段</p><p><img src="${gone}"></p>`,
      article: {
        images: [
          { src, caption: '茶山，摄于清晨' },
          { src: gone, caption: null },
        ],
      },
      assets: [picture, { src: gone, missing: 'IMAGE_MISSING' }],
    });
    const page = await room.text(HERE);
    assert.match(page, /<p>第一段<\/p>/);
    assert.match(
      page,
      new RegExp(
        `<figure><img [^>]*src="/pictures/${'sha256' in picture ? picture.sha256 : ''}.jpg"[^>]*/><figcaption>.*茶山，摄于清晨.*</figcaption></figure>`,
      ),
    );
    assert.equal(page.split('茶山，摄于清晨').length, 3, 'once below the picture, once as its alternative');
    assert.match(page, /此图未存 \(IMAGE_MISSING\)/);
    assert.doesNotMatch(page, /i\.guancha\.cn\/(?:a|gone)\.jpg"/, 'nothing is loaded from the site');
  });

  it('opens the archived copy of what is linked, and says so; what is not archived leads out', async () => {
    const room = await openReadingRoom();
    await room.put({ id: 'guancha:903100', publishedAt: '2026-10-03T10:00:00+08:00' });
    await room.put({
      body: '<p><a href="/b/2026_10_03_903100_s.shtml?from=x">旧闻</a> <a href="https://example.org/x">别处</a> <a href="https://www.guancha.cn/c/2026_10_01_903001.shtml">未存</a> <a href="javascript:x">坏</a> <a href="#a">本页</a></p>',
    });
    const page = await room.text(HERE);
    assert.match(
      page,
      /<a class="archived" [^>]*href="\/articles\/guancha\/903100">旧闻<\/a><small class="mark">文库内<\/small>/,
    );
    assert.match(
      page,
      /<a class="outside" href="https:\/\/example\.org\/x" rel="noopener noreferrer nofollow">别处<\/a>/,
    );
    assert.match(page, /<a class="outside" href="https:\/\/www\.guancha\.cn\/c\/2026_10_01_903001\.shtml"/);
    assert.doesNotMatch(page, /javascript:/);
    assert.match(page, /坏 本页<\/p>/);
  });

  it('names every flag in words', async () => {
    const room = await openReadingRoom();
    const flags = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).map((code) => ({ code, detail: `detail of ${code}` }));
    await room.put({ draft: { flags } });
    for (const language of ['zh', 'en'] as const) {
      const page = (await room.text(`${HERE}?lang=${language}`)).replaceAll('&#39;', "'");
      for (const code of Object.keys(FLAGS)) {
        assert.ok(page.includes(flagInWords(code, language)?.title ?? assert.fail(code)), code);
        assert.ok(page.includes(`detail of ${code}`), code);
      }
    }
  });

  it('prints both clocks with their zone, and every source of the document', async () => {
    const room = await openReadingRoom();
    await room.put({ article: { updatedAt: '2026-10-04T18:00:00+08:00', editors: ['岑溪澜'] } });
    const page = await room.text(`${HERE}?lang=en`);
    assert.match(
      page,
      /Published <time datetime="2026-10-04T16:19:35\+08:00" title="2026-10-04 08:19 UTC">2026-10-04 16:19:35 Beijing time/,
    );
    assert.match(page, /Updated <time datetime="2026-10-04T18:00:00\+08:00"/);
    assert.match(page, /Editor <bdi>岑溪澜<\/bdi>/);
    const { record } = (await room.archive.find('guancha:903180', '2026-10-04')) ?? assert.fail();
    for (const each of [record.url, record.document.sha256, record.contentHash, record.capture.tool])
      assert.ok(page.includes(each), each);
  });

  it('says where its exchanges are kept, under which seal it lies, and how to take the proof along', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reader-seal-'));
    try {
      const room = await openReadingRoom({ folder });
      const { requests, ...tool } = captured('2026-10-04T09:00:00.000Z');
      const file = 'captures/2026/10/20261004T090000000Z.warc.gz';
      const exchanges = [{ file, offset: 1200, length: 345, body: { file, offset: 7, length: 800 } }];
      const capture = { ...tool, requests: requests.map((each) => ({ ...each, exchanges })) };
      await room.put({ body: '<p>甲</p>', draft: { capture } });
      const before = await room.text(`${HERE}?lang=en`);
      assert.ok(before.includes(`<code>${file}</code> 345 bytes from byte 1,200, <time`));
      assert.ok(before.includes(`<code>${file}</code> 800 bytes from byte 7`));
      assert.doesNotMatch(before, /<dt>Seal/);

      const sealNow = async () => {
        using memory = openSealMemory(join(folder, 'seals.sqlite'));
        const now = () => Date.parse('2026-10-05T00:00:00Z');
        const trash = openTrash(room.storage, { now: new Date(now()) });
        const seen = { of: () => null, at: () => null, note: () => {} };
        await seal(room.storage, { key: generateKeyPairSync('ed25519'), archive: folder, memory, trash, seen, now });
      };
      await sealNow();
      const sealed = await room.text(`${HERE}?lang=en`);
      assert.match(sealed, /<dt>Seal<\/dt><dd><time datetime="2026-10-05T00:00:00\S*">2026-10-05 08:00 Beijing time/);
      assert.match(sealed, /<code>guancha-archive prove guancha:903180 guancha-903180-proof<\/code>/);

      await room.put({ body: '<p>乙</p>', capturedAt: '2026-10-06T09:00:00.000Z' });
      assert.doesNotMatch(await room.text(`${HERE}?lang=en`), /<dt>Seal/, 'the newest version is not sealed yet');

      await room.storage.write('seals/checkpoint', 'x');
      assert.match(await room.text(HERE), /封存无法读取/);
      assert.deepEqual(room.faults, []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('shows superseded versions, and says that they are', async () => {
    const room = await openReadingRoom();
    await room.put({ body: '<p>甲</p>' });
    await room.put({ body: '<p>乙</p>', title: '改过的题', capturedAt: '2026-10-04T10:00:00.000Z' });
    const [old, now] = [await room.text(`${HERE}/versions/1`), await room.text(HERE)];
    assert.match(old, /<p>甲<\/p>/);
    assert.match(old, /茶山的雨/);
    assert.match(old, /被后来的版本取代/);
    assert.match(now, /<p>乙<\/p>/);
    assert.doesNotMatch(now, /取代/);
    assert.equal((await room.get(`${HERE}/versions/3`)).status, 404);
  });

  it('says that a document is damaged, and shows nothing of it', async () => {
    const room = await openReadingRoom();
    await room.put({ body: '<p>甲</p>' });
    const { record } = (await room.archive.find('guancha:903180', '2026-10-04')) ?? assert.fail();
    await room.storage.write(record.document.path, '<p>乙</p>');
    const answer = await room.get(HERE);
    assert.equal(answer.status, 500);
    const page = await answer.text();
    assert.match(page, /文档与记录不符/);
    assert.doesNotMatch(page, /乙/);
    assert.deepEqual(room.faults, []);
  });
});

describe('the history of an article', () => {
  const open = async () => {
    const room = await openReadingRoom();
    const src = 'https://i.guancha.cn/a.jpg';
    const assets = [await room.picture('jpeg', 'jpg', src)];
    const rest = Array.from({ length: 9 }, (_, i) => `<p>不变的第${i + 1}段</p>`).join('');
    await room.put({ body: `<p>茶山有雨</p>${rest}<p>旧的一段</p><p><img src="${src}"></p>`, assets });
    await room.put({
      body: `<p>茶山有雪</p>${rest}<p>&lt;b&gt;新的一段</p>`,
      title: '茶山的雪',
      assets,
      capturedAt: '2026-10-05T09:00:00.000Z',
    });
    await room.archive.update('2026/10/2026_10_04_903180', (old) =>
      old === null
        ? null
        : { record: { ...old, absences: [{ since: '2026-10-06T01:00:00.000Z', until: null, evidence: ['404'] }] } },
    );
    return { room, assets };
  };

  it('says in the order of time what became of it', async () => {
    const { room } = await open();
    const page = await room.text(`${HERE}/history`);
    const [first, edited, gone] = ['2026-10-04 17:00', '2026-10-05 17:00', '2026-10-06 09:00'].map((at) =>
      page.indexOf(at),
    );
    assert.ok(
      first !== undefined && edited !== undefined && gone !== undefined && 0 < first && first < edited && edited < gone,
    );
    assert.match(page, /改标题 · 改正文 · 换图片/);
    assert.match(page, /404/);
    assert.match(await room.text(HERE), /原站已于 2026-10-06 09:00 前后撤下此文/);
    assert.match(await room.text(HERE), /2 个版本/);
  });

  it('shows two versions in one text, and beside each other, with what did not change folded', async () => {
    const { room, assets } = await open();
    const inline = await room.text(`${HERE}/diff`);
    assert.match(inline, /茶山有<del>雨<\/del><ins>雪<\/ins>/);
    assert.match(inline, /<details><summary>7 段未变<\/summary>/);
    assert.match(inline, /&lt;b&gt;新的/, 'text stays text');
    const [picture] = assets;
    assert.match(
      inline,
      new RegExp(`图片: 删[\\s\\S]*/pictures/${picture !== undefined && 'sha256' in picture ? picture.sha256 : ''}`),
    );
    const side = await room.text(`${HERE}/diff?from=1&to=2&view=side`);
    assert.match(side, /<p class="before">茶山有<del>雨<\/del><\/p><p class="after-it">茶山有<ins>雪<\/ins><\/p>/);
  });

  it('is no page where there is no such version', async () => {
    const { room } = await open();
    for (const query of ['from=1&to=3', 'from=9', 'to=9'])
      assert.equal((await room.get(`${HERE}/diff?${query}`)).status, 404);
    for (const query of ['from=-1', 'from=x&to=%00', 'from=1&to=1'])
      assert.equal((await room.get(`${HERE}/diff?${query}`)).status, 200);
    assert.equal((await room.get('/articles/guancha/1/history')).status, 404);
    assert.equal((await room.get('/articles/guancha/1/diff')).status, 404);
  });
});

describe('a request', () => {
  it('is answered for the own names alone, whatever the port', async () => {
    const room = await openReadingRoom({ names: ['archive.example'] });
    const status = async (host: string) => (await room.get('/static/icon.svg', { host })).status;
    for (const host of [
      'localhost',
      'localhost:8427',
      'LOCALHOST',
      '127.0.0.1:1',
      '[::1]:8427',
      '192.168.1.9',
      'archive.example:80',
    ])
      assert.equal(await status(host), 200, host);
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      'a.localhost',
      '127.0.0.1.evil.example',
      'archive.example.evil',
      'localhost:80:80',
      'a@localhost',
      '',
    ])
      assert.equal(await status(host), 421, host);
  });

  it('is refused for every name that is none of the own', () => {
    fc.assert(
      fc.property(fc.domain(), (name) => {
        assert.equal(isOwnHost(name, []), name === 'localhost');
      }),
    );
  });

  it('reads and does nothing else', async () => {
    const room = await openReadingRoom();
    await room.put({});
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const answer = await room.reader.request(`http://localhost${HERE}`, { method, headers: { host: 'localhost' } });
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    }
    const head = await room.reader.request(`http://localhost${HERE}`, {
      method: 'HEAD',
      headers: { host: 'localhost' },
    });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
  });

  it('reaches no file but pictures, by no spelling of an address', async () => {
    const room = await openReadingRoom();
    await room.put({});
    await room.storage.write('frontier.sqlite', 'LOCKED AWAY');
    await room.storage.write('assets/ab/secret.jpg', 'LOCKED AWAY');
    const inside = ['frontier.sqlite', 'records/2026/10/2026_10_04_903180.json', 'assets/ab/secret.jpg', 'etc/passwd'];
    const ups = [
      '',
      '../',
      '../../',
      '..%2f',
      '%2e%2e/',
      '%2e%2e%2f',
      '....//',
      '..\\',
      '%5c..%5c',
      '%00',
      './',
      '//',
      '%252e%252e%252f',
    ];
    for (const file of inside)
      for (const up of ups)
        for (const base of ['/', '/pictures/', '/static/', '/articles/guancha/', `${HERE}/versions/`]) {
          const answer = await room.get(base + up + file);
          assert.ok(answer.status >= 400, `${answer.status} ${base}${up}${file}`);
          assert.doesNotMatch(await answer.text(), /LOCKED AWAY|"format"/);
        }
    assert.deepEqual(room.faults, []);
  });

  it('of any form has an answer, and none is a fault of the program', async () => {
    const room = await openReadingRoom();
    await room.put({});
    const part = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('articles', 'guancha', '903180', 'versions', '1', 'pictures', '..'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const answer = await room.get(`/${parts.map(encodeURIComponent).join('/')}`);
        assert.ok(answer.status < 500, `${answer.status}`);
      }),
    );
    assert.deepEqual(room.faults, []);
  });
});

describe('an answer', () => {
  it('is sent with what keeps a browser from doing anything else with it', async () => {
    const room = await openReadingRoom();
    const src = 'https://i.guancha.cn/a.svg';
    const drawing = await room.picture('<svg xmlns="http://www.w3.org/2000/svg"/>', 'svg', src);
    await room.put({ body: `<p><img src="${src}"></p>`, assets: [drawing] });
    const href = `/pictures/${'sha256' in drawing ? drawing.sha256 : ''}.svg`;
    for (const path of [HERE, '/nothing', href, '/static/icon.svg']) {
      const { headers } = await room.get(path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path);
      const policy = headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
        assert.ok(policy.includes(part), path);
      assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe|\*|https?:/);
    }
    const article = (await room.get(HERE)).headers.get('content-security-policy') ?? '';
    assert.match(article, /; sandbox(?! [^;]*allow-scripts)/);
    assert.doesNotMatch(article, /script-src/, 'as default-src: none at all');
    const refused = await room.get(HERE, { host: 'evil.example' });
    assert.match(refused.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  });

  it('gives a drawing only as a picture or as a file to save', async () => {
    const room = await openReadingRoom();
    const drawing = await room.picture('<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', 'svg', 's');
    const { headers } = await room.get(`/pictures/${'sha256' in drawing ? drawing.sha256 : ''}.svg`);
    assert.equal(headers.get('content-type'), 'image/svg+xml');
    assert.match(headers.get('content-disposition') ?? '', /^attachment/);
    assert.match(headers.get('content-security-policy') ?? '', /sandbox$/);
  });

  it('is a picture for good, and is not sent twice', async () => {
    const room = await openReadingRoom();
    const picture = await room.picture('jpeg', 'jpg', 's');
    const href = `/pictures/${'sha256' in picture ? picture.sha256 : ''}.jpg`;
    const first = await room.get(href);
    assert.equal(await first.text(), 'jpeg');
    assert.match(first.headers.get('cache-control') ?? '', /immutable/);
    const again = await room.get(href, { 'if-none-match': first.headers.get('etag') ?? '' });
    assert.equal(again.status, 304);
    assert.equal((await room.get(href.replace('.jpg', '.png'))).status, 404);
  });

  it('comes in the language of the browser, of the address, of the cookie', async () => {
    const room = await openReadingRoom();
    await room.put({});
    const language = async (path: string, headers = {}) =>
      /<html lang="(\w+)/.exec(await room.text(path, headers))?.[1];
    assert.equal(await language(HERE), 'zh');
    assert.equal(await language(HERE, { 'accept-language': 'en-GB,en;q=0.9,zh;q=0.1' }), 'en');
    assert.equal(await language(HERE, { 'accept-language': 'de,zh-TW;q=0.5,en;q=0.2' }), 'zh');
    assert.equal(await language(HERE, { cookie: 'lang=en' }), 'en');
    assert.equal(await language(`${HERE}?lang=zh`, { cookie: 'lang=en' }), 'zh');
    assert.equal(await language(`${HERE}?lang=%22%3E`, { cookie: 'lang=en' }), 'en');
    const { headers } = await room.get(`${HERE}?lang=en`);
    assert.match(headers.get('set-cookie') ?? '', /^lang=en;.*HttpOnly; SameSite=Lax/);
  });
});
