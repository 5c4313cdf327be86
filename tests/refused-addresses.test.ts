/** The real command led astray: redirects, pictures and origins that point into this machine's own network. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';
import { files, isKept } from './support/tree.ts';

describe('the command', () => {
  let newspaper: Newspaper;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const visitors: string[] = [];
  const secret = createServer((request, response) => {
    visitors.push(request.url ?? '');
    response.end('secret');
  });
  secret.on('connection', () => visitors.push('connection'));
  let inside: string; // where something answers that nobody may ask
  before(async () => {
    newspaper = await openNewspaper({ specials: false });
    folder = await temporaryFolder();
    secret.listen(0, '127.0.0.2');
    await once(secret, 'listening');
    inside = `http://127.0.0.2:${(secret.address() as AddressInfo).port}`;
  });
  after(async () => {
    secret.closeAllConnections();
    secret.close();
    await newspaper[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  let archives = 0;
  /** Archives articles into an archive of their own. */
  async function archive(urls: readonly string[], changes: (config: string) => string = (config) => config) {
    const name = `archive${++archives}`;
    const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
    const config = join(folder.path, `${name}.yaml`);
    await writeFile(config, changes(newspaper.config({ archive: `./${name}`, politeness })));
    const ended = await run(['archive', '--json', '--config', config, ...urls]);
    return { ended, lines: new Map(ended.lines().map((line) => [line.url, line])), root: join(folder.path, name) };
  }

  const ordinary = () =>
    newspaper.articles.filter(({ era, parts, images }) => era !== 'fengwen' && parts === 1 && images.some(isStored));
  const isStored = ({ asset, icon }: Newspaper['articles'][number]['images'][number]) => asset !== null && !icon;

  it('does not follow an article to another address', async () => {
    const targets = ['http://169.254.169.254/meta', `${inside}/`, 'http://localhost:1/', 'file:///etc/passwd'];
    const urls = targets.map((location, index) => {
      const name = `2026_10_01_90000${index}`;
      newspaper.handle(({ path }) => (path.includes(name) ? { status: 302, headers: { location } } : undefined));
      return `${newspaper.www}/away/${name}.shtml`;
    });
    const { ended, lines } = await archive(urls);
    assert.equal(ended.code, 3);
    for (const [index, url] of urls.entries()) {
      const { outcome, code, detail } = lines.get(url) ?? {};
      assert.deepEqual([outcome, code, detail], ['refused', 'OUT_OF_SCOPE', targets[index]]);
    }
    assert.deepEqual(visitors, []);
  });

  const notAllowed = (config: string) =>
    config.replace('allowAddresses: [127.0.0.0/8]', 'allowAddresses: [10.0.0.0/8]');

  it('refuses the site itself where it lies at an address that is not allowed', async () => {
    const url = ordinary()[0]?.url ?? '';
    const before = newspaper.requests.length;
    const byHttp = await archive([url], notAllowed); // the first request is for robots.txt
    const named = url.replace('127.0.0.1', 'localhost');
    const byBrowser = await archive([named], (config) =>
      notAllowed(config)
        .replaceAll(newspaper.www, newspaper.www.replace('127.0.0.1', 'localhost'))
        .replace('politeness:', 'politeness:\n  robots: false'),
    );
    for (const [{ ended, lines, root }, asked, says] of [
      [byHttp, url, /127\.0\.0\.1 is loopback \(127\.0\.0\.0\/8\)/],
      [byBrowser, named, /localhost is .*loopback/],
    ] as const) {
      const { outcome, code, detail } = lines.get(asked) ?? {};
      assert.deepEqual([ended.code, outcome, code], [3, 'refused', 'ADDRESS_REFUSED'], ended.stderr);
      assert.match(String(detail), says);
      assert.deepEqual((await files(root)).filter(isKept), []);
    }
    assert.equal(newspaper.requests.length, before, 'nobody was asked');
  });

  it('the doctor says so, and which key allows it', async () => {
    const config = join(folder.path, 'doctor.yaml');
    await writeFile(config, notAllowed(newspaper.config({ archive: './doctor' })));
    const ended = await run(['doctor', '--json', '--config', config]);
    const found = ended.lines().find(({ check }) => check === 'network');
    assert.equal(ended.code, 3);
    assert.match(String(found?.says), /127\.0\.0\.1 is loopback/);
    assert.match(String(found?.fix), /network\.allowAddresses/);
  });

  it('takes no picture from another address, and archives the article', async () => {
    const [named, ...redirected] = ordinary().slice(0, 4);
    assert.ok(named !== undefined && redirected.length === 3);
    const printed = `${inside}/picture.jpg`; // an origin that the configuration names, printed by the page itself
    const { pathname } = new URL(named.wholeForm ? named.url.replace('.shtml', '_s.shtml') : named.url);
    const src = named.images.find(isStored)?.src ?? '';
    newspaper.put(pathname, { body: newspaper.read(pathname).replaceAll(src, printed) });
    const expected = [{ url: named.url, src: printed, code: 'ADDRESS_REFUSED' }];
    const targets = {
      'http://169.254.169.254/meta': 'OUT_OF_SCOPE',
      'http://localhost:1/x.jpg': 'OUT_OF_SCOPE',
      [`${inside}/redirected.jpg`]: 'ADDRESS_REFUSED',
    };
    for (const [index, [location, code]] of Object.entries(targets).entries()) {
      const article = redirected[index];
      const image = article?.images.find(isStored);
      assert.ok(article !== undefined && image?.asset);
      const original = new URL(image.asset.url).pathname;
      newspaper.handle(({ origin, path }) =>
        origin === 'images' && path.startsWith(original) ? { status: 302, headers: { location } } : undefined,
      );
      expected.push({ url: article.url, src: image.src, code });
    }

    const { ended, lines, root } = await archive(
      expected.map(({ url }) => url),
      (config) => config.replace('127.0.0.0/8', '127.0.0.1').replace(/images: \[(.*)\]/, `images: [$1, ${inside}]`),
    );
    assert.equal(ended.code, 0, ended.stderr);
    for (const { url, src, code } of expected) {
      const record = JSON.parse(await readFile(join(root, String(lines.get(url)?.record)), 'utf8')) as ArchiveRecord;
      assert.deepEqual(
        record.assets.find((asset) => asset.src === src),
        { src, missing: code },
      );
    }
    assert.deepEqual(visitors, []);
  });
});
