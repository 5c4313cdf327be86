/** Passwords of services come from the environment or from files as well, whatever signs they hold, and are repeated nowhere. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { SECRETS, secretOf, withPassword } from '../src/secrets.ts';
import { run, temporaryFolder } from './support/command.ts';

const password = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !/[\0\r\n]/.test(text) && text.isWellFormed());

describe('a password of the environment', () => {
  it('reaches PostgreSQL and Redis as it is', () => {
    fc.assert(
      fc.property(password, (secret) => {
        for (const address of ['postgres://archive@db.example.org/papers', 'postgres:///papers?host=/run/postgres'])
          assert.equal(new Client({ connectionString: withPassword(address, secret) }).password, secret, address);
        const redis = new Redis(withPassword('redis://cache.example.org:6379/3', secret), { lazyConnect: true });
        assert.deepEqual([redis.options.password, redis.options.db], [secret, 3]);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves one that the address has', () => {
    const address = 'redis://:own@cache.example.org/0';
    assert.equal(withPassword(address, 'other'), address);
    assert.equal(withPassword(address, null), address);
  });

  it('is a variable before it is a file, and a line feed at the end of a file is none of it', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'password');
    await writeFile(file, 'of the file \r\n');
    for (const name of Object.keys(SECRETS) as (keyof typeof SECRETS)[]) {
      assert.equal(secretOf(name, {}), null);
      assert.equal(secretOf(name, { [name]: '', [`${name}_FILE`]: file }), 'of the file ');
      assert.equal(secretOf(name, { [name]: 'given', [`${name}_FILE`]: file }), 'given');
    }
  });

  it('that is not there, empty or too short is an error, which does not repeat it', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    await writeFile(config, 'cluster: { postgres: "postgres://archive@127.0.0.1:1/papers" }\n');
    const empty = join(folder.path, 'empty');
    await writeFile(empty, '\n');
    const cases = [
      [{ PGPASSWORD_FILE: join(folder.path, 'nowhere') }, 'CONFIG_UNREADABLE'],
      [{ PGPASSWORD_FILE: folder.path }, 'CONFIG_UNREADABLE'],
      [{ PGPASSWORD_FILE: empty }, 'CONFIG_INVALID'],
      [{ GUANCHA_ARCHIVE_PASSWORD: 'sHort7' }, 'CONFIG_INVALID'],
      [{ PGPASSWORD: 's3cret/p@ss' }, 'DATABASE_AWAY'],
    ] as const;
    for (const [env, code] of cases) {
      const { stderr, stdout } = await run(['status', '--config', config], { env });
      assert.match(stderr, new RegExp(code));
      for (const secret of ['sHort7', 's3cret/p@ss', encodeURIComponent('s3cret/p@ss')])
        assert.ok(!(stderr + stdout).includes(secret), stderr);
    }
  });
});
