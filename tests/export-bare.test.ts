/** Records of other programs and of earlier versions hold no more than the form of records asks for: every export takes them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { articleKey, recordKey } from '../src/archive/keys.ts';
import { EXIT } from '../src/errors.ts';
import { EXPORT_FORMATS } from '../src/export/exported.ts';
import { article, documentOf, draft, save } from './support/drafts.ts';
import { type ExportRoom, openExportRoom } from './support/export-room.ts';

const ID = 'guancha:903180';
const DAY = '2026-10-04';

describe('a record with nothing but what its form asks for', () => {
  let room: ExportRoom;
  before(async () => {
    room = await openExportRoom();
    await save(room.archive, articleKey(ID, DAY), documentOf('<p>雨落在茶山上。</p>', article.title), draft());
    const text = String(await room.storage.read(recordKey(articleKey(ID, DAY))));
    assert.deepEqual(
      ['precision', 'keywords', 'editors', 'media'].filter((field) => field in JSON.parse(text).article),
      [],
    );
  });
  after(() => room[Symbol.asyncDispose]());

  for (const format of EXPORT_FORMATS)
    it(`is exported as ${format}`, async () => {
      const args = format === 'site' ? [] : [ID];
      const { code, stderr } = await room.exported(format, `bare-${format}`, ...args);
      assert.equal(code, WITHOUT_CAPTURES[format] ?? 0, stderr);
      assert.doesNotMatch(stderr, /INTERNAL/);
    });
});

/** Nothing was captured of it: there is nothing for these to hold, and they say so. */
const WITHOUT_CAPTURES: Readonly<Partial<Record<string, number>>> = { wacz: EXIT.incomplete, warc: EXIT.incomplete };
