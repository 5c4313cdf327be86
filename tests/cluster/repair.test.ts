/** The audit and the repair of an archive whose queue lies in PostgreSQL. */
import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { rows } from '../support/cluster.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { connectTo, type PostgresServer, skippedWithout, startPostgres } from '../support/servers.ts';
import { files } from '../support/tree.ts';

const skip = skippedWithout('postgres', 'initdb');
let server: PostgresServer;
if (skip === false) {
  before(async () => {
    server = await startPostgres();
  });
  after(() => server?.[Symbol.asyncDispose]());
}

describe('an archive whose queue lies in PostgreSQL', { skip }, () => {
  it('is audited with its queue, and repaired where no hand works', async () => {
    await using newspaper = await openNewspaper({ articles: 5, imagesPerArticle: 0, specials: false, pageBytes: 4000 });
    await using folder = await temporaryFolder();
    const postgres = await server.database();
    migrateCluster(postgres);
    const archive = join(folder.path, 'archive');
    const config = join(folder.path, 'config.yaml');
    const politeness = { intervalMs: 0, assetIntervalMs: 0 };
    const text = newspaper.config({ archive: './archive', politeness });
    await writeFile(config, `${text}\ncluster: ${JSON.stringify({ postgres })}\n`);
    const ended = await run(['crawl', '--config', config]);
    assert.equal(ended.code, 0, ended.stderr);
    const audit = () => run(['audit', '--json', '--config', config]);
    const codesIn = (stdout: string) =>
      [...new Set([...stdout.matchAll(/"code":"(frontier-[a-z]+)"/g)].map(([, code]) => code))].toSorted();
    const whole = await audit();
    assert.equal(whole.code, 0, whole.stdout);

    await using client = await connectTo(postgres);
    const [unknown, unsettled, elsewhere, unread, lost] = newspaper.articles.map(({ id }) => id);
    await client.query('DELETE FROM targets WHERE id = $1', [unknown]);
    await client.query('UPDATE targets SET settled_at = NULL WHERE id = $1', [unsettled]);
    await client.query(`UPDATE targets SET detail = '2001/01/nowhere' WHERE id = $1`, [elsewhere]);
    await client.query(`UPDATE targets SET listed = 'no JSON' WHERE id = $1`, [unread]);
    const number = lost?.split(':')[1] ?? '';
    for (const path of (await files(archive)).filter((each) => each.includes(number)))
      await rename(join(archive, path), join(folder.path, path.replaceAll('/', '-')));
    const found = await audit();
    assert.notEqual(found.code, 0);
    assert.deepEqual(codesIn(found.stdout), [
      'frontier-absent',
      'frontier-key',
      'frontier-outcome',
      'frontier-row',
      'frontier-unknown',
    ]);
    assert.ok(found.stdout.includes('"path":"postgres://127.0.0.1:'), 'named without user and password');

    {
      using operations = openOperations({ archive, cluster: { postgres } });
      operations.shared?.hands.beat({ command: 'worker', inHand: [], leads: false });
      const refused = await run(['repair', '--only', 'frontier', '--config', config]);
      assert.match(refused.stderr, /ARCHIVE_IN_USE/);
      operations.shared?.hands.leave();
    }
    const repaired = await run(['repair', '--only', 'frontier', '--json', '--config', config]);
    assert.equal(repaired.code, 0, repaired.stdout + repaired.stderr);
    const again = await audit();
    assert.deepEqual(codesIn(again.stdout), []);
    const outcomes = await rows(client, 'SELECT id, outcome FROM targets ORDER BY id');
    assert.deepEqual(
      outcomes,
      newspaper.articles.map(({ id }) => ({ id, outcome: 'archived' })).toSorted((x, y) => (x.id < y.id ? -1 : 1)),
      'what the archive did not have was visited again',
    );
  });
});
