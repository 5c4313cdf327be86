/** A schedule that waits for its turn to lead says that it is well, so that nobody ends it; a port that the leader has is no reason to end. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLeadership } from '../../src/cluster/leadership.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { start, temporaryFolder } from '../support/command.ts';
import { freePort, skippedWithout, startPostgres } from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb');

describe('a schedule that waits', { skip }, () => {
  it('answers /healthz, and where another process has the port it waits without', async () => {
    await using server = await startPostgres();
    await using folder = await temporaryFolder();
    const postgres = await server.database();
    migrateCluster(postgres);
    using leader = openLeadership(postgres);
    assert.ok(leader.lead());
    const alive = setInterval(leader.isLeading, 1000); // a leader that is silent has the lead no more
    const taken = createServer().listen(0, '127.0.0.1');
    const [free, { port: other }] = [await freePort(), taken.address() as { readonly port: number }];
    const waiting = await Promise.all(
      [free, other].map(async (port) => {
        const config = join(folder.path, `${port}.yaml`);
        const monitor = { listen: `127.0.0.1:${port}` };
        const sources = [{ name: '头条', url: 'https://www.guancha.cn/toutiao', cron: '0 0 29 2 *' }];
        await writeFile(config, JSON.stringify({ archive: './archive', sources, cluster: { postgres }, monitor }));
        return start(['schedule', '--config', config]);
      }),
    );
    try {
      for (const each of waiting) await each.says('this one waits');
      let answer: Response | null = null;
      while (answer === null && waiting[0]?.child.exitCode === null) {
        answer = await fetch(`http://127.0.0.1:${free}/healthz`).catch(() => null); // it does not listen yet
        await sleep(50);
      }
      assert.ok(answer !== null);
      assert.equal(answer.status, 200);
      assert.equal(((await answer.json()) as { readonly status: string }).status, 'ok');
    } finally {
      clearInterval(alive);
      for (const { child } of waiting) child.kill('SIGTERM');
      taken.close();
    }
    for (const { ended } of waiting) assert.equal((await ended).code, 0);
  });
});
