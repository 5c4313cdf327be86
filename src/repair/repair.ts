/** The repair: audits, does what would mend each finding, and audits again until nothing is left that was not tried. */
import { audit } from '../audit/audit.ts';
import { CHECKS, type CheckCode } from '../audit/checks-table.ts';
import type { Finding, RepairKind } from '../audit/finding.ts';
import type { Log } from '../log.ts';
import type { Bench } from './bench.ts';
import { KINDS } from './kinds.ts';
import { restoreBytes } from './restore-bytes.ts';

export interface RepairReport {
  /** What is not found any more. */
  readonly mended: readonly Finding[];
  /** What still is, and why. */
  readonly left: readonly { readonly finding: Finding; readonly why: string }[];
}

export interface RepairOptions {
  /** The checks whose findings are mended. */
  readonly codes: readonly CheckCode[];
  /** Threads of each audit. */
  readonly jobs: number;
  readonly log: Log;
  /** What was mended before the archive could be held. */
  readonly before: readonly Finding[];
}

/** Damage may hide behind damage; more layers than these, nobody has seen. */
const MOST_ROUNDS = 6;

/**
 * Mends an archive that the caller holds.
 * @returns null where it was stopped: then only another audit knows what is left
 */
export async function repair(bench: Omit<Bench, 'leave'>, options: RepairOptions): Promise<RepairReport | null> {
  const { codes, jobs, log, before } = options;
  const reasons = new Map<string, string>();
  const tried = new Map<string, Finding>(before.map((found) => [nameOf(found), found]));
  const leave = (found: Finding, why: string) => void reasons.set(nameOf(found), why);
  for (let round = 1; ; round++) {
    const found = await findings(bench.root, { codes, jobs, signal: bench.stopping });
    if (bench.stopping.aborted) return null;
    const fresh = found.filter((each) => !tried.has(nameOf(each)));
    if (fresh.length === 0 || round > MOST_ROUNDS) return reportOf(found);
    log({ level: 'info', stage: 'repair', message: `round ${round}: ${fresh.length} to mend` });
    for (const each of fresh) tried.set(nameOf(each), each);
    const rest = await restoreBytes(fresh, { ...bench, leave });
    for (const kind of Object.keys(KINDS) as RepairKind[]) {
      const asked = rest.filter(({ code }) => CHECKS[code].repair === kind);
      if (asked.length > 0) await KINDS[kind].mend(asked, { ...bench, leave });
      if (bench.stopping.aborted) return null;
    }
  }

  function reportOf(found: readonly Finding[]): RepairReport {
    const still = new Set(found.map(nameOf));
    return {
      mended: [...tried].filter(([name]) => !still.has(name)).map(([, each]) => each),
      left: found.map((each) => ({ finding: each, why: reasons.get(nameOf(each)) ?? UNCHANGED })),
    };
  }
}

const UNCHANGED = 'it was tried, and the same came of it: the site gives it so';

/** All findings of an audit. */
export async function findings(
  root: string,
  options: { readonly codes: readonly CheckCode[]; readonly jobs: number; readonly signal: AbortSignal },
): Promise<Finding[]> {
  const found: Finding[] = [];
  const selection = { stems: null, since: null };
  for await (const each of audit({ root, selection, ...options })) found.push(each);
  return found;
}

/** What it is about, whatever was seen this time. */
function nameOf({ code, path, article }: Finding): string {
  return `${code} ${article ?? ''} ${path}`;
}
