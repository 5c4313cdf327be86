/** Files in which others keep pages of the site, as their programs write them. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { WARCRecord, WARCSerializer } from 'warcio';
import { ZipFile } from 'yazl';

export const CAPTURED = '2022-01-29T04:00:00.000Z';

export interface Answer {
  readonly url: string;
  readonly body?: string | Uint8Array;
  readonly status?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly date?: string;
}

/** A response record as warcio writes it: as ArchiveWeb.page and browsertrix do. */
export async function byWarcio({
  url,
  body = '',
  status = '200 OK',
  headers,
  date = CAPTURED,
}: Answer): Promise<Buffer> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const record = WARCRecord.create(
    {
      url,
      date,
      type: 'response',
      warcVersion: 'WARC/1.1',
      statusline: `HTTP/1.1 ${status}`,
      httpHeaders: (headers ?? [['Content-Type', 'text/html; charset=utf-8']]) as [string, string][],
    },
    (async function* () {
      yield bytes;
    })(),
  );
  return Buffer.from(await WARCSerializer.serialize(record));
}

/** A record of any type, its headers as they are given; `block` is what lies in it. */
export function record(
  type: string,
  headers: Readonly<Record<string, string>>,
  block: string | Uint8Array,
  but: { readonly length?: number } = {},
): Buffer {
  const bytes = typeof block === 'string' ? Buffer.from(block) : Buffer.from(block);
  const all = {
    'WARC-Type': type,
    'WARC-Record-ID': `<urn:uuid:${createHash('sha1').update(JSON.stringify(headers)).digest('hex')}>`,
    'WARC-Date': CAPTURED,
    ...headers,
    'Content-Length': String(but.length ?? bytes.length),
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`WARC/1.0\r\n${head.join('')}\r\n`), bytes, Buffer.from('\r\n\r\n')]);
}

/** An HTTP answer on the wire. */
export function http(headers: readonly string[], body: string | Uint8Array, status = '200 OK'): Buffer {
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status}\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`),
    typeof body === 'string' ? Buffer.from(body) : body,
  ]);
}

export function chunked(body: Uint8Array, size = 1000): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(Buffer.from(`${chunk.length.toString(16)};x=1\r\n`), Buffer.from(chunk), Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** As Heritrix and wget print it. */
export function sha1InBase32(bytes: Uint8Array): string {
  const hash = createHash('sha1').update(bytes).digest();
  let bits = '';
  for (const byte of hash) bits += byte.toString(2).padStart(8, '0');
  return `sha1:${(bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('')}`;
}

export const sha256Of = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The records in a file: each a gzip member, all in one, or as they are. */
export function warc(records: readonly Buffer[], how: 'each' | 'whole' | 'plain'): Buffer {
  if (how === 'each') return Buffer.concat(records.map((each) => gzipSync(each)));
  return how === 'whole' ? gzipSync(Buffer.concat(records)) : Buffer.concat(records);
}

export async function zip(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const file = new ZipFile();
  for (const [name, bytes] of Object.entries(files))
    file.addBuffer(Buffer.from(bytes), name, { compress: false, mtime: new Date(0) });
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A package with one WARC file; `hash` in place of the right one. */
export function wacz(file: Buffer, hash = sha256Of(file)): Promise<Buffer> {
  const path = 'archive/data.warc.gz';
  const description = JSON.stringify({
    profile: 'data-package',
    wacz_version: '1.1.1',
    resources: [{ name: 'data.warc.gz', path, hash, bytes: file.length }],
  });
  return zip({
    'datapackage.json': description,
    'datapackage-digest.json': JSON.stringify({ path: 'datapackage.json', hash: sha256Of(Buffer.from(description)) }),
    [path]: file,
    'pages/pages.jsonl': '{"format":"json-pages-1.0","id":"pages"}\n',
  });
}

// Saved pages.

/** SingleFile, which leaves out the last end tags; pictures as they are given, by their address. */
export function bySingleFile(
  html: string,
  {
    url,
    date,
    pictures = {},
  }: { readonly url: string; readonly date: string; readonly pictures?: Readonly<Record<string, Buffer>> },
): string {
  const head = `<!--\n Page saved with SingleFile \n url: ${url} \n saved date: ${date}\n-->`;
  let page = html.replace(/<html>/, `<html lang=zh>${head}`).replace(/<\/body><\/html>\s*$/, '');
  for (const [src, bytes] of Object.entries(pictures))
    page = page.replaceAll(
      `src="${src}"`,
      `data-sf-original-src=${src} src="data:image/jpeg;base64,${bytes.toString('base64')}"`,
    );
  return page;
}

/** Chromium’s "Webpage, Complete"; pictures lie in `NAME_files/`. */
export function byBrowser(html: string, { url, name }: { readonly url: string; readonly name: string }): string {
  const mark = `<!-- saved from url=(${String(url.length).padStart(4, '0')})${url} -->`;
  return html
    .replace('<!DOCTYPE html>', `<!DOCTYPE html>\n${mark}\n`)
    .replace(/src="https:\/\/[^"]*\/([^"/]+\.(?:jpg|png))"/g, (_, file: string) => `src="./${name}_files/${file}"`);
}

/** As web.archive.org gives a page to a browser. */
export function byWayback(html: string, { url, stamp }: { readonly url: string; readonly stamp: string }): string {
  const through = (address: string, kind = '') => `https://web.archive.org/web/${stamp}${kind}/${address}`;
  const scripts = `<script src="//archive.org/includes/athena.js" type="text/javascript"></script>
<script type="text/javascript" src="https://web-static.archive.org/_static/js/wombat.js" charset="utf-8"></script>
<script type="text/javascript">
  __wm.init("https://web.archive.org/web");
  __wm.wombat("${url}","${stamp}","https://web.archive.org/","web","https://web-static.archive.org/_static/",
	      "1643423443");
</script>
<!-- End Wayback Rewrite JS Include -->
`;
  const toolbar =
    '<!-- BEGIN WAYBACK TOOLBAR INSERT -->\n<div id="wm-ipp-base" lang="en"><div class="content all-txt">capture 5 of 7</div></div>\n<!-- END WAYBACK TOOLBAR INSERT -->\n';
  return `${html
    .replace(/src="(https?:[^"]+)"/g, (_, src: string) => `src="${through(src, 'im_')}"`)
    .replace(/href="(https?:[^"]+)"/g, (_, href: string) => `href="${through(href)}"`)
    .replace(/href="(\/[^/"][^"]*)"/g, (_, href: string) => `href="/web/${stamp}/${new URL(href, url).href}"`)
    .replace('<head>', `<head>${scripts}`)
    .replace('<body>', `<body>${toolbar}`)
    .trimEnd()}
<!--
     FILE ARCHIVED ON 04:00:00 Jan 29, 2022 AND RETRIEVED FROM THE
     INTERNET ARCHIVE ON 10:00:00 Nov 20, 2026.
     JAVASCRIPT APPENDED BY WAYBACK MACHINE, COPYRIGHT INTERNET ARCHIVE.
-->
<!--
playback timings (ms):
  captures_list: 0.5
-->`;
}
