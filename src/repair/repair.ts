/** The repair: audits, repairs what was found, and audits again until every finding has been tried once. */
import { type AuditOptions, audit } from '../audit/audit.ts';
import { nameOf } from '../audit/beside-runs.ts';
import { CHECKS, type CheckCode, type Finding, type RepairKind } from '../audit/promises.ts';
import type { Log } from '../log.ts';
import { endCapture, findCapture } from './captures.ts';
import type { RepairContext, RepairWork } from './context.ts';
import { removeDuplicate, restoreBytes, toTrash } from './files.ts';
import { rebuildFrontier } from './frontier.ts';
import { refetchPicture } from './pictures.ts';
import { rebuildRecord } from './rebuild-record.ts';
import { revisit } from './revisit.ts';
import { rebuildSeals } from './seals.ts';

interface RepairReport {
  /** What the last audit does not find any more. */
  readonly repaired: readonly Finding[];
  /** What still is, and why. */
  readonly unrepaired: readonly { readonly finding: Finding; readonly why: string }[];
}

interface RepairOptions {
  /** The checks whose findings are repaired. */
  readonly codes: readonly CheckCode[];
  /** What the seals are checked with. */
  readonly seals: AuditOptions['seals'];
  /** Threads of each audit. */
  readonly jobs: number;
  readonly log: Log;
  /** What was repaired before the archive could be locked. */
  readonly before: readonly Finding[];
}

/** One damage may hide another. More rounds than these were never needed. */
const MOST_ROUNDS = 6;

/**
 * Repairs an archive whose lock the caller holds.
 * @returns null if it was stopped: then only another audit says what is left
 */
export async function repair(
  context: Omit<RepairContext, 'leave'>,
  options: RepairOptions,
): Promise<RepairReport | null> {
  const { codes, seals, jobs, log, before } = options;
  const reasons = new Map<string, string>();
  const tried = new Map<string, Finding>(before.map((found) => [nameOf(found), found]));
  const leave = (found: Finding, why: string) => void reasons.set(nameOf(found), why);
  for (let round = 1; ; round++) {
    await context.captures?.end(); // what this run has written is then read as what it is
    const all = await findings(context.root, {
      codes,
      seals,
      jobs,
      signal: context.stopSignal,
      isAlone: true,
      postgres: context.postgres,
    });
    const found = all.filter(({ severity, repair: kind }) => severity !== 'note' || kind !== 'none'); // nothing is wrong
    if (context.stopSignal.aborted) return null;
    const fresh = found.filter((each) => !tried.has(nameOf(each)));
    if (fresh.length === 0 || round > MOST_ROUNDS) return reportOf(found);
    log({ level: 'info', stage: 'repair', message: `round ${round}: ${fresh.length} to repair` });
    for (const each of fresh) tried.set(nameOf(each), each);
    const rest = await restoreBytes(fresh, { ...context, leave });
    for (const kind of Object.keys(KINDS) as RepairKind[]) {
      const asked = rest.filter(({ code }) => CHECKS[code].repair === kind);
      if (asked.length > 0) await KINDS[kind].repair(asked, { ...context, leave });
      if (context.stopSignal.aborted) return null;
    }
  }

  function reportOf(found: readonly Finding[]): RepairReport {
    const still = new Set(found.map(nameOf));
    return {
      repaired: [...tried].filter(([name]) => !still.has(name)).map(([, each]) => each),
      unrepaired: found.map((each) => ({ finding: each, why: reasons.get(nameOf(each)) ?? UNCHANGED })),
    };
  }
}

const UNCHANGED = 'it was tried, without success: the site gives the same again';

/** All findings of an audit but those that need no repair. */
export async function findings(
  root: string,
  options: Pick<AuditOptions, 'codes' | 'seals' | 'jobs' | 'signal' | 'isAlone' | 'postgres'>,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const selection = { stems: null, since: null };
  for await (const each of audit({ root, selection, ...options }))
    if (each.severity !== 'note' || each.repair !== 'none') found.push(each);
  return found;
}

// Every kind of repair: what it does, in words, and what does it. In the order in which they are done.

interface Kind {
  /** What `--dry-run` says that it would do. */
  readonly plan: string;
  readonly repair: RepairWork;
}

/** First what makes way, then what needs no network, then visits, then pictures of records that are right by then. */
export const KINDS: Readonly<Record<RepairKind, Kind>> = {
  'to-trash': { plan: 'move it to trash/', repair: toTrash },
  'rebuild-log': {
    plan: 'write it again from what leads to the signed checkpoint',
    repair: rebuildSeals,
  },
  'end-capture': { plan: 'end it at its last whole exchange', repair: endCapture },
  'remove-duplicate': { plan: 'move the one that the frontier does not name to trash/', repair: removeDuplicate },
  'rebuild-record': { plan: 'write the record again, or visit the article', repair: rebuildRecord },
  'find-capture': { plan: 'look for the exchange in all captures', repair: findCapture },
  revisit: { plan: 'take the bytes from elsewhere in the archive, or visit the article', repair: revisit },
  'refetch-picture': {
    plan: 'take the bytes from elsewhere in the archive, or fetch the picture',
    repair: refetchPicture,
  },
  'rebuild-frontier': { plan: 'write the rows again from the records', repair: rebuildFrontier },
  'restore-backup': {
    plan: 'look for the bytes elsewhere in the archive',
    repair: (findings, context) => manual(findings, context),
  },
  none: { plan: 'leave it to a person', repair: (findings, context) => manual(findings, context) },
};

// What no program can repair: it is reported, with what a person can do.

const manual: RepairWork = async (findings, context) => {
  for (const found of findings) {
    const { fix, repair } = CHECKS[found.code];
    const isLost = repair === 'restore-backup';
    context.leave(
      found,
      isLost ? `the bytes are nowhere in this archive, and the site does not have them: ${fix}` : fix,
    );
  }
};
