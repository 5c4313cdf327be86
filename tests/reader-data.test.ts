/** What programs read of the reader: feeds that parsers take, an API that is as it says, versions by time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDocument } from '../src/page/html.ts';
import { openReadingRoom } from './support/reading-room.ts';

async function openEdited() {
  const room = await openReadingRoom();
  await room.put({ body: '<p>甲</p>', title: '茶山\u0007的<雨>&' });
  await room.put({ body: '<p>乙</p>', capturedAt: '2026-10-05T09:00:00.000Z', title: '茶山\u0007的<雨>&' });
  return room;
}

describe('what programs read', () => {
  it('are feeds of everything, of a query, of changes, in both forms and without control characters', async () => {
    const room = await openEdited();
    for (const path of [
      '/feeds/atom.xml',
      `/feeds/atom.xml?q=${encodeURIComponent('列表:头条')}`,
      '/feeds/changes/atom.xml',
    ]) {
      const answer = await room.get(path);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/atom\+xml/);
      const text = await answer.text();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML has no place for
      assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
      const $ = parseDocument(text);
      assert.equal($('entry').length, 1, path);
      assert.match($('entry > id').text(), /^urn:guancha-archive:guancha:903180/);
      assert.match($('entry > title').text(), /茶山的<雨>&/);
    }
    const feed = (await (await room.get('/feeds/feed.json')).json()) as {
      readonly version: string;
      readonly items: readonly object[];
    };
    assert.match(feed.version, /^https:\/\/jsonfeed\.org\/version\/1/);
    assert.equal(feed.items.length, 1);
    assert.equal((await room.get('/feeds/atom.xml?q=sorce:x')).status, 400);
  });

  it('is an API that is as its description says', async () => {
    const room = await openEdited();
    const description = (await (await room.get('/api/v1/openapi.json')).json()) as Description;
    assert.equal(description.openapi, '3.1.0');
    const values: Readonly<Record<string, string>> = {
      space: 'guancha',
      number: '903180',
      version: '1',
      from: '1',
      to: '2',
      kind: 'list',
    };
    for (const [path, { get }] of Object.entries(description.paths)) {
      const given = get.parameters.filter((each) => each.in === 'path').map(({ name }) => name);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        assert.ok(given.includes(name), `${path}: ${name} is not described`);
        return values[name] ?? assert.fail(name);
      });
      const answer = await room.get(`/api/v1${filled}`);
      assert.equal(answer.status, 200, filled);
      const value = (await answer.json()) as object;
      assert.deepEqual(
        Object.keys(value).sort(),
        [...get.responses[200].content['application/json'].schema.required].sort(),
        path,
      );
      if (given.length > 0)
        assert.equal((await room.get(`/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`)).status, 404, path);
    }
    assert.equal((await room.get('/api/v1/articles?q=sorce:x')).status, 400);
    assert.deepEqual(room.faults, []);
  });

  it('are versions by the time at which they were captured', async () => {
    const room = await openEdited();
    const original = 'https://www.guancha.cn/a/2026_10_04_903180.shtml';
    const version = async (at: string | null) => {
      const answer = await room.get(`/timegate/${original}`, at === null ? {} : { 'accept-datetime': at });
      assert.equal(answer.status, 302);
      assert.match(answer.headers.get('vary') ?? '', /accept-datetime/);
      assert.match(answer.headers.get('link') ?? '', new RegExp(`<${original}>; rel="original"`));
      return answer.headers.get('location')?.replace('http://localhost', '');
    };
    assert.equal(await version(null), '/articles/guancha/903180/versions/2');
    assert.equal(await version('Sun, 04 Oct 2026 12:00:00 GMT'), '/articles/guancha/903180/versions/1');
    assert.equal(await version('Thu, 01 Jan 1970 00:00:00 GMT'), '/articles/guancha/903180/versions/1');
    const { headers } = await room.get('/articles/guancha/903180/versions/1');
    assert.equal(headers.get('memento-datetime'), 'Sun, 04 Oct 2026 09:00:00 GMT');
    const map = await room.text(`/timemap/link/${original}`);
    assert.equal([...map.matchAll(/rel="(?:first |last )*memento"/g)].length, 2);
    assert.equal((await room.get(`/timegate/${original}`, { 'accept-datetime': 'yesterday' })).status, 400);
    for (const url of ['https://example.org/', 'https://www.guancha.cn/a/2026_10_04_1.shtml', '']) {
      assert.equal((await room.get(`/timegate/${url}`)).status, 404, url);
      assert.equal((await room.get(`/timemap/link/${url}`)).status, 404, url);
    }
  });
});

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get: {
          readonly parameters: readonly { readonly name: string; readonly in: string }[];
          readonly responses: {
            readonly 200: {
              readonly content: {
                readonly 'application/json': { readonly schema: { readonly required: readonly string[] } };
              };
            };
          };
        };
      }
    >
  >;
}
