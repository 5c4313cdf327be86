/** The manifest: what sha256sum reads, what has changed since, and a bag as RFC 8493 wants it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run, temporaryFolder } from './support/command.ts';

/** Names that need care: order, spaces, and all that RFC 8493 encodes. */
const FILES = {
  'articles/2022/01/a.html': '一',
  'articles/2022/01-02/b.html': '二',
  'records/2022/01/a b.json': '{}',
  'versions/2022/line\nend\r100%0A.html': '三',
  'assets/ab/é.jpg': '四',
};

async function makeFiles(root: string): Promise<void> {
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const decode = (text: string) => text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');

/** The Library of Congress's own implementation, in Python. */
const hasBagit = spawnSync('python3', ['-c', 'import bagit']).status === 0;

describe('manifest', () => {
  it('verifies what it wrote, and names what was added, changed and removed', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    await makeFiles(archive);
    const manifest = (action: string) => run(['manifest', action, '--json', '--archive', archive]);
    assert.match((await manifest('verify')).stderr, /error NOT_THERE[\s\S]*there is no manifest/);
    const wrote = await manifest('write');
    assert.deepEqual([wrote.code, wrote.last().files], [0, 5], wrote.stderr);
    const whole = await manifest('verify');
    assert.deepEqual([whole.code, whole.lines()], [0, []], whole.stderr);

    await appendFile(join(archive, 'assets/ab/é.jpg'), '!');
    await rm(join(archive, 'records/2022/01/a b.json'));
    await writeFile(join(archive, 'articles/2022/02.html'), '');
    const changed = await manifest('verify');
    assert.equal(changed.code, 1, changed.stderr);
    assert.deepEqual(
      changed.lines().map(({ code, path }) => [code, path]),
      [
        ['file-added', 'articles/2022/02.html'],
        ['file-changed', 'assets/ab/é.jpg'],
        ['file-removed', 'records/2022/01/a b.json'],
      ],
    );
    await appendFile(join(archive, 'manifest-sha256.txt'), 'nonsense\n');
    assert.match((await manifest('verify')).stderr, /error ARCHIVE_DAMAGED[\s\S]*not a line of a manifest/);
  });

  it('is what sha256sum reads', async () => {
    await using folder = await temporaryFolder();
    await makeFiles(folder.path);
    await rm(join(folder.path, 'versions'), { recursive: true }); // sha256sum has another form for such names
    assert.equal((await run(['manifest', 'write', '--archive', folder.path])).code, 0);
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'manifest-sha256.txt'], { cwd: folder.path });
  });

  it('makes a bag: declaration, payload, manifests and sums that fit', async () => {
    await using folder = await temporaryFolder();
    const [archive, bag] = [join(folder.path, 'archive'), join(folder.path, 'bag')];
    await makeFiles(archive);
    const args = ['--archive', archive, '--bag', bag];
    const wrote = await run(['manifest', 'write', ...args]);
    assert.equal(wrote.code, 0, wrote.stderr);
    const text = (name: string) => readFile(join(bag, name), 'utf8');
    assert.equal(await text('bagit.txt'), 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    assert.match(await text('bag-info.txt'), /^Payload-Oxum: 14\.5$/m);
    const listed = (await text('manifest-sha256.txt')).trimEnd().split('\n');
    assert.deepEqual(
      listed.map((line) => decode(line.slice(66))).sort(),
      Object.keys(FILES)
        .map((path) => `data/${path}`)
        .sort(),
    );
    const tags = (await text('tagmanifest-sha256.txt')).trimEnd().split('\n');
    const files = (await readdir(bag)).filter((name) => name !== 'data' && name !== 'tagmanifest-sha256.txt');
    assert.deepEqual(
      tags.map((line) => line.slice(66)),
      files.sort(),
    );

    assert.equal((await run(['manifest', 'verify', ...args])).code, 0);
    assert.match((await run(['manifest', 'write', ...args])).stderr, /error USAGE[\s\S]*is not empty/);
    await appendFile(join(bag, 'bag-info.txt'), 'Contact-Name: x\n');
    await appendFile(join(bag, 'data/assets/ab/é.jpg'), '!');
    const changed = await run(['manifest', 'verify', '--json', ...args]);
    assert.deepEqual(
      changed.lines().map(({ path }) => path),
      ['data/assets/ab/é.jpg', 'bag-info.txt'],
    );
  });

  it('makes a bag that bagit-python takes', { skip: !hasBagit && 'python3 has no module bagit here' }, async () => {
    await using folder = await temporaryFolder();
    const [archive, bag] = [join(folder.path, 'archive'), join(folder.path, 'bag')];
    await makeFiles(archive);
    assert.equal((await run(['manifest', 'write', '--archive', archive, '--bag', bag])).code, 0);
    const validate = () => spawnSync('python3', ['-m', 'bagit', '--validate', bag]).status;
    assert.equal(validate(), 0);
    await appendFile(join(bag, 'data/assets/ab/é.jpg'), '!');
    assert.notEqual(validate(), 0);
  });
});
