/** Whether the body is this article's at all: it says something, more than what names the article, and of what that names. */
import { type Flag, flag } from '../flags.ts';
import { FENGWEN } from '../site/layouts.ts';
import { WORDS_OF_NOTICES } from '../site/notices.ts';
import type { CheckInput } from './check-input.ts';
import { bareText, shareOfNames } from './likeness.ts';

/** What texts of the site end with (site.md, 2.6). */
const CLOSING = /^本文系?.{0,30}(?:独家|原创|授权|转载)|未经授权.{0,4}不得转载/;
/** In characters. */
const LEAST_TEXT = 4;
/** Of 18 texts of the site all have at least 25 % of the pairs of their headline; of other headlines' pairs 91 % of them have less than this. */
const LEAST_SHARED = 0.15;
/** Below a player or a picture may stand a line that is not about what it shows. Of a post some pair in common is enough. */
const SHORT = 100;
/**
 * A text of more than a few paragraphs comes back to what its headline speaks of: of 16 so long all have at least 28 % of
 * its pairs below their first paragraph.
 */
const LONG = 300;

const HAN = /\p{Script=Han}/u;

export function checkLikeness({ found, article, bodies, others }: CheckInput): readonly Flag[] {
  const { title, summary, byline, images, media } = article;
  const isPost = found.layout === FENGWEN;
  const lines = bodies.flatMap((body) => body.lines);
  const prose = lines.filter((line) => line !== byline?.text && !CLOSING.test(line)).join('\n');
  const bare = bareText(prose);
  const names = [title, summary, others.listed?.title ?? null, others.listed?.summary ?? null];
  const suspect = (what: string) => [flag('body-suspect', `${what}: ${lines.join(' ').slice(0, SHORT)}`)];

  if (images.length + media.length === 0) {
    if (bare.length < LEAST_TEXT || bare.replace(WORDS_OF_NOTICES, '') === '') return suspect('next to nothing');
    if (names.some((name) => name !== null && bareText(name) === bare)) return suspect('nothing but what names it');
  } else if (bare.length < SHORT) {
    const isMute = bare === '' && media.length === 0 && !isPost;
    return isMute ? suspect('pictures without a word') : [];
  }
  if (HAN.test(title) && !HAN.test(prose)) return suspect('another writing than its headline');
  const share = shareOfNames(names, prose);
  const least = isPost ? Number.MIN_VALUE : LEAST_SHARED;
  if (share !== null && share < least)
    return suspect(`${Math.round(100 * share)} % in common with headline and summary`);
  const rest = prose.slice(prose.indexOf('\n') + 1);
  const below = isPost || bareText(rest).length < LONG ? null : shareOfNames([title], rest);
  return below === null || below >= LEAST_SHARED
    ? []
    : suspect(`${Math.round(100 * below)} % of the headline below the first paragraph`);
}
