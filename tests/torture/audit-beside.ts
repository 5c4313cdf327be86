/**
 * Audits one after the other beside a busy crawl, beside visits of edited articles, and beside a repair: each finds what an
 * audit of the archive at rest finds, and nothing else. Beside the first two the seals are checked as well (`verify`).
 * As a program: `audit-beside.ts [--audits N] [--articles N]`.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from '../../src/audit/audit.ts';
import { nameOf } from '../../src/audit/beside-runs.ts';
import { CHECKS, type CheckCode, type Finding } from '../../src/audit/promises.ts';
import { ArchiveError } from '../../src/errors.ts';
import type { SealFinding } from '../../src/evidence/findings.ts';
import { verify } from '../../src/evidence/verify.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { start, temporaryFolder } from '../support/command.ts';
import { unseen } from '../support/sealed-archive.ts';
import { files } from '../support/tree.ts';

const CODES = Object.keys(CHECKS) as CheckCode[];
const DAMAGED = 6;

/** @returns how many audits, and checks of the seals, ran beside a run; throws where one of them found what is not so */
export async function auditBeside(options: {
  readonly audits: number;
  readonly articles: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly audits: number; readonly verifies: number }> {
  await using newspaper = await openNewspaper({ articles: options.articles, specials: false });
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  const root = join(folder.path, 'archive');
  const politeness = { intervalMs: 30, assetIntervalMs: 10, backoffMs: 0, concurrency: 2 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness, seal: 'run' }));
  let beside = 0;
  let verifies = 0;

  const findings = async (jobs: number): Promise<Finding[]> => {
    const found: Finding[] = [];
    const { signal } = new AbortController();
    const selection = { stems: null, since: null };
    for await (const each of audit({ root, selection, codes: CODES, jobs, signal, seals: unseen(root) }))
      if (each.severity !== 'note') found.push(each);
    return found;
  };

  /** What contradicts the seals; none where there is no seal yet. */
  const contradictions = async (): Promise<readonly SealFinding[]> => {
    try {
      const verified = await verify({ ...unseen(root), hasFiles: true });
      verifies += 1;
      return verified.findings;
    } catch (error) {
      if (error instanceof ArchiveError && error.code === 'NOT_SEALED') return [];
      throw error;
    }
  };

  /** Audits until the command has ended. @param known findings that are no false ones */
  const besides = async (args: readonly string[], known: readonly Finding[]): Promise<void> => {
    const running = start([...args, '--config', config]);
    let hasEnded = false;
    void running.ended.finally(() => {
      hasEnded = true;
    });
    const found: Finding[] = [];
    while (!hasEnded) {
      found.push(...(await findings(1 + (beside % 2))));
      beside += 1;
      if (known.length === 0) assert.deepEqual(await contradictions(), [], `verify beside ${args.join(' ')}`);
    }
    const { code, stderr } = await running.ended;
    assert.ok(code === 0 || code === 3, stderr);
    const right = new Set([...known, ...(await findings(1))].map(nameOf));
    const wrong = found.filter((each) => !right.has(nameOf(each)));
    assert.deepEqual(wrong, [], `${args.join(' ')}: ${wrong.length} false findings`);
    options.say(`${beside} audits and ${verifies} checks of the seals, the last beside ${args.join(' ')}`);
  };

  while (beside < options.audits) {
    rmSync(root, { recursive: true, force: true });
    await besides(['crawl'], []);
    for (const { url } of newspaper.articles.slice(0, 12)) {
      const { pathname } = new URL(url);
      for (const path of [pathname, pathname.replace('.shtml', '_s.shtml')]) {
        const page = newspaper.read(path);
        newspaper.put(path, { body: page.replace(/<\/p>/, `</p><p>更正 ${beside}。</p>`) });
      }
    }
    const urls = newspaper.articles.slice(0, 12).map(({ url }) => url);
    await besides(['archive', '--refresh', ...urls], []);
    const damaged = (await files(root))
      .filter((path) => /^(?:articles|records)\//.test(path))
      .filter((_, i) => i % 7 === 0);
    for (const path of damaged.slice(0, DAMAGED)) rmSync(join(root, path));
    await besides(['repair'], await findings(1));
  }
  return { audits: beside, verifies };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { audits: { type: 'string' }, articles: { type: 'string' } } });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const done = await auditBeside({
    audits: Number(values.audits ?? 200),
    articles: Number(values.articles ?? 60),
    say,
  });
  say(`${done.audits} audits and ${done.verifies} checks of the seals, no false finding`);
}
