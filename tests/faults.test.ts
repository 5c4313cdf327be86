/** The store cut off at every single step by which it writes: killed, on a full disk, on a failing one. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from './support/command.ts';
import { type Fault, installFaults } from './support/fault-points.ts';
import { PHASES, sweepAll } from './support/store-phases.ts';
import { digests } from './support/tree.ts';

const SUPPORT = join(import.meta.dirname, 'support');
const PRELOAD = pathToFileURL(join(SUPPORT, 'fault-points.ts')).href;

/** A halt proves the same of the files; that a killed process ends like one is tried now and then, or always in the long form. */
const KILL_EVERY = process.env.GUANCHA_ARCHIVE_TORTURE === '1' ? 1 : 12;

/** Path → digest. */
type State = Readonly<Record<string, string>>;

/** A phase with the states that it leads between. */
interface Stage {
  readonly name: string;
  /** A folder with the archive as it is before. */
  readonly from: string;
  readonly before: State;
  readonly after: State;
  readonly steps: number;
}

/** Runs every phase undisturbed, and counts its steps. */
async function rehearse(folder: string): Promise<readonly Stage[]> {
  const stages: Stage[] = [];
  const root = join(folder, 'whole');
  for (const [name, phase] of Object.entries(PHASES)) {
    const from = join(folder, `before ${name}`);
    await cp(root, from, { recursive: true, preserveTimestamps: true }).catch(() => {}); // the first has none
    const before = await digestsOf(root);
    using points = installFaults(null, (path) => path.startsWith(root));
    await phase(root);
    stages.push({ name, from, before, after: await digestsOf(root), steps: points.steps });
  }
  return stages;
}

const digestsOf = (root: string): Promise<State> =>
  digests(root, (path) => !path.startsWith('trash/')).catch(() => ({})); // there may be no archive yet

/** Cuts a stage off at a step; afterwards the archive is as before or as after, and the same phase again ends it. */
async function cutOff(
  stage: Stage,
  root: string,
  fault: Fault,
  attempt: (root: string) => Promise<unknown>,
): Promise<void> {
  const where = `${stage.name}, ${fault.kind} at step ${fault.at}`;
  await rm(root, { recursive: true, force: true });
  await cp(stage.from, root, { recursive: true }).catch(() => {});
  await attempt(root);
  await sweepAll(root);
  const swept = steady(await digestsOf(root));
  const states = [stage.before, stage.after].map(steady);
  assert.ok(states.includes(swept), `${where}: neither the old state nor the new one, but ${swept}`);
  await PHASES[stage.name]?.(root);
  assert.deepEqual(await digestsOf(root), stage.after, where);
}

/** A state without what may be there too early or go too early: bytes that no record names yet, the oldest in quarantine. */
function steady(state: State): string {
  return JSON.stringify(Object.entries(state).filter(([path]) => !/^(assets|quarantine)\//.test(path)));
}

describe('the store, cut off at every step', () => {
  for (const [kind, code] of [
    ['ENOSPC', 'ARCHIVE_FULL'],
    ['EIO', 'ARCHIVE_IO'],
  ] as const) {
    it(`by ${kind}: says so, damages nothing, and goes on when it is over`, async () => {
      await using folder = await temporaryFolder();
      const root = join(folder.path, 'cut');
      let refusals = 0;
      for (const stage of await rehearse(folder.path)) {
        for (let at = 1; at <= stage.steps; at++) {
          await cutOff(stage, root, { kind, at }, async () => {
            using _faults = installFaults({ kind, at }, (path) => path.startsWith(root));
            const error = await PHASES[stage.name]?.(root).then(
              () => null,
              (thrown: unknown) => thrown,
            );
            if (error === null) return; // a temporary name could not be taken away: that fails nothing
            assert.equal((error as { readonly code?: string }).code, code, `${stage.name}, step ${at}`);
            refusals += 1;
          });
        }
      }
      assert.ok(refusals > 60, `${refusals} refusals`);
    });
  }

  it('by a halt: leaves the old state or the new one, and goes on', async () => {
    await using folder = await temporaryFolder();
    for (const [number, stage] of (await rehearse(folder.path)).entries()) {
      for (let at = 1; at <= stage.steps; at++) {
        // A folder of its own for each: what was halted never wakes, but keeps its open files.
        const root = join(folder.path, `cut ${number} ${at}`);
        await cutOff(stage, root, { kind: 'halt', at }, async () => {
          using points = installFaults({ kind: 'halt', at }, (path) => path.startsWith(root));
          const ended = PHASES[stage.name]?.(root).then(() => 'ended');
          assert.equal(await Promise.race([points.halted, ended]), undefined, `${stage.name}, step ${at}`);
        });
        await rm(root, { recursive: true, force: true });
      }
    }
  });

  it(`by SIGKILL, at every ${KILL_EVERY === 1 ? '' : `${KILL_EVERY}th `}step: leaves the old state or the new one, and goes on`, async () => {
    await using folder = await temporaryFolder();
    const root = join(folder.path, 'cut');
    let step = 0;
    for (const stage of await rehearse(folder.path)) {
      for (let at = 1; at <= stage.steps; at++) {
        if (step++ % KILL_EVERY !== 0) continue;
        await cutOff(stage, root, { kind: 'kill', at }, async () => {
          const child = spawn(
            process.execPath,
            ['--import', PRELOAD, join(SUPPORT, 'store-phases.ts'), root, stage.name],
            {
              env: { ...process.env, GUANCHA_ARCHIVE_FAULT: `kill:${at}`, GUANCHA_ARCHIVE_FAULT_ROOT: root },
              stdio: ['ignore', 'inherit', 'inherit'],
            },
          );
          const [, signal] = await once(child, 'exit');
          assert.equal(signal, 'SIGKILL', `${stage.name}, step ${at}`);
        });
      }
    }
  });
});
