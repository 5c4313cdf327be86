/** Hostile bodies in the reader: what its sanitiser lets pass, with nothing else in their way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { elementsBelow, parseFragment } from '../src/page/html.ts';
import { openSanitiser } from '../src/reader/sanitise.ts';
import { typeset } from '../src/reader/typeset.ts';
import { wordsIn } from '../src/reader/words.ts';
import { HOSTILE_BODIES } from './support/hostile-bodies.ts';

const NOWHERE = { base: 'https://www.guancha.cn/', pictures: new Map(), captions: new Map(), links: new Map() };
const words = wordsIn('zh');

const ELEMENTS = new Set(
  'a abbr b bdi bdo big blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h2 h3 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'alt class colspan datetime decoding dir height href lang loading rel reversed role rowspan scope span src start tabindex title width'.split(
    ' ',
  ),
);

/** What of some markup a browser could run, send or ask somebody for. */
function dangers(markup: string): string[] {
  return elementsBelow(parseFragment(markup).root().toArray()).flatMap(({ name, attribs }) => [
    ...(ELEMENTS.has(name) ? [] : [`<${name}>`]),
    ...Object.entries(attribs).flatMap(([attribute, value]) => {
      if (!ATTRIBUTES.has(attribute)) return [`${name} ${attribute}`];
      if (attribute === 'src') return /^\/pictures\/[0-9a-f]{64}\.\w+$/.test(value) ? [] : [`src ${value}`];
      if (attribute === 'href') return /^(?:https?:\/\/|\/articles\/)/.test(value) ? [] : [`href ${value}`];
      return [];
    }),
  ]);
}

describe('a hostile body', async () => {
  const sanitise = await openSanitiser();
  it('is of at least 80 kinds', () => assert.ok(Object.keys(HOSTILE_BODIES).length >= 80));
  for (const [kind, body] of Object.entries(HOSTILE_BODIES)) {
    it(`keeps nothing that runs or asks, typeset or as it is: ${kind}`, () => {
      for (const given of [body, typeset(body, { ...NOWHERE, words }).body]) {
        const shown = sanitise(given);
        assert.deepEqual(dangers(shown), [], shown);
        assert.equal(sanitise(shown), shown, 'and a second time changes nothing');
      }
    });
  }

  it('is none where pieces of such bodies are put together in any order', () => {
    const pieces = Object.values(HOSTILE_BODIES).flatMap((body) => body.split(/(?=<)|(?<=>)/));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), (chosen) => {
        assert.deepEqual(dangers(sanitise(chosen.join(''))), []);
      }),
      { numRuns: 500 },
    );
  });
});
