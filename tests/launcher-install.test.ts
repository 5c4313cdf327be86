/** The first commands of a new checkout: one installs the dependencies, the others wait, and a kill at any moment breaks nothing. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from './support/command.ts';

const ROOT = join(import.meta.dirname, '..');
const WAITS = /another command is installing the dependencies; waiting/;

/**
 * In the place of npm: writes down that it began and where, fills node_modules as slowly as npm, with the file of npm last,
 * and waits in between until the test lets it go on. What it installs names the lock file that it was installed from.
 */
const NPM = `#!/bin/sh
[ "$1" = ci ] || exit 64
echo "$$ $PWD" >> "$STUB/begun"
mkdir -p node_modules/.bin
cp package-lock.json node_modules/installed-from
while [ ! -e "$STUB/go" ]; do [ -d node_modules ] || exit 1; sleep 0.02; done
[ -e "$STUB/fail" ] && { echo 'npm error: no network' >&2; exit 7; }
echo '{}' > node_modules/.package-lock.json
`;

interface Command {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** A checkout without dependencies, with an npm of its own. */
async function newCheckout() {
  const folder = await temporaryFolder();
  const checkout = join(folder.path, 'checkout');
  const stub = join(folder.path, 'stub');
  await mkdir(join(checkout, 'src'), { recursive: true });
  await mkdir(stub);
  await cp(join(ROOT, 'bin'), join(checkout, 'bin'), { recursive: true });
  await writeFile(join(checkout, 'package.json'), '{ "type": "module" }');
  await writeFile(join(checkout, 'package-lock.json'), '"first"');
  await writeFile(join(checkout, 'src/cli.ts'), '');
  await writeFile(join(stub, 'npm'), NPM);
  await chmod(join(stub, 'npm'), 0o755);
  const commands: Command[] = [];
  const start = (): Command => {
    const script = "console.log('ran with ' + require('fs').readFileSync('node_modules/installed-from', 'utf8'))";
    const launcher = [join(checkout, 'bin/guancha-archive'), '--with-node', process.execPath, '-e', script];
    const env = { ...process.env, STUB: stub, PATH: [stub, process.env.PATH].join(delimiter) };
    const child = spawn(process.execPath, launcher, { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    // Not `close`: an npm that outlives its launcher holds the pipes.
    const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
    const command = { child, said: () => said, ended };
    commands.push(command);
    return command;
  };
  return {
    checkout,
    start,
    /** Where npm was started, and as which process. */
    begun: () => {
      const file = join(stub, 'begun');
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
      return lines.map((line) => ({ pid: Number(line.split(' ')[0]), place: line.slice(line.indexOf(' ') + 1) }));
    },
    letGo: () => writeFileSync(join(stub, 'go'), ''),
    letFail: () => writeFileSync(join(stub, 'fail'), ''),
    left: () => (existsSync(join(checkout, '.install')) ? readdirSync(join(checkout, '.install')) : []),
    [Symbol.asyncDispose]: async () => {
      writeFileSync(join(stub, 'go'), '');
      for (const { child } of commands) child.kill('SIGKILL');
      await Promise.all(commands.map(({ ended }) => ended));
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

const WELL = { code: 0, signal: null };

describe('the first commands of a new checkout', {
  skip: process.platform === 'win32' && 'npm is a shell script',
}, () => {
  it('install once, and the others say that they wait', async () => {
    await using room = await newCheckout();
    const commands = [room.start(), room.start(), room.start()];
    await until(() => commands.filter(({ said }) => WAITS.test(said())).length === 2);
    room.letGo();
    for (const { ended, said } of commands) assert.deepEqual(await ended, WELL, said());
    assert.equal(room.begun().length, 1);
    await until(() => commands.every(({ said }) => /ran with "first"/.test(said())));
    assert.deepEqual(room.left(), []);
    assert.deepEqual(await room.start().ended, WELL);
    assert.equal(room.begun().length, 1, 'all is there');
  });

  it('take over from one that is killed, while its npm lives and when it does not', async () => {
    for (const npmLives of [true, false]) {
      await using room = await newCheckout();
      const first = room.start();
      await until(() => room.begun().length === 1);
      const second = room.start();
      await until(() => WAITS.test(second.said()));
      first.child.kill('SIGKILL');
      const [{ pid } = { pid: 0 }] = room.begun();
      if (!npmLives) process.kill(pid, 'SIGKILL');
      await until(() => room.begun().length === 2);
      assert.match(second.said(), /the other command has ended without the dependencies; this one installs them/);
      room.letGo();
      assert.deepEqual(await second.ended, WELL, second.said());
      const [one, two] = room.begun();
      assert.notEqual(one?.place, two?.place, 'each npm has a folder of its own');
    }
  });

  it('bear a kill at any moment', async () => {
    await using room = await newCheckout();
    room.letGo();
    for (let delay = 0; delay < 20; delay += 1) {
      const command = room.start();
      await Promise.race([sleep(delay * 15), command.ended]);
      command.child.kill('SIGKILL');
      await command.ended;
      if (existsSync(join(room.checkout, 'node_modules')))
        assert.ok(existsSync(join(room.checkout, 'node_modules/.package-lock.json')), 'whole, or not there');
      // The next one finds a lock file that is newer.
      const next = new Date(Date.now() + 1000 * (delay + 1));
      utimesSync(join(room.checkout, 'package-lock.json'), next, next);
    }
    const last = room.start();
    assert.deepEqual(await last.ended, WELL, last.said());
    const done = statSync(join(room.checkout, 'node_modules/.package-lock.json')).mtimeMs;
    assert.equal(done, statSync(join(room.checkout, 'package-lock.json')).mtimeMs);
  });

  it('keep what was there where npm fails, with its exit code', async () => {
    await using room = await newCheckout();
    await mkdir(join(room.checkout, 'node_modules'));
    await writeFile(join(room.checkout, 'node_modules/old'), '');
    room.letFail();
    room.letGo();
    const { ended, said } = room.start();
    assert.deepEqual(await ended, { code: 7, signal: null });
    await until(() => /npm ci failed for .*; its message is above/.test(said()));
    assert.deepEqual(readdirSync(join(room.checkout, 'node_modules')), ['old']);
    assert.deepEqual(room.left(), []);
  });

  it('install again what was installed from an older lock file, one that came meanwhile as well', async () => {
    await using room = await newCheckout();
    const first = room.start();
    await until(() => room.begun().length === 1);
    const lock = join(room.checkout, 'package-lock.json');
    await writeFile(lock, '"second"');
    utimesSync(lock, new Date(Date.now() + 60_000), new Date(Date.now() + 60_000));
    room.letGo();
    assert.deepEqual(await first.ended, WELL);
    const second = room.start();
    assert.deepEqual(await second.ended, WELL);
    await until(() => /ran with "second"/.test(second.said()));
    assert.equal(room.begun().length, 2);
  });

  it('leave nothing behind at Ctrl-C', async () => {
    await using room = await newCheckout();
    const { child, ended } = room.start();
    await until(() => room.begun().length === 1);
    child.kill('SIGINT');
    assert.deepEqual(await ended, { code: 130, signal: null });
    assert.deepEqual(room.left(), []);
    assert.ok(!existsSync(join(room.checkout, 'node_modules')));
  });

  it('say where they cannot be written', async () => {
    await using room = await newCheckout();
    await writeFile(join(room.checkout, '.install'), '');
    const { ended, said } = room.start();
    assert.deepEqual(await ended, { code: 1, signal: null });
    await until(() => /the dependencies cannot be installed in .*: E[A-Z]+: /.test(said()));
  });

  it('are not a completion: that installs nothing', async () => {
    await using room = await newCheckout();
    const launcher = [join(room.checkout, 'bin/guancha-archive'), 'complete', '--current=', '--'];
    const child = spawn(process.execPath, launcher, { cwd: room.checkout, stdio: 'ignore' });
    await once(child, 'exit');
    assert.deepEqual(readdirSync(room.checkout).sort(), ['bin', 'package-lock.json', 'package.json', 'src']);
  });
});
