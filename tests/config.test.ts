import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse, parseDocument, visit } from 'yaml';
import { writeDocument } from '../src/archive/document.ts';
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

function isRefused(source: string): boolean {
  try {
    parseConfig(source, 'c.yaml');
    return false;
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'CONFIG_INVALID') return true;
    throw error;
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const DOCUMENT = { title: '茶馆', headimg: '', date: '2022-01-28 10:30:43', body: '<p>茶</p>' };

describe('the configuration', () => {
  it('has every default written in crawl.config.yaml', () => {
    const { sources, ...written } = parse(text) as { readonly sources: readonly object[] };
    const [first] = sources; // the others leave out what they share with it
    assert.deepEqual({ ...written, sources: sources.map((each) => ({ ...first, ...each })) }, defaultConfig());
  });

  it('is refused where a hook’s user or password could never be sent, or a path could be none', () => {
    for (const address of ['https://me:50%@example.org/', 'https://%ff:x@example.org/', 'http://a:%E4%B8@example.org/'])
      assert.match(problems(`notify: [{ on: [alarm], webhook: "${address}" }]`), /notify\[0\]\.webhook: .*%25/);
    parseConfig('notify: [{ on: [alarm], webhook: "https://me:50%25@example.org/" }]', 'c.yaml');
    assert.match(problems('archive: "a\\0b"'), /archive: must not hold a NUL/);
    assert.match(problems('browser: { executablePath: "/a\\0b" }'), /executablePath: must not hold a NUL/);
    assert.match(problems('notify: [{ on: [alarm], command: [a, "b\\0c"] }]'), /command\[1\]: must not hold a NUL/);
  });

  it('gives a known failure or a configuration for any bytes', () => {
    const schemaWords = [...text.matchAll(/[A-Za-z]{3,}/g)].map(([word]) => word);
    const word = fc.constantFrom(
      ...schemaWords,
      ...[
        '__proto__',
        'constructor',
        'toString',
        '<<',
        '*a',
        '&a',
        '!!binary',
        '!!set',
        '!x',
        '- ',
        '? ',
        ': ',
        '\n',
        '\n  ',
      ],
      ...[
        '[',
        ']',
        '{',
        '}',
        ',',
        '|',
        '>',
        '"',
        "'",
        '#',
        '%',
        '---',
        '...',
        '~',
        '1e999',
        '-0',
        '0x1',
        '\t',
        '\0',
        '\ud800',
      ],
    );
    const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each).toString('utf8'));
    const keys = fc.constantFrom(...Object.keys(defaultConfig()), '__proto__', 'constructor');
    const shaped = fc.tuple(keys, fc.anything({ withNullPrototype: true, maxDepth: 3 })).map(([key, value]) => {
      try {
        return `${key}: ${JSON.stringify(value) ?? 'null'}`;
      } catch {
        return `${key}: 1`; // a bigint
      }
    });
    const source = fc.oneof(
      fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
      bytes,
      fc.string(),
      shaped,
    );
    fc.assert(
      fc.property(source, (yaml) => {
        try {
          parseConfig(yaml, 'c.yaml');
        } catch (error) {
          assert.ok(
            error instanceof ArchiveError && error.code === 'CONFIG_INVALID',
            `${JSON.stringify(yaml)}: ${String(error)}`,
          );
        }
      }),
      { numRuns: 1500 },
    );
  });

  for (const [name, yaml] of Object.entries({
    'lists within lists': `sources: ${'['.repeat(50_000)}`,
    'maps within maps': '{a: '.repeat(20_000),
    'blocks within blocks': Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    'names that stand for more and more': `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`).join('\n')}`,
    'a name that stands for itself': 'sources: &a [*a]',
    'a name that stands for nothing': 'sources: *a',
    'a key that is a map': '? {a: b}\n: c',
    'a prototype': '__proto__: { archive: /x }',
    'two documents': 'archive: a\n---\narchive: b',
  }))
    it(`is refused where it holds ${name}`, () => void problems(yaml));

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
      'c.yaml:2: sources[0].name: must be text that YAML reads as it stands (no quotes, no leading symbol, no control character)',
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
      'c.yaml:2: notify[0]: must have one of webhook, command and kind',
    ],
    [
      'a hook with two ends',
      'notify:\n  - { on: [alarm], webhook: "https://example.org/", command: [a] }',
      'c.yaml:2: notify[0]: must have one of webhook, command and kind',
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

  it('refuses a name that no document can hold: one that is taken can be written', () => {
    const codes = [...Array(0x300).keys(), ...range(0x2000, 0x2070), ...range(0xd7ff, 0xd802), 0xdfff, 0xe000];
    const refused = [];
    for (const code of [...codes, 0xfeff, ...range(0xfffd, 0x10000), 0x1f600]) {
      const name = `a${String.fromCodePoint(code)}b`;
      const text = JSON.stringify({ document: { author: name, categories: ['新媒体', name] } });
      const asJson = text.replace(
        /[\u007f-\uffff]/g,
        (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      if (isRefused(asJson)) refused.push(code);
      else writeDocument({ ...DOCUMENT, author: name, categories: ['新媒体', name, name] });
    }
    for (const code of [0, 7, 10, 13, 0x1b, 0x7f, 0x85, 0x2028, 0x2029, 0xd800, 0xffff])
      assert.ok(refused.includes(code));
    assert.ok(refused.length < 90, 'few are refused');
  });

  it('names every problem at once', () => {
    assert.equal(problems('archve: x\npoliteness:\n  robots: 1\n').split('\n').length, 2);
  });
});
