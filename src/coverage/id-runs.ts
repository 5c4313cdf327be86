/** What is known of numbers, as runs of neighbours of which the same is known: memory grows with the changes, not with the counter. */

export type IdState =
  | 'archived'
  | 'withdrawn'
  | 'gone'
  | 'moved'
  | 'link-out'
  | 'failed'
  | 'blocked'
  | 'refused'
  | 'waiting'
  | 'unpublished';

/** What is known of one number. */
export interface IdFact {
  readonly state: IdState;
  /** Of what ended failed, blocked or refused. */
  readonly code: string | null;
  /** The day of publication in Beijing; null for a number that is nobody's. */
  readonly day: string | null;
  /** Publication in ms since 1970; within the day where only that is known. */
  readonly at: number;
}

/** Numbers `from` to `to`, both included. */
export interface IdRun extends Pick<IdFact, 'state' | 'code' | 'day'> {
  readonly from: number;
  readonly to: number;
  /** When the first and the last of them were published, ms since 1970. */
  readonly fromAt: number;
  readonly toAt: number;
}

export interface IdRuns {
  /** False, and nothing is changed, where the number is known already: what is said first counts. */
  add(id: number, fact: IdFact): boolean;
  find(id: number): IdRun | null;
  /** In the order of numbers. */
  all(): readonly IdRun[];
}

export function openIdRuns(): IdRuns {
  const runs: IdRun[] = [];
  return {
    add: (id, fact) => {
      const index = indexAfter(runs, id);
      const before = runs[index - 1];
      const after = runs[index];
      if (before !== undefined && before.to >= id) return false;
      const joinsBefore = before !== undefined && before.to === id - 1 && isSame(before, fact);
      const joinsAfter = after !== undefined && after.from === id + 1 && isSame(after, fact);
      if (joinsBefore && joinsAfter) runs.splice(index - 1, 2, { ...before, to: after.to, toAt: after.toAt });
      else if (joinsBefore) runs[index - 1] = { ...before, to: id, toAt: fact.at };
      else if (joinsAfter) runs[index] = { ...after, from: id, fromAt: fact.at };
      else {
        const { state, code, day, at } = fact;
        runs.splice(index, 0, { from: id, to: id, state, code, day, fromAt: at, toAt: at });
      }
      return true;
    },
    find: (id) => {
      const run = runs[indexAfter(runs, id) - 1];
      return run !== undefined && run.to >= id ? run : null;
    },
    all: () => runs,
  };
}

function isSame(run: IdRun, { state, code, day }: IdFact): boolean {
  return run.state === state && run.code === code && run.day === day;
}

/** Where the first run stands that begins after the number. */
function indexAfter(runs: readonly IdRun[], id: number): number {
  if ((runs.at(-1)?.from ?? Number.NEGATIVE_INFINITY) <= id) return runs.length; // numbers mostly come in their order
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.from ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
