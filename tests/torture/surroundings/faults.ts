/** What is wrong with how a command ended in bad surroundings. */
import { EXIT } from '../../../src/errors.ts';
import { faultsOf, type Known } from '../../support/mistakes/world.ts';
import type { Surrounding } from './cases.ts';

/** How a process ended, and what it said. */
export interface Tried {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
  /** It was asked to end by a signal. */
  readonly wasAsked: boolean;
  /** It had to be killed. */
  readonly isKilled: boolean;
}

const EXITS: ReadonlySet<number> = new Set(Object.values(EXIT));
/** Of the launcher, where the program was ended before it listened, or when it had ended its work. */
const BY_SIGNAL: ReadonlySet<number> = new Set([129, 130, 143]);
const TRACE = /^\s+at .+:\d+:\d+\)?$|node:internal|^Node\.js v|UnhandledPromise|\bINTERNAL\b/m;

export function faultsInBad(
  tried: Tried,
  {
    surrounding,
    json,
    known,
    allowed,
    changed,
    mayChange,
  }: {
    readonly surrounding: Surrounding;
    readonly json: boolean;
    readonly known: Known;
    /** Exit codes; null where any of docs/codes.md will do. */
    readonly allowed: readonly number[] | null;
    /** What was made, changed or taken away. */
    readonly changed: readonly string[];
    readonly mayChange: (path: string) => boolean;
  },
): readonly string[] {
  const { exit, signal, stdout, stderr, wasAsked, isKilled } = tried;
  const faults: string[] = [];
  if (isKilled) return ['does not end'];
  if (TRACE.test(stdout + stderr)) faults.push('a stack trace');
  faults.push(...changed.filter((line) => !mayChange(line.replace(/^(?:made|changed|took away) /, ''))));
  if (exit === null) {
    if (surrounding.signal?.name !== signal) faults.push(`ended by ${signal}`);
    return faults; // before the program listened
  }
  if (wasAsked && BY_SIGNAL.has(exit)) return faults;
  if (!EXITS.has(exit)) faults.push(`exit ${exit}, which is none`);
  if (allowed !== null && !allowed.includes(exit)) faults.push(`exit ${exit}, not ${allowed.join(' or ')}`);
  const hasBoth = surrounding.hasStreams !== false && exit !== EXIT.interrupted;
  if (hasBoth) faults.push(...faultsOf({ exit: exit as 0, stdout, stderr }, { json, known }));
  return [...new Set(faults)];
}
