/** Which lists have an article, by chance and independent of each other. */
import type { Random } from '../write/random.ts';
import type { Desk } from './lists.ts';

/** How likely each list is to have an article. */
export const ARTICLE_CHANCES = {
  headline: 0.25,
  news: 0.6,
  opinion: 0.3,
  economy: 0.4,
  strategy: 0.4,
  home: 0.5,
} as const;
export const POST_CHANCES = { posts: 0.9, home: 0.5 } as const;

/** The lists of an article that is on at least one. */
export function drawDesks(random: Random, chances: Readonly<Partial<Record<Desk, number>>>): readonly Desk[] {
  const desks = Object.entries(chances) as [Desk, number][];
  for (;;) {
    const drawn = desks.filter(([, chance]) => random.chance(chance)).map(([desk]) => desk);
    if (drawn.length > 0) return drawn;
  }
}
