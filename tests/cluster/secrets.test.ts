/** What opens the services of a cluster is said nowhere: not where they answer, are away or refuse, nor of a configuration that is wrong. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run, temporaryFolder } from '../support/command.ts';

const SECRET = 'p@ss/wörd-of-the-cluster';
const SPELT = encodeURIComponent(SECRET);
const AWAY = { postgres: `postgres://archive:${SPELT}@127.0.0.1:1/papers`, redis: `redis://:${SPELT}@127.0.0.1:1` };
const WRONG = {
  postgres: { ...AWAY, postgres: `mysql://archive:${SPELT}@127.0.0.1/archive` },
  redis: { ...AWAY, redis: `http://:${SPELT}@127.0.0.1` },
  'no address': { ...AWAY, postgres: `archive:${SPELT}@127.0.0.1` },
  'an unknown key': { ...AWAY, password: SECRET },
};

async function outputOf(args: readonly string[], cluster: object): Promise<string> {
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, JSON.stringify({ archive: './archive', cluster }));
  const { code, stdout, stderr } = await run([...args, '--json', '--config', config]);
  assert.notEqual(code, 0, args.join(' '));
  return stdout + stderr;
}

describe('the secrets of a cluster', () => {
  const commands = [['status'], ['cluster', 'init'], ['cluster', 'status'], ['retry']];
  for (const args of commands)
    it(`are not said by ${args.join(' ')} where nothing answers`, async () => {
      const output = await outputOf(args, AWAY);
      for (const secret of [SECRET, SPELT]) assert.ok(!output.includes(secret), output);
      assert.match(output, /postgres:\/\/127\.0\.0\.1:1\/papers/);
    });

  for (const [name, cluster] of Object.entries(WRONG))
    it(`are not said of a configuration with another kind of ${name}`, async () => {
      const output = await outputOf(['status'], cluster);
      for (const secret of [SECRET, SPELT]) assert.ok(!output.includes(secret), output);
    });
});
