/** `repair`: repairs what the audit finds, and reports what cannot be repaired, with the reason. */

import { availableParallelism } from 'node:os';
import type { App } from '../app.ts';
import { FRONTIER } from '../archive/keys.ts';
import { requireInFolder } from '../archive/open-storage.ts';
import { CHECKS, type Finding } from '../audit/promises.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import { watchSite } from '../repair/context.ts';
import { clearFrontier } from '../repair/frontier.ts';
import { findings, KINDS, repair as repairArchive } from '../repair/repair.ts';
import type { Terminal } from '../report/terminal.ts';
import { joined, type Style, style } from '../report/text.ts';
import { codesOf, MOST_JOBS } from './audit.ts';
import { requireArchive } from './existing-archive.ts';
import { aloneOrHandedOver, type Wait } from './hand-over.ts';
import { knownKeys, verifyContext } from './sealing.ts';
import { type Interrupts, withArchive } from './session.ts';

type State = 'repaired' | 'unrepaired' | 'planned';

const MARKS: Readonly<Record<State, readonly [mark: string, style: Style]>> = {
  repaired: ['✓', 'green'],
  unrepaired: ['✗', 'red'],
  planned: ['→', 'dim'],
};

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/**
 * Repairs the configured archive.
 * @returns `incomplete` if something is left unrepaired. Throws USAGE; ARCHIVE_IN_USE if another run holds the archive
 */
export async function repair(
  flags: { readonly only: readonly string[]; readonly dryRun: boolean; readonly wait?: Wait },
  context: Context,
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const {
    archive: root,
    cluster: { postgres },
  } = config;
  requireInFolder(config, 'repair');
  requireArchive(config);
  const codes = codesOf(flags.only);
  const jobs = Math.min(availableParallelism(), MOST_JOBS);
  const seals = verifyContext(root, config);
  if (flags.dryRun) {
    const found = await findings(root, { codes, seals, jobs, signal: interrupts.stopSignal, postgres });
    for (const each of found) report(terminal, each, { state: 'planned', how: KINDS[CHECKS[each.code].repair].plan });
    const text = found.length === 0 ? '✓ nothing is wrong' : `${found.length} to repair; nothing was changed`;
    terminal.summary('repair', { planned: found.length }, text);
    return interrupts.stopSignal.aborted ? EXIT.interrupted : EXIT.ok;
  }

  requireNoHands(config);
  const order = { kind: 'repair', arguments: { only: flags.only, json: terminal.json } } as const;
  return aloneOrHandedOver(order, { ...context, wait: flags.wait }, (lock) => {
    const before: Finding[] = [];
    const beforeFrontier = async ({ storage, trash }: Pick<App, 'storage' | 'trash'>) => {
      if (postgres !== null) return; // nothing of a server's database can make way
      before.push(...(await clearFrontier(storage, trash)).filter(({ code }) => codes.includes(code)));
    };
    const opening = { command: 'repair', wait: null, lock, prepared: flags.only.length > 0, beforeFrontier };
    return withArchive(config, terminal, opening, (app) => repairNow({ ...flags, before }, app, context));
  });
}

/** Who works for a cluster holds no lock of the archive. @throws ARCHIVE_IN_USE */
function requireNoHands(config: Config): void {
  if (config.cluster.postgres === null) return;
  using operations = openOperations(config, { readOnly: true });
  const [hand, ...others] = operations.shared?.hands.working() ?? [];
  if (hand === undefined) return;
  const more = others.length === 0 ? '' : ` and ${counted(others.length, 'other')}`;
  throw new ArchiveError('ARCHIVE_IN_USE', `${hand.command} ${hand.name}${more} work for the cluster: stop them first`);
}

/**
 * The repair itself, in an archive that is open and in which nothing else is in hand.
 * @param options `before`: what was repaired before it was opened
 */
export async function repairNow(
  { only, before }: { readonly only: readonly string[]; readonly before: readonly Finding[] },
  app: App,
  { config, terminal, interrupts }: Context,
): Promise<ExitCode> {
  const result = await repairArchive(
    {
      ...config.politeness,
      ...config.revisits,
      ...app,
      root: config.archive,
      postgres: config.cluster.postgres,
      convention: config.document.date,
      stopSignal: interrupts.stopSignal,
      abortSignal: interrupts.abortSignal,
      site: watchSite(),
      sealKeys: await knownKeys(app.storage, config),
    },
    {
      codes: codesOf(only),
      seals: verifyContext(config.archive, config),
      jobs: Math.min(availableParallelism(), MOST_JOBS),
      log: terminal.log,
      before,
    },
  );
  if (result === null) return EXIT.interrupted;
  const { repaired, unrepaired } = result;
  for (const each of repaired) report(terminal, each, { state: 'repaired', how: '' });
  for (const { finding, why } of unrepaired) report(terminal, finding, { state: 'unrepaired', how: why });
  const summary = { repaired: repaired.length, unrepaired: unrepaired.length, trash: app.trash.used() };
  const moved = summary.trash === null ? '' : `; what was moved away lies in ${summary.trash}`;
  terminal.summary(
    'repair',
    summary,
    repaired.length + unrepaired.length === 0
      ? '✓ nothing is wrong'
      : `${repaired.length} repaired, ${unrepaired.length} not repaired${moved}`,
  );
  return unrepaired.length === 0 ? EXIT.ok : EXIT.incomplete;
}

function report(
  terminal: Terminal,
  { severity, code, article, path, detail, repair: kind }: Finding,
  { state, how }: { readonly state: State; readonly how: string },
): void {
  const [mark, colour] = MARKS[state];
  const where = path === FRONTIER && article !== null ? `${path}  ${article}` : path;
  const parts = [style(colour, `${mark} ${code}`), where, how].filter((part) => part !== '');
  terminal.result(joined(parts, '  '), {
    type: 'repair',
    state,
    severity,
    code,
    article,
    path,
    detail,
    repair: kind,
    how: how === '' ? null : how,
  });
}
