/** The lists of the day: where each lies, when its address is in use, and how it is written. */
import type { OriginName } from '../serve/reply.ts';
import type { ListingForm } from '../write/listings.ts';
import type { DayPlan } from './plan.ts';

/** What decides which articles a list has; a column keeps its articles when its address changes. */
export type Desk = 'headline' | 'news' | 'opinion' | 'economy' | 'strategy' | 'home' | 'posts';

export interface DayList {
  /** Name of the source in `config()`. */
  readonly name: string;
  readonly desk: Desk;
  readonly origin: Extract<OriginName, 'www' | 'community'>;
  readonly form: ListingForm;
  /** Path, and query if any, of its only page; `·` escaped. */
  readonly path: string;
  /** Whether the address came or goes with the change of the CMS. */
  readonly age: 'lasting' | 'old' | 'new';
}

const COLUMNS = [
  { name: '财经', desk: 'economy', old: '/economy/list_1.shtml', now: '/column/CaiJing/1' },
  { name: '国际战略', desk: 'strategy', old: '/GuoJi%C2%B7ZhanLue/list_1.shtml', now: '/column/GuoJi%C2%B7ZhanLue/1' },
] as const;

/** Without a change of the CMS there are only the columns of the old one. How the community writes its list no page shows: here as a column. */
export function listsOf({ cmsChangeAt }: DayPlan): readonly DayList[] {
  const www = { origin: 'www', age: 'lasting' } as const;
  const old = COLUMNS.map(
    ({ name, desk, old: path }) => ({ ...www, name, desk, form: 'column', path, age: 'old' }) as const,
  );
  const modern = COLUMNS.map(
    ({ name, desk, now: path }) => ({ ...www, name: `新${name}`, desk, form: 'new-column', path, age: 'new' }) as const,
  );
  return [
    { ...www, name: '头条', desk: 'headline', form: 'headlines', path: '/GuanChaZheTouTiao/list_1.shtml' },
    { ...www, name: '要闻', desk: 'news', form: 'news', path: '/mainnews-yw/list_1.shtml' },
    { ...www, name: '时评', desk: 'opinion', form: 'opinion', path: '/mainnews-sp/list_1.shtml' },
    ...old,
    ...(cmsChangeAt === null ? [] : modern),
    { ...www, name: '首页', desk: 'home', form: 'home', path: '/' },
    {
      name: '风闻',
      desk: 'posts',
      origin: 'community',
      form: 'column',
      path: '/main/index?page=1&order=3',
      age: 'lasting',
    },
  ];
}

/** The instant whose state a list's address shows at `now`; null while it leads home. */
export function instantShown({ age }: DayList, { cmsChangeAt, oldColumns }: DayPlan, now: number): number | null {
  if (age === 'lasting' || cmsChangeAt === null) return now;
  if (age === 'new') return now < cmsChangeAt ? null : now;
  if (now < cmsChangeAt || oldColumns === 'live') return now;
  return oldColumns === 'frozen' ? cmsChangeAt : null;
}
