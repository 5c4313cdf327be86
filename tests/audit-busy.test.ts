/** The audit reads the frontier beside runs that write to it, as it was at one moment. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openAuditIndex } from '../src/audit/audit-index.ts';
import { auditFrontier } from '../src/audit/frontier.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { target } from './frontier.contract.ts';
import { temporaryFolder } from './support/command.ts';

const OPERATIONS = join(import.meta.dirname, '../src/frontier/operations.ts');
const TIMES = 20;

/**
 * Settles one target after the other as moved to a post that it adds in the same step: half of a step is a finding. Its log is
 * taken over into the file all the time.
 * @param stays false where the database is closed and opened again and again, so that its log comes and goes
 */
async function startWriter(archive: string, stays: boolean): Promise<ChildProcess & AsyncDisposable> {
  const script = `
    import { DatabaseSync } from 'node:sqlite';
    import { setTimeout as sleep } from 'node:timers/promises';
    const { openOperations } = await import(${JSON.stringify(OPERATIONS)});
    const archive = ${JSON.stringify(archive)};
    let number = 100;
    for (;;) {
      using operations = openOperations(archive);
      for (let i = 0; ${stays} || i < 20; i++, number++) {
        const post = { ...${JSON.stringify(target(0))}, id: 'fengwen:' + number, url: 'https://user.guancha.cn/main/content?id=' + number };
        operations.transaction(() => {
          operations.frontier.settle({ ...post, id: 'guancha:' + number, url: 'u' + number + 'x'.repeat(3000) },
            { kind: 'moved', to: { id: post.id, url: post.url, date: null } });
          operations.frontier.add([post]);
        });
        if (number % 10 === 0) {
          using other = new DatabaseSync(archive + '/frontier.sqlite', { timeout: 5000 });
          other.exec('PRAGMA wal_checkpoint(PASSIVE)');
        }
        if (number === 200) console.log('busy');
        await sleep(0);
      }
      operations[Symbol.dispose]();
      await sleep(5);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return Object.assign(child, { [Symbol.asyncDispose]: stop });
}

describe('the audit of a frontier', () => {
  for (const stays of [true, false]) {
    it(`finds nothing beside a run that writes${stays ? '' : ', and others that come and go'}, ${TIMES} of ${TIMES} times`, async () => {
      await using folder = await temporaryFolder();
      const archive = join(folder.path, 'archive');
      openOperations(archive)[Symbol.dispose]();
      await using writer = await startWriter(archive, stays);
      const found: string[] = [];
      for (let time = 0; time < TIMES; time++) {
        const { database, index } = openAuditIndex(join(folder.path, `${time}.sqlite`));
        for (const { code, detail } of auditFrontier(archive, database)) found.push(`${time} ${code}: ${detail}`);
        assert.ok(Number(database.prepare('SELECT count(*) AS n FROM temp.targets').get()?.n) > 200);
        index[Symbol.dispose]();
      }
      assert.deepEqual(found, []);
      assert.equal(writer.exitCode, null, 'it wrote all the time');
    });
  }
});
