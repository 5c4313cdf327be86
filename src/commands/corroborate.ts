/** `corroborate OTHER`: what another archive, or only its log, has seen alike, differently, or alone. Reads only. */
import { resolve } from 'node:path';
import { inFolder } from '../archive/open-storage.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { compareSightings, sightingsOf } from '../evidence/corroborate.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import { requireArchive, requireArchiveIn } from './existing-archive.ts';
import { existingArchive } from './seal.ts';

const MEANS = {
  different: 'each has a content that the other never saw',
  'here-only': 'this archive has seen a later content',
  'there-only': 'the other archive has seen a later content',
} as const;

/** @param other an archive, or a folder with its `seals/` alone @throws NOT_SEALED, SEAL_DAMAGED, USAGE */
export async function corroborate(
  other: string,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const folder = resolve(expandPath(other, { code: 'USAGE', where: 'OTHER' }));
  requireArchive(config);
  requireArchiveIn(folder);
  const here = await sightingsOf(await existingArchive(config));
  const there = await sightingsOf(await existingArchive(inFolder(folder)));
  const { alike, differences, onlyHere, onlyThere } = compareSightings(here, there);
  for (const { id, kind, since, here: own, there: others } of differences)
    terminal.result(
      [
        line`${style('yellow', kind)}  ${id}  since the seal of ${since}: ${MEANS[kind]}`,
        `    ${own} here, ${others} there`,
      ],
      { type: 'sighting', id, kind, since, here: own, there: others },
    );
  if (terminal.json) {
    for (const id of onlyHere) terminal.result('', { type: 'sighting', id, kind: 'only-here' });
    for (const id of onlyThere) terminal.result('', { type: 'sighting', id, kind: 'only-there' });
  }
  const summary = { alike, different: differences.length, onlyHere: onlyHere.length, onlyThere: onlyThere.length };
  terminal.summary(
    'corroborate',
    summary,
    `${counted(alike, 'article')} seen alike, ${differences.length} differently; ${onlyHere.length} only here, ${onlyThere.length} only there`,
  );
  return differences.length === 0 ? EXIT.ok : EXIT.findings;
}
