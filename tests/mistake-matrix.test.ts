/** Every command, argument and flag by every way to get it wrong: what is said, with which exit code, and that nothing is made or changed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ERRORS } from '../src/errors.ts';
import { createProgram } from '../src/program.ts';
import { temporaryFolder } from './support/command.ts';
import { mistakesOf } from './support/mistakes/cases.ts';
import { differences, faultsOf, faultsOfRemedy, flagsOf, makeWorld, treeOf } from './support/mistakes/world.ts';
import { runHere } from './support/run-here.ts';

const NO_TERMINAL = { write: () => {} };
const program = createProgram({
  io: { stdout: NO_TERMINAL, stderr: NO_TERMINAL },
} as unknown as Parameters<typeof createProgram>[0]);
const known = flagsOf(program);

describe('mistakes by enumeration', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await makeWorld(folder.path);
  });
  after(() => folder[Symbol.asyncDispose]());

  it('get a clear answer, each with the right exit code, and change nothing', async () => {
    const wrong: string[] = [];
    let tree = treeOf(folder.path);
    let count = 0;
    for (const mistake of mistakesOf(program)) {
      count += 1;
      const [name = '', ...rest] = mistake.argv.map((word) => word.replaceAll('AT/', `${folder.path}/`));
      const flags = known.get(name);
      const json = count % 2 === 0 && flags?.has('--json') !== false;
      const config = flags?.has('--config') === true && !rest.some((word) => word.startsWith('--config'));
      const argv = [
        name,
        ...(config ? ['--config', `${folder.path}/config.yaml`] : []),
        ...(json && flags !== undefined ? ['--json'] : []),
        ...rest,
        ...(json && flags === undefined ? ['--json'] : []),
      ];
      const told = await runHere(argv);
      const after = treeOf(folder.path);
      const faults = [
        ...faultsOf(told, { json, known }),
        ...(mistake.exits.includes(told.exit) ? [] : [`exit ${told.exit}, not ${mistake.exits.join(' or ')}`]),
        ...((mistake.says ?? /./).test(told.stdout + told.stderr) ? [] : [`does not say ${String(mistake.says)}`]),
        ...(mistake.writes === true ? [] : differences(tree, after)),
      ];
      tree = after;
      if (faults.length > 0) wrong.push([argv.join(' '), ...faults, told.stdout + told.stderr].join('\n  '));
    }
    assert.deepEqual(wrong, []);
    assert.ok(count > 1500, `${count}`);
  });

  it('have remedies whose commands and flags exist', () => {
    for (const [code, { fix }] of Object.entries(ERRORS)) assert.deepEqual(faultsOfRemedy(fix, known), [], code);
  });
});
