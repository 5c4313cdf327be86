/** The words of the pages: none that no page says, and Chinese ones for every flag. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FLAGS } from '../src/flags.ts';
import { flagInWords } from '../src/reader/flag-words.ts';
import { NAMED } from '../src/reader/names-page.ts';
import { SECTIONS } from '../src/reader/shell.ts';
import { wordsIn } from '../src/reader/words.ts';

const READER = join(import.meta.dirname, '../src/reader');
const sources = readdirSync(READER)
  .filter((name) => name !== 'words.ts')
  .map((name) => readFileSync(join(READER, name), 'utf8'))
  .join('\n');

/** Found by the value of something else: the sections of the menu, the kinds of names, the levels of flags, why a request is refused. */
const BY_VALUE = [...Object.keys(SECTIONS), ...Object.keys(NAMED), 'doubt', 'note'];
const refusals = [...sources.matchAll(/why: '(\w+)'/g)].map(([, why]) => why);

describe('the words of the pages', () => {
  it('are each said by some page', () => {
    const used = new Set([...BY_VALUE, ...refusals]);
    for (const [, word] of sources.matchAll(/\bwords\s*\.(\w+)/g)) used.add(word ?? '');
    for (const [, taken] of sources.matchAll(/\{ ([\w, :]+) \}(?:: (?:Pick<)?Words|\) =>)/g))
      for (const word of (taken ?? '').split(', ')) used.add(word.replace(/:.*/, ''));
    assert.deepEqual(
      Object.keys(wordsIn('zh')).filter((word) => !used.has(word)),
      [],
    );
  });

  it('name every flag in Chinese, no two alike', () => {
    const titles = Object.keys(FLAGS).map((code) => {
      const { title, meaning } = flagInWords(code, 'zh') ?? assert.fail(code);
      assert.match(title, /\p{Script=Han}{3}/u, code);
      assert.match(meaning, /\p{Script=Han}{3}/u, code);
      return title;
    });
    assert.deepEqual(titles, [...new Set(titles)]);
    assert.equal(flagInWords('constructor', 'zh'), null);
  });
});
