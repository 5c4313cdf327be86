/** Which lists have an article, by chance: independent of each other, so that capture and recapture may be tried on them. */
import type { Random } from '../write/random.ts';
import type { Desk } from './lists.ts';

/** How likely each list is to have an article. */
const ARTICLE_CHANCES = { headline: 0.25, news: 0.6, opinion: 0.3, economy: 0.4, strategy: 0.4, home: 0.5 } as const;
const POST_CHANCES = { posts: 0.9, home: 0.5 } as const;

export interface Chances {
  readonly article: Readonly<Partial<Record<Desk, number>>>;
  readonly post: Readonly<Partial<Record<Desk, number>>>;
}

/**
 * The chances of a day. Where a share of the articles is on no list, chances are such that independent lists would miss
 * that share: what a method that assumes so must find. Where there is none they stand as above.
 */
export function chancesOf(hiddenShare: number): Chances {
  const missed = Object.values(ARTICLE_CHANCES).reduce((product, chance) => product * (1 - chance), 1);
  const power = hiddenShare === 0 ? 1 : Math.log(hiddenShare) / Math.log(missed);
  const article = Object.entries(ARTICLE_CHANCES).map(([desk, chance]) => [desk, 1 - (1 - chance) ** power] as const);
  return { article: Object.fromEntries(article), post: POST_CHANCES };
}

/** The lists of an article that is on at least one. */
export function drawDesks(random: Random, chances: Readonly<Partial<Record<Desk, number>>>): readonly Desk[] {
  const desks = Object.entries(chances) as [Desk, number][];
  for (;;) {
    const drawn = desks.filter(([, chance]) => random.chance(chance)).map(([desk]) => desk);
    if (drawn.length > 0) return drawn;
  }
}
