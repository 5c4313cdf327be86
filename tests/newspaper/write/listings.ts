/** Which list names which article, and where each list lies. */
import { LISTED_SPECIALS } from './specials.ts';
import type { Story } from './story.ts';

/** How a list is written (site.md, 3.1). */
export type ListingForm = 'headlines' | 'news' | 'opinion' | 'column' | 'new-column' | 'home';

export interface Listing {
  /** The name of the source in `config()`; null for a column that no source names. */
  readonly name: string | null;
  readonly form: ListingForm;
  /** Path of page `n`, counted from 1. */
  readonly pathOf: (page: number) => string;
  readonly stories: readonly Story[];
  readonly pages: number;
}

/** Every list of the newspaper; drafts come newest first. */
export function makeListings(drafts: readonly Story[], size: number): readonly Listing[] {
  const listing = (name: string | null, form: ListingForm, folder: string, stories: readonly Story[]): Listing => {
    const pathOf = (page: number) => (form === 'new-column' ? `${folder}/${page}` : `${folder}/list_${page}.shtml`);
    return { name, form, pathOf, stories, pages: Math.max(1, Math.ceil(stories.length / size)) };
  };
  const isOrdinary = ({ truth }: Story) => truth.special === null && truth.era !== 'fengwen';
  const isOpinion = ({ truth }: Story) => truth.columnists.length > 0;
  const isNews = (story: Story) => isOrdinary(story) && !isOpinion(story);
  const isListedSpecial = ({ truth }: Story) => truth.special !== null && LISTED_SPECIALS.includes(truth.special);
  const ordinary = drafts.filter(isOrdinary);
  return [
    listing(
      '头条',
      'headlines',
      '/GuanChaZheTouTiao',
      ordinary.filter((_, index) => index % 4 === 0),
    ),
    listing(
      '要闻',
      'news',
      '/mainnews-yw',
      drafts.filter((story) => isNews(story) || isListedSpecial(story)),
    ),
    listing('时评', 'opinion', '/mainnews-sp', ordinary.filter(isOpinion)),
    { name: '首页', form: 'home', pathOf: () => '/', stories: homeStories(drafts), pages: 1 },
    ...columns(ordinary).map(([slug, stories]) => {
      const modern =
        stories.every(({ truth }) => truth.era === 'cms-2026') && stories.every((story) => !isOpinion(story));
      return listing(
        NAMED_COLUMNS[slug] ?? null,
        modern ? 'new-column' : 'column',
        modern ? `/column/${slug}` : `/${slug}`,
        stories,
      );
    }),
  ];
}

/** For each listed article the names of the sources that list it. */
export function namesByStory(listings: readonly Listing[]): ReadonlyMap<Story, readonly string[]> {
  const names = new Map<Story, string[]>();
  for (const { name, stories } of listings) {
    if (name === null) continue;
    for (const story of stories) names.set(story, [...(names.get(story) ?? []), name]);
  }
  return names;
}

/** Columns that `config()` names as sources: one old list and one of the new CMS. */
const NAMED_COLUMNS: Readonly<Record<string, string>> = { economy: '财经', 'GuoJi%C2%B7ZhanLue': '国际战略' };

/** The home page: some of the newest of each kind, and the posts. */
function homeStories(drafts: readonly Story[]): readonly Story[] {
  const shown = drafts.filter(({ truth }) => truth.special === null);
  const posts = shown.filter(({ truth }) => truth.era === 'fengwen').slice(0, 70);
  const articles = shown.filter(({ truth }) => truth.era !== 'fengwen').slice(0, 45);
  return [...articles, ...posts];
}

/** Articles by the slug of their address. */
function columns(stories: readonly Story[]): readonly (readonly [string, readonly Story[]])[] {
  return [...Map.groupBy(stories, ({ path }) => path.split('/')[1] ?? '')];
}
