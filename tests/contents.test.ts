/** The hash by which archives are compared: of the bytes of a document, whatever stands in it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { FRAME } from '../src/archive/document.ts';
import { sha256 } from '../src/archive/record.ts';
import { contentOf } from '../src/evidence/contents.ts';
import { documentOf } from './support/drafts.ts';

const ID = 'guancha:1';
const PIECES = [
  '<p>一</p>',
  '<img src="a.jpg"/>',
  '  \n</div>',
  ' \u3000\u00a0',
  '\n',
  'é',
  '𠀀',
  '\ufffd',
  '<p>x</p> ',
];

it('the content of a document is the hash of its title, date and body without the pictures that head it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
      const text = documentOf('BODY').replace('BODY', pieces.join(''));
      const [, title, , , , , , date, , body = ''] = FRAME.exec(text) ?? [];
      const shown = body.replace(/^(?:\s*<img\b[^>]*>)*\s*/, '');
      assert.equal(contentOf(Buffer.from(text), ID), sha256(`${title}\n${date}\n${shown}`));
    }),
  );
});

it('bytes that are no UTF-8 count as the text that is read from them', () => {
  const [before = '', after = ''] = documentOf('<p>BODY</p>').split('BODY');
  const broken = Buffer.concat([Buffer.from(before), Buffer.from([0xe4, 0xb8]), Buffer.from(after)]);
  assert.equal(contentOf(broken, ID), contentOf(Buffer.from(broken.toString()), ID));
  assert.equal(contentOf(Buffer.from('no document'), ID), null);
});

it('a community post has the same content whenever it was visited, an article another with another date', () => {
  const [early, late] = ['08:59', '09:30'].map((time) =>
    Buffer.from(documentOf('<p>BODY</p>').replace(/(?<=\ndate: .*)\d\d:\d\d(?=:\d\d)/, time)),
  );
  assert.ok(early !== undefined && late !== undefined && !early.equals(late));
  assert.equal(contentOf(early, 'fengwen:1'), contentOf(late, 'fengwen:1'));
  assert.notEqual(contentOf(early, ID), contentOf(late, ID));
});
