/** The repair: audits, does what would mend each finding, and audits again until nothing is left that was not tried. */
import { audit } from '../audit/audit.ts';
import { CHECKS, type CheckCode, type Finding, type RepairKind } from '../audit/promises.ts';
import type { Log } from '../log.ts';
import type { RepairContext, RepairWork } from './context.ts';
import { removeDuplicate, restoreBytes, toTrash } from './files.ts';
import { rebuildFrontier } from './frontier.ts';
import { refetchPicture } from './pictures.ts';
import { rebuildRecord } from './rebuild-record.ts';
import { revisit } from './revisit.ts';

interface RepairReport {
  /** What is not found any more. */
  readonly mended: readonly Finding[];
  /** What still is, and why. */
  readonly left: readonly { readonly finding: Finding; readonly why: string }[];
}

interface RepairOptions {
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
export async function repair(
  context: Omit<RepairContext, 'leave'>,
  options: RepairOptions,
): Promise<RepairReport | null> {
  const { codes, jobs, log, before } = options;
  const reasons = new Map<string, string>();
  const tried = new Map<string, Finding>(before.map((found) => [nameOf(found), found]));
  const leave = (found: Finding, why: string) => void reasons.set(nameOf(found), why);
  for (let round = 1; ; round++) {
    const found = await findings(context.root, { codes, jobs, signal: context.stopSignal });
    if (context.stopSignal.aborted) return null;
    const fresh = found.filter((each) => !tried.has(nameOf(each)));
    if (fresh.length === 0 || round > MOST_ROUNDS) return reportOf(found);
    log({ level: 'info', stage: 'repair', message: `round ${round}: ${fresh.length} to mend` });
    for (const each of fresh) tried.set(nameOf(each), each);
    const rest = await restoreBytes(fresh, { ...context, leave });
    for (const kind of Object.keys(KINDS) as RepairKind[]) {
      const asked = rest.filter(({ code }) => CHECKS[code].repair === kind);
      if (asked.length > 0) await KINDS[kind].mend(asked, { ...context, leave });
      if (context.stopSignal.aborted) return null;
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

// Every kind of repair: what it does, in words, and what does it. In the order in which they are done.

interface Kind {
  /** What `--dry-run` says. */
  readonly would: string;
  readonly mend: RepairWork;
}

/** First what makes way, then what needs no network, then visits, then pictures of records that are right by then. */
export const KINDS: Readonly<Record<RepairKind, Kind>> = {
  'to-trash': { would: 'move it to trash/', mend: toTrash },
  'remove-duplicate': { would: 'move the one that the frontier does not name to trash/', mend: removeDuplicate },
  'rebuild-record': { would: 'write the record again, or visit the article', mend: rebuildRecord },
  revisit: { would: 'take the bytes from elsewhere in the archive, or visit the article', mend: revisit },
  'refetch-picture': {
    would: 'take the bytes from elsewhere in the archive, or fetch the picture',
    mend: refetchPicture,
  },
  'rebuild-frontier': { would: 'write the rows again from the records', mend: rebuildFrontier },
  'restore-backup': {
    would: 'look for the bytes elsewhere in the archive',
    mend: (findings, context) => manual(findings, context),
  },
  none: { would: 'leave it to a person', mend: (findings, context) => manual(findings, context) },
};

// What no program can mend: it stays listed, with what a person can do.

const manual: RepairWork = async (findings, context) => {
  for (const found of findings) {
    const { mend, repair } = CHECKS[found.code];
    const isLost = repair === 'restore-backup';
    context.leave(
      found,
      isLost ? `the bytes are nowhere in this archive, and the site does not have them: ${mend}` : mend,
    );
  }
};
