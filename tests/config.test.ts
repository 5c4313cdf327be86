import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseDocument, visit } from 'yaml';
import { defaultConfig, parseConfig } from '../src/config.ts';
import { ArchiveError } from '../src/errors.ts';

const FILE = join(import.meta.dirname, '../crawl.config.yaml');
const text = readFileSync(FILE, 'utf8');

function problems(source: string): string {
  try {
    parseConfig(source, 'c.yaml');
  } catch (error) {
    assert.ok(error instanceof ArchiveError && error.code === 'CONFIG_INVALID', String(error));
    return error.detail;
  }
  assert.fail(`accepted: ${source}`);
}

describe('the configuration', () => {
  it('has every default written in crawl.config.yaml', () => {
    assert.deepEqual(parse(text), defaultConfig());
  });

  it('explains every key of crawl.config.yaml beside it or above it', () => {
    const lines = text.split('\n');
    visit(parseDocument(text), {
      Pair: (_, pair) => {
        const key = String((pair.key as { value?: unknown }).value);
        const at = lines.findIndex((line) => new RegExp(`^ *${key}:`).test(line));
        if (at < 0) return; // a key of a source, inside braces
        assert.ok(
          lines[at]?.includes('#') || lines[at - 1]?.startsWith('#') || lines[at + 1]?.startsWith(' '),
          `${key} has no comment`,
        );
      },
    });
  });

  it('is complete when it names only what it changes', () => {
    const config = parseConfig('politeness: { intervalMs: 0 }', 'c.yaml');
    assert.deepEqual(config, { ...defaultConfig(), politeness: { ...defaultConfig().politeness, intervalMs: 0 } });
    assert.deepEqual(parseConfig('', 'c.yaml'), defaultConfig());
  });

  const refused: readonly [name: string, source: string, message: string][] = [
    [
      'an unknown key at the top',
      'politness:\n  intervalMs: 3',
      'c.yaml:1: politness: no such key; did you mean politeness?',
    ],
    [
      'an unknown key below',
      'politeness:\n\n  intervalms: 3',
      'c.yaml:3: politeness.intervalms: no such key; did you mean politeness.intervalMs?',
    ],
    [
      'an unknown key of a source',
      'sources:\n  - { name: a, url: "https://www.guancha.cn/a", pags: 2 }',
      'c.yaml:2: sources[0].pags: no such key; did you mean sources[0].pages?',
    ],
    ['a key like nothing', 'xyzzyplugh: 1', 'c.yaml:1: xyzzyplugh: no such key'],
    [
      'a value of a wrong kind',
      'politeness:\n  robots: 7',
      'c.yaml:2: politeness.robots: Invalid input: expected boolean, received number',
    ],
    [
      'a negative interval',
      'politeness:\n  intervalMs: -1',
      'c.yaml:2: politeness.intervalMs: Too small: expected number to be >=0',
    ],
    [
      'an origin with a path',
      'site:\n  www: https://www.guancha.cn/x',
      'c.yaml:2: site.www: must be an origin such as https://www.guancha.cn, without a path',
    ],
    [
      'a source of another host',
      'sources:\n  - name: a\n    url: https://example.org/',
      'c.yaml:3: sources[0].url: belongs to none of the origins under `site`',
    ],
    [
      'two sources of one name',
      `sources:\n  - { name: a, url: "https://www.guancha.cn/a" }\n  - { name: a, url: "https://www.guancha.cn/b" }`,
      'c.yaml:3: sources[1].name: is the name of source 1 already',
    ],
    [
      'a name that YAML reads otherwise',
      'sources:\n  - { name: "a: b", url: "https://www.guancha.cn/a" }',
      'c.yaml:2: sources[0].name: must be text that YAML reads as it stands (no quotes, no leading symbol)',
    ],
    [
      'an author who is not the site',
      'document:\n  author: 甲',
      'c.yaml:2: document.author: must equal the second category (观察者网): the format writes one site name twice',
    ],
    [
      'a date convention that is none',
      'document:\n  date: local',
      'c.yaml:2: document.date: Invalid option: expected one of "site-clock"|"utc"',
    ],
    [
      'a hook without an end',
      'notify:\n  - { on: [alarm] }',
      'c.yaml:2: notify[0]: must have either webhook or command',
    ],
    [
      'a hook with two ends',
      'notify:\n  - { on: [alarm], webhook: "https://example.org/", command: [a] }',
      'c.yaml:2: notify[0]: must have either webhook or command',
    ],
    [
      'a webhook that is no web address',
      'notify:\n  - { on: [alarm], webhook: "file:///etc/passwd" }',
      'c.yaml:2: notify[0].webhook: must be an address such as https://example.org/hook',
    ],
    [
      'an unknown key of a hook',
      'notify:\n  - { on: [alarm], comand: [a] }',
      'c.yaml:2: notify[0].comand: no such key; did you mean notify[0].command?',
    ],
    [
      'a port that is none',
      'monitor:\n  listen: 127.0.0.1:99999',
      'c.yaml:2: monitor.listen: must be HOST:PORT such as 127.0.0.1:9464',
    ],
    ['YAML that is none', 'a: [', 'c.yaml:1: '],
  ];
  for (const [name, source, message] of refused) {
    it(`refuses ${name}, with line and path`, () => assert.ok(problems(source).startsWith(message), problems(source)));
  }

  it('names every problem at once', () => {
    assert.equal(problems('archve: x\npoliteness:\n  robots: 1\n').split('\n').length, 2);
  });
});
