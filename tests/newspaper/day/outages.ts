/** Which lists are broken when, and how they answer then. */
import type { DayList } from './lists.ts';
import type { DayPlan } from './plan.ts';
import type { Outage, OutageKind } from './truth.ts';

/** The planned ones, and those that the change of the CMS brings with it. */
export function outagesOf(lists: readonly DayList[], plan: DayPlan): readonly Outage[] {
  const { cmsChangeAt: change, startAt, oldColumns } = plan;
  const ofAge = (age: DayList['age']) => lists.filter((list) => list.age === age).map(({ name }) => name);
  if (change === null) return plan.outages;
  const retired = oldColumns === 'home' ? ofAge('old') : [];
  return [
    ...plan.outages,
    ...ofAge('new').map((source): Outage => ({ source, from: startAt, to: change, kind: 'not-yet' })),
    ...retired.map((source): Outage => ({ source, from: change, to: null, kind: 'retired' })),
  ];
}

/** How a list, or all of www (null), is broken at `now`; null where it is not. */
export function outageAt(outages: readonly Outage[], source: string | null, now: number): OutageKind | null {
  const holds = ({ from, to }: Outage) => from <= now && (to === null || now < to);
  return outages.find((outage) => outage.source === source && holds(outage))?.kind ?? null;
}
