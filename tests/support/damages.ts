/** Every kind of damage that the audit must find: how it comes about, and what must be said of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, truncateSync } from 'node:fs';
import type { CheckCode } from '../../src/audit/checks-table.ts';
import { type AnyRecord, sha256 as digest, type Plant, type Spot, shows } from './plant.ts';

export interface Damage {
  readonly name: string;
  readonly code: CheckCode;
  /** Does it; returns the paths of which the code must be said, each once. */
  readonly plant: (archive: Plant) => string | readonly string[];
  /** It needs the archive for itself: it changes what other damages rest on. */
  readonly alone?: true;
}

const damage = (code: CheckCode, name: string, plant: Damage['plant'], alone?: true): Damage =>
  alone === undefined ? { code, name, plant } : { code, name, plant, alone };

/** A document as a faulty program would have written it; the record knows its bytes. */
const text = (code: CheckCode, name: string, change: (text: string) => string | Uint8Array) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    archive.changeText(spot, change);
    return spot.document;
  });

const body = (code: CheckCode, name: string, change: (body: string) => string) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    archive.changeBody(spot, change);
    return spot.document;
  });

const record = (code: CheckCode, name: string, change: (record: AnyRecord, spot: Spot) => void) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (value) => change(value, spot));
    return spot.record;
  });

const line = (name: string, to: string) => (whole: string) => whole.replace(new RegExp(`^${name}: .*$`, 'm'), to);
const inFirstText = (added: string) => (html: string) => html.replace(/<p([^>]*)>(?=[^<])/, `<p$1>${added}`);
const atEnd = (added: string) => (html: string) => `${html.trimEnd()}${added}`;
/** The body gives way, and no head picture is left. */
const instead = (html: string) => (whole: string) =>
  whole
    .replace(/<div> {3}\n[\s\S]*(?= {2}\n<\/div>\n {12}$)/, `<div>   \n${html}`)
    .replace(/^(headimg|thumbnail): .*$/gm, "$1: ''");
const flip = (bytes: Buffer, at: number) => {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};
const half = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.6));
/** Lets both sides say another time of publication. */
const dated = (code: CheckCode, name: string, at: (publishedAt: string) => string) =>
  damage(code, name, (archive) => {
    const spot = archive.spot();
    const publishedAt = at(archive.recordOf(spot).article.publishedAt);
    archive.changeRecord(spot, ({ article }) => {
      article.publishedAt = publishedAt;
    });
    archive.changeText(spot, line('date', `date: ${new Date(`${publishedAt.slice(0, 19)}Z`).toUTCString()}`));
    return spot.document;
  });
const HOUR_MS = 3_600_000;
const shifted = (iso: string, ms: number) =>
  `${new Date(Date.parse(`${iso.slice(0, 19)}Z`) + ms).toISOString().slice(0, 19)}+08:00`;
const clockBy = (ms: number) => (whole: string) =>
  whole.replace(/^date: (.*)$/m, (_, date: string) => `date: ${new Date(Date.parse(date) + ms).toUTCString()}`);
/** UTF-8 bytes taken for Windows-1252. */
const asWindows1252 = (chinese: string) => new TextDecoder('windows-1252').decode(Buffer.from(chinese));

const FILES: readonly Damage[] = [
  damage('link-in-archive', 'a document gives way to a link out of the archive', (archive) => {
    const { document } = archive.spot();
    archive.remove(document);
    symlinkSync('/etc/hostname', archive.path(document));
    return document;
  }),
  damage('link-in-archive', 'a picture gives way to a link', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.remove(key);
    symlinkSync('/dev/zero', archive.path(key));
    return key;
  }),
  damage('link-in-archive', 'a folder of links lies at the top', (archive) => {
    symlinkSync('/', archive.path('elsewhere'));
    return 'elsewhere';
  }),
  damage('special-file', 'a FIFO lies where a document was', (archive) => {
    const { document } = archive.spot();
    archive.remove(document);
    execFileSync('mkfifo', [archive.path(document)]);
    return document;
  }),
  damage('special-file', 'a FIFO lies among the pictures', (archive) => {
    execFileSync('mkfifo', [archive.path('assets/pipe')]);
    return 'assets/pipe';
  }),
  damage('file-too-large', 'a document of two gigabytes', (archive) => {
    const { document } = archive.spot();
    truncateSync(archive.path(document), 2_000_000_000);
    return document;
  }),
  damage('file-too-large', 'a record of two gigabytes', (archive) => {
    const spot = archive.spot();
    truncateSync(archive.path(spot.record), 2_000_000_000);
    return spot.record;
  }),
  damage('stray-file', 'a note among the documents', (archive) => {
    const key = archive.spot().document.replace(/[^/]*$/, 'notes.txt');
    archive.write(key, 'to do\n');
    return key;
  }),
  damage('stray-file', 'a folder lies where a document was', (archive) => {
    const { document } = archive.spot();
    archive.remove(document);
    mkdirSync(archive.path(document));
    return document;
  }),
  damage('stray-file', 'a file among the years', (archive) => {
    archive.write('records/index.json', '{}');
    return 'records/index.json';
  }),
  damage('stray-file', 'a picture copied into another folder', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    const wrong = key.replace(/^assets\/../, key.startsWith('assets/00') ? 'assets/01' : 'assets/00');
    archive.write(wrong, archive.bytes(key));
    return wrong;
  }),
  damage('stray-file', 'a name with a line break', (archive) => {
    const key = archive.spot().document.replace(/\.html$/, '\n.html');
    archive.write(key, 'x');
    return key;
  }),
  damage('stray-file', 'a name of 255 bytes', (archive) => {
    const key = archive.spot().document.replace(/[^/]*$/, `${'名'.repeat(83)}.jpeg`.padStart(255 - 166, 'x'));
    archive.write(key, 'x');
    return key;
  }),
  damage('temporary-file', 'a document that was never renamed', (archive) => {
    const { document } = archive.spot();
    const key = document.replace(/([^/]*)$/, '.$1.0123456789ab.tmp');
    archive.write(key, archive.read(document).slice(0, 500));
    return key;
  }),
  damage('temporary-file', 'a download that never ended', (archive) => {
    archive.write('assets/.download.0123456789ab.tmp', 'GIF89a');
    return 'assets/.download.0123456789ab.tmp';
  }),
  damage('quarantine-half', 'a page in quarantine without its description', (archive) => {
    archive.write('quarantine/20261124T000000000Z_half.gz', 'x');
    return 'quarantine/20261124T000000000Z_half.gz';
  }),
  damage('quarantine-half', 'a description without its page', (archive) => {
    archive.write('quarantine/20261124T000000000Z_other.json', '{}');
    return 'quarantine/20261124T000000000Z_other.json';
  }),
  damage('quarantine-damaged', 'a page in quarantine with other bytes', (archive) => {
    archive.write('quarantine/20261124T000000000Z_odd.json', '{"sha256":"00"}');
    archive.write('quarantine/20261124T000000000Z_odd.gz', 'not gzip');
    return 'quarantine/20261124T000000000Z_odd.gz';
  }),
];

const FORMAT: readonly Damage[] = [
  text('not-utf8', 'a byte that is no UTF-8', (whole) => {
    const bytes = Buffer.from(whole);
    bytes[bytes.length - 60] = 0xff;
    return bytes;
  }),
  text('not-utf8', 'written as UTF-16', (whole) => Buffer.from(`\ufeff${whole}`, 'utf16le')),
  text('byte-order-mark', 'a byte order mark in front', (whole) => `\ufeff${whole}`),
  text('line-ends', 'lines end as on Windows', (whole) => whole.replaceAll('\n', '\r\n')),
  body('line-ends', 'one carriage return in a paragraph', inFirstText('\r')),
  body('control-character', 'a tab in a paragraph', inFirstText('\t')),
  body('control-character', 'a NUL in a paragraph', inFirstText('\0')),
  text('control-character', 'a tab in the front matter', (whole) => whole.replace('author: ', 'author:\t ')),
  text('frame', 'no empty first line', (whole) => whole.slice(1)),
  text('frame', 'a newline at the end, as editors add it', (whole) => `${whole}\n`),
  text('frame', 'trailing spaces taken away', (whole) => whole.replace('<div>   \n', '<div>\n')),
  text('frame', 'no line that ends the fields', (whole) => whole.replace('\n---\n\n<div>', '\n\n<div>')),
  text('frame', 'cut off in the body', (whole) => whole.slice(0, -200)),
  body('frame', 'white space before the body', (html) => `\n${html}`),
  text('field-missing', 'no thumbnail', (whole) => whole.replace(/^thumbnail: .*\n/m, '')),
  text('field-missing', 'no comments', (whole) => whole.replace('comments: false\n', '')),
  text('field-order', 'author before head picture', (whole) =>
    whole.replace(/^(headimg: .*\n)(author: .*\n)/m, '$2$1'),
  ),
  text('field-order', 'a second date', (whole) => whole.replace(/^(date: .*\n)/m, '$1$1')),
  text('field-form', 'comments are open', line('comments', 'comments: true')),
  text('field-form', 'two categories', (whole) => whole.replace(/^ - .*\n/m, '')),
  text('field-form', 'a head picture without quotes', (whole) => whole.replace(/^headimg: '(.*)'$/m, 'headimg: $1')),
  text('field-form', 'a title without quotes', (whole) => whole.replace(/^title: '(.*)'$/m, 'title: $1')),
  text('field-form', 'a field of somebody else', (whole) =>
    whole.replace('comments: false\n', 'comments: false\nlayout: post\n'),
  ),
  text('date-form', 'no date', line('date', 'date: Invalid Date')),
  text('date-form', 'a date as databases write it', line('date', 'date: 2026-10-14 21:22:57')),
  text('date-form', 'a day that no calendar has', line('date', 'date: Thu, 31 Feb 2026 10:00:00 GMT')),
  text('date-form', 'the wrong day of the week', (whole) =>
    whole.replace(/^date: (\w+)/m, (_, day: string) => `date: ${day === 'Mon' ? 'Tue' : 'Mon'}`),
  ),
  damage('yaml-differs', 'an apostrophe in the title, not doubled', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.title = "O'Neill 说";
    });
    archive.changeText(spot, line('title', "title: 'O'Neill 说'"));
    return spot.document;
  }),
  damage('yaml-differs', 'a category that is half a comment', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (value) => {
      value.source = '头条 # 首页';
    });
    archive.changeText(spot, (whole) => whole.replace(/^ - .*(?=\nheadimg)/m, ' - 头条 # 首页'));
    return spot.document;
  }),
  text('thumbnail-differs', 'another thumbnail', line('thumbnail', "thumbnail: 'https://i.guancha.cn/a.jpg'")),
  text('head-picture', 'head picture and thumbnail of another article', (whole) =>
    whole.replace(/^(headimg|thumbnail): .*$/gm, "$1: 'https://i.guancha.cn/a.jpg'"),
  ),
  text('head-picture', 'no head picture, though the body has one', (whole) =>
    whole.replace(/^(headimg|thumbnail): .*$/gm, "$1: ''"),
  ),
  text('author-differs', 'the writer as author', line('author', 'author: 王文')),
  body('mojibake', 'replacement characters', inFirstText('\ufffd\ufffd')),
  body('mojibake', 'what replacement characters become', inFirstText('锟斤拷')),
  body('mojibake', 'a sentence encoded twice', inFirstText(asWindows1252('中国队今天'))),
  body('mojibake', 'a sentence read as GBK', inFirstText('浠婂ぉ锛屽ぉ姘斿緢濂斤紝鎴戜滑銆傚ソ锛屽ソ銆?')),
  body('bare-brace', 'a template’s braces', inFirstText('{{ 1+1 }}')),
  text('bare-brace', 'a brace in the title', (whole) =>
    whole
      .replace(/^author: (.*)$/m, 'author: $1')
      .replace('&#123;', '{')
      .replace(/<p([^>]*)>(?=[^<])/, '<p$1>}'),
  ),
  body('active-content', 'a script', atEnd('<script>alert(1)</script>')),
  body('active-content', 'a handler', (html) => html.replace('<img ', '<img onerror="alert(1)" ')),
  body('active-content', 'an address that is code', atEnd('<p><a href=" java&#115;cript:alert(1)">看</a>。</p>')),
  body('active-content', 'a frame that brings its own document', atEnd('<iframe srcdoc="&lt;b&gt;"></iframe>')),
];

const ARTICLE: readonly Damage[] = [
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

const ASSETS: readonly Damage[] = [
  damage('picture-unrecorded', 'a picture that the record does not know', (archive) => {
    const spot = archive.spot();
    archive.changeBody(spot, atEnd('<p><img src="https://i.guancha.cn/news/x.jpg" referrerpolicy="no-referrer"></p>'));
    return spot.document;
  }),
  damage('picture-missing', 'a picture that the site did not give', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot);
    archive.remove(key);
    archive.changeRecord(spot, (value) => {
      value.assets = value.assets.map((asset: AnyRecord) =>
        key.includes(asset.sha256) ? { src: asset.src, missing: 'IMAGE_MISSING' } : asset,
      );
    });
    return spot.record;
  }),
  damage('picture-gone', 'a picture deleted', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.remove(key);
    return key;
  }),
  damage('picture-type', 'a picture under another ending', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')), 'jpg');
    renameSync(archive.path(key), archive.path(key.replace(/jpg$/, 'png')));
    return key.replace(/jpg$/, 'png');
  }),
  damage('picture-type', 'a record that takes a JPEG for a PNG', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot, 'jpg');
    archive.changeRecord(spot, ({ assets }) => {
      assets.find(({ sha256 = '-' }) => key.includes(sha256)).type = 'png';
    });
    return spot.record;
  }),
  damage('picture-changed', 'one flipped bit', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')), 'jpg');
    const bytes = archive.bytes(key);
    archive.write(key, flip(bytes, Math.floor(bytes.length / 2)));
    return key;
  }),
  damage('picture-changed', 'the second half lost', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')), 'jpg');
    archive.write(key, half(archive.bytes(key)));
    return key;
  }),
  damage('picture-changed', 'nothing but zeros', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.write(key, Buffer.alloc(archive.bytes(key).length));
    return key;
  }),
  damage('picture-changed', 'an empty file', (archive) => {
    const key = archive.picture(archive.spot(shows('jpg')));
    archive.write(key, '');
    return key;
  }),
  damage('picture-changed', 'two pictures swapped', (archive) => {
    const [a, b] = [
      archive.picture(archive.spot(shows('jpg')), 'jpg'),
      archive.picture(archive.spot(shows('jpg')), 'jpg'),
    ];
    const bytes = archive.bytes(a);
    archive.write(a, archive.bytes(b));
    archive.write(b, bytes);
    return [a, b];
  }),
  ...['jpg', 'png', 'webp', 'gif'].map((type) =>
    damage('picture-broken', `a ${type} that was stored cut in half`, (archive) =>
      archive.changePicture(archive.spot(shows(type)), type, half),
    ),
  ),
  damage('picture-type', 'a page stored as a picture', (archive) =>
    archive.changePicture(archive.spot(shows('jpg')), 'jpg', () => Buffer.from('<html>404 Not Found</html>')),
  ),
  damage('picture-facts', 'another width in the record', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot);
    archive.changeRecord(spot, ({ assets }) => {
      assets.find(({ sha256 = '-' }) => key.includes(sha256)).width += 1;
    });
    return spot.record;
  }),
  damage('picture-facts', 'another size in the record', (archive) => {
    const spot = archive.spot(shows('jpg'));
    const key = archive.picture(spot);
    archive.changeRecord(spot, ({ assets }) => {
      assets.find(({ sha256 = '-' }) => key.includes(sha256)).bytes += 1;
    });
    return spot.record;
  }),
  damage('picture-huge', 'a picture that claims 100,000 × 100,000', (archive) =>
    archive.changePicture(
      archive.spot(shows('png')),
      'png',
      (bytes) => {
        bytes.writeUInt32BE(100_000, 16);
        bytes.writeUInt32BE(100_000, 20);
        return bytes;
      },
      { width: 100_000, height: 100_000 },
    ),
  ),
  damage(
    'asset-orphan',
    'a picture of nobody',
    (archive) => {
      const bytes = archive.bytes(archive.picture(archive.spot(shows('jpg')), 'jpg'));
      const more = Buffer.concat([bytes, Buffer.from([0])]);
      const hash = digest(more);
      archive.write(`assets/${hash.slice(0, 2)}/${hash}.jpg`, more);
      return `assets/${hash.slice(0, 2)}/${hash}.jpg`;
    },
    true, // while a record is lost, nobody calls a picture an orphan
  ),
];

const RECORDS: readonly Damage[] = [
  damage('record-unreadable', 'a record cut in half', (archive) => {
    const spot = archive.spot();
    archive.write(spot.record, half(archive.bytes(spot.record)));
    return spot.record;
  }),
  damage('record-unreadable', 'an empty record', (archive) => {
    const spot = archive.spot();
    archive.write(spot.record, '');
    return spot.record;
  }),
  damage('record-unreadable', 'a record of nothing but zeros', (archive) => {
    const spot = archive.spot();
    archive.write(spot.record, Buffer.alloc(4096));
    return spot.record;
  }),
  record('record-schema', 'a record of another format', (value) => {
    value.format = 2;
  }),
  record('record-schema', 'a record without content hash', (value) => {
    delete value.contentHash;
  }),
  record('record-schema', 'a record without its requests', (value) => {
    delete value.capture;
  }),
  record('record-schema', 'pictures that are no list', (value) => {
    value.assets = {};
  }),
  record('record-schema', 'a verdict that is no article', (value) => {
    value.verdict.kind = 'blocked';
  }),
  record('record-schema', 'a hash that is none', (value) => {
    value.document.sha256 = 'd41d8';
  }),
  damage('record-missing', 'a record deleted', (archive) => {
    const spot = archive.spot();
    archive.remove(spot.record);
    return spot.document;
  }),
  damage('document-missing', 'a document deleted', (archive) => {
    const spot = archive.spot();
    archive.remove(spot.document);
    return spot.document;
  }),
  record('record-place', 'another id', (value) => {
    value.id = 'guancha:1';
  }),
  record('record-place', 'the address of another article', (value) => {
    value.url = value.url.replace(/\d+\.shtml$/, '7.shtml');
  }),
  record('record-place', 'a document out of the archive', (value) => {
    value.document.path = '../../etc/passwd';
  }),
  damage('record-disagrees', 'another title', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.title += '（改）';
    });
    return spot.document;
  }),
  damage('record-disagrees', 'another time of publication', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.publishedAt = shifted(article.publishedAt, 61_000);
    });
    return spot.document;
  }),
  damage('record-disagrees', 'another list', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (value) => {
      value.source = '别处';
    });
    return spot.document;
  }),
  damage('document-changed', 'one word changed by hand', (archive) => {
    const { document } = archive.spot();
    archive.write(document, archive.read(document).replace('。', '！'));
    return document;
  }),
  damage('document-changed', 'one flipped bit', (archive) => {
    const { document } = archive.spot();
    const bytes = archive.bytes(document);
    archive.write(document, flip(bytes, bytes.length - 100));
    return document;
  }),
  damage('document-changed', 'cut in half', (archive) => {
    const { document } = archive.spot();
    archive.write(document, half(archive.bytes(document)));
    return document;
  }),
  damage('document-changed', 'an empty document', (archive) => {
    const { document } = archive.spot();
    archive.write(document, '');
    return document;
  }),
  damage('document-changed', 'two documents swapped', (archive) => {
    const [{ document: a }, { document: b }] = [archive.spot(), archive.spot()];
    const bytes = archive.bytes(a);
    archive.write(a, archive.bytes(b));
    archive.write(b, bytes);
    return [a, b];
  }),
  damage('version-missing', 'a superseded version deleted', (archive) => {
    const { key } = archive.spot(({ versions }) => versions.length > 1);
    archive.remove(`versions/${key}`);
    return `versions/${key}/1.html`;
  }),
  damage('version-changed', 'a superseded version edited', (archive) => {
    const { key } = archive.spot(({ versions }) => versions.length > 1);
    archive.write(`versions/${key}/1.html`, archive.read(`versions/${key}/1.html`).replace('。', '！'));
    return `versions/${key}/1.html`;
  }),
  damage('version-order', 'a version captured before the one before', (archive) => {
    const spot = archive.spot(({ versions }) => versions.length > 1);
    archive.changeRecord(spot, ({ versions }) => {
      versions[0].capturedAt = '2031-01-01T00:00:00.000Z';
    });
    return spot.record;
  }),
  damage('version-order', 'the last version is not the document', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ versions }) => {
      versions[0].sha256 = '0'.repeat(64);
    });
    return spot.record;
  }),
  damage('version-order', 'a version out of the archive', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ versions }) => {
      versions.unshift({ ...versions[0], document: 'versions/../../../etc/passwd' });
    });
    return spot.record;
  }),
  damage('version-orphan', 'a version that no record lists', (archive) => {
    const { key, document } = archive.spot();
    archive.write(`versions/${key}/4.html`, archive.bytes(document));
    return `versions/${key}/4.html`;
  }),
  damage('absence-order', 'found again before it was gone', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ absences }) => {
      absences.push({ since: '2026-11-25T00:00:00.000Z', until: '2026-11-24T00:00:00.000Z', evidence: [] });
    });
    return spot.record;
  }),
  damage('absence-order', 'gone for good, and once more', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ absences }) => {
      for (const day of ['24', '25'])
        absences.push({ since: `2026-11-${day}T00:00:00.000Z`, until: null, evidence: [] });
    });
    return spot.record;
  }),
  damage('alias-shared', 'an address of another article', (archive) => {
    const spots = [archive.spot(), archive.spot()] as const;
    archive.changeRecord(spots[1], ({ aliases }) => aliases.push(archive.recordOf(spots[0]).url));
    return later(spots).record;
  }),
  damage('id-shared', 'an article under two days', (archive) => {
    const spot = archive.spot();
    const next = (_: string, month: string, day: string) =>
      `${month}_${String(day === '28' ? 27 : Number(day) + 1).padStart(2, '0')}_`;
    const day = (text: string) => text.replaceAll(/(\d{4}_\d{2})_(\d{2})_(?=\d+(?:\.|_|\b))/g, next);
    const copy = { key: day(spot.key), document: day(spot.document), record: day(spot.record) };
    archive.write(copy.document, archive.bytes(spot.document));
    archive.write(copy.record, day(archive.read(spot.record)));
    return copy.record > spot.record ? copy.record : spot.record;
  }),
  damage('content-shared', 'two articles of one content hash', (archive) => {
    const spots = [archive.spot(), archive.spot()] as const;
    const { contentHash } = archive.recordOf(spots[0]);
    archive.changeRecord(spots[1], (value) => {
      value.contentHash = contentHash;
      value.versions[0].contentHash = contentHash;
    });
    return later(spots).record;
  }),
];

const later = ([a, b]: readonly [Spot, Spot]) => (a.record > b.record ? a : b);

const FRONTIER: readonly Damage[] = [
  damage(
    'frontier-unreadable',
    'a frontier that is no database',
    (archive) => {
      archive.write('frontier.sqlite', 'x'.repeat(5000));
      return 'frontier.sqlite';
    },
    true,
  ),
  damage(
    'frontier-unreadable',
    'a frontier cut in half',
    (archive) => {
      archive.sql('');
      archive.write('frontier.sqlite', half(archive.bytes('frontier.sqlite')));
      return 'frontier.sqlite';
    },
    true,
  ),
  frontier(
    'frontier-absent',
    'an article that the archive does not have',
    () =>
      `INSERT INTO targets (id, url, priority, added_at, outcome, detail, settled_at) VALUES ('guancha:42', 'https://www.guancha.cn/a/2026_10_14_42.shtml', 1, 1, 'archived', '2026/10/2026_10_14_42', 1)`,
  ),
  frontier('frontier-unknown', 'a row lost', (id) => `DELETE FROM targets WHERE id = '${id}'`),
  frontier('frontier-key', 'another place', (id) => `UPDATE targets SET detail = '2026/10/x' WHERE id = '${id}'`),
  frontier(
    'frontier-outcome',
    'an outcome that is none',
    (id) => `UPDATE targets SET outcome = 'done' WHERE id = '${id}'`,
  ),
  frontier(
    'frontier-outcome',
    'an outcome without a time',
    (id) => `UPDATE targets SET settled_at = NULL WHERE id = '${id}'`,
  ),
  frontier(
    'frontier-outcome',
    'a failure without a code',
    (id) => `UPDATE targets SET outcome = 'failed', code = NULL WHERE id = '${id}'`,
  ),
  frontier(
    'frontier-outcome',
    'moved to nowhere',
    (id) => `UPDATE targets SET outcome = 'moved', detail = 'https://x' WHERE id = '${id}'`,
  ),
];

function frontier(code: CheckCode, name: string, sql: (id: string) => string): Damage {
  return damage(code, name, (archive) => {
    archive.sql(sql(archive.recordOf(archive.spot()).id));
    return 'frontier.sqlite';
  });
}

export const DAMAGES: readonly Damage[] = [...FILES, ...FORMAT, ...ARTICLE, ...ASSETS, ...RECORDS, ...FRONTIER];
