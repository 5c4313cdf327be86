/** The repair through the real command: many damages at once, killed, offline, dry, and where the site has something else now. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHECKS, type CheckCode } from '../src/audit/promises.ts';
import { lockArchive } from '../src/frontier/lock.ts';
import { KINDS } from '../src/repair/repair.ts';
import { everyPictureUrl } from '../src/site/pictures.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Ended, run, start, temporaryFolder } from './support/command.ts';
import { flip } from './support/damages/damage.ts';
import { DAMAGES } from './support/damages.ts';
import { fillHealthyArchive } from './support/healthy-archive.ts';
import { openPlant, type Plant, type Spot, sha256, shows } from './support/plant.ts';
import { digests, files, isKept, mtimes } from './support/tree.ts';

/** With GUANCHA_ARCHIVE_TORTURE=1 a repair is killed so often. */
const KILLS = process.env.GUANCHA_ARCHIVE_TORTURE === '1' ? 60 : 3;

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let healthy: string;
let config: string;
let isDown = false;
before(async () => {
  newspaper = await openNewspaper({ articles: 48, specials: false });
  folder = await temporaryFolder();
  ({ archive: healthy, config } = await fillHealthyArchive(folder.path, newspaper));
  newspaper.handle(() => (isDown ? { misbehave: (response) => response.destroy() } : undefined));
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

let copies = 0;
function copyOf(archive: string): string {
  copies += 1;
  const root = join(folder.path, `copy-${copies}`);
  cpSync(archive, root, { recursive: true });
  return root;
}

const command = (verb: string, root: string, ...args: string[]) => [
  verb,
  '--json',
  '--config',
  config,
  '--archive',
  root,
  ...args,
];
const repair = (root: string, ...args: string[]) => run(command('repair', root, ...args));
const audit = async (root: string) =>
  (await run(['audit', '--json', root]))
    .lines()
    .map(({ code, path }) => `${String(code)} ${String(path)}`)
    .sort();
const linesOf = (ended: Ended) => ended.lines();
const isBytes = (path: string) => /^(?:articles|versions|assets|quarantine)\//.test(path);
const inTrash = async (root: string) => Object.entries(await digests(root, (path) => path.startsWith('trash/')));

/** Damages of many kinds that can all be repaired, planted in a copy. */
function damagedCopy(): string {
  const root = copyOf(healthy);
  const plant = openPlant(root);
  const names = [
    'a document gives way to a link out of the archive',
    'a FIFO lies where a document was',
    'a note among the documents',
    'a download that never ended',
    'a description without its page',
    'a byte that is no UTF-8',
    'no empty first line',
    'the writer as author',
    'a captcha',
    'cut inside a sentence',
    'a picture deleted',
    'one flipped bit',
    'two pictures swapped',
    'a jpg that was stored cut in half',
    'another width in the record',
    'a record cut in half',
    'a record without content hash',
    'a record deleted',
    'a document deleted',
    'another title',
    'two documents swapped',
    'an address of another article',
    'another place',
  ];
  for (const name of names) {
    const damage = DAMAGES.find((each) => each.name === name);
    assert.ok(damage, name);
    damage.plant(plant);
  }
  return root;
}

/** Every hash of a document, picture or unclaimed file that was there is there still, wherever it lies. */
async function assertNothingLost(root: string, before: Readonly<Record<string, string>>): Promise<void> {
  const there = new Set(Object.values(await digests(root, isKept)));
  for (const [path, digest] of Object.entries(before))
    if (!path.startsWith('records/')) assert.ok(there.has(digest), `the bytes of ${path} are gone`);
}

/** The list of what was moved is true, and the manifest does not take it for the archive. */
async function assertTrueList(root: string, ended: Ended): Promise<void> {
  const summary = ended.last() as { readonly trash: string };
  const lines = readFileSync(join(root, summary.trash, 'list.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const list = lines.map((line) => JSON.parse(line) as Record<string, string>);
  assert.ok(list.length >= 20);
  for (const { from, to, why, kind, sha256: digest } of list) {
    assert.ok(to?.startsWith(`${summary.trash}/${from}`) && why !== undefined && why !== '', from);
    if (kind === 'a file') assert.equal(sha256(readFileSync(join(root, to ?? ''))), digest, to);
  }
  assert.ok(list.some(({ kind, target }) => kind === 'a symbolic link' && target === '/etc/hostname'));
  assert.ok(list.some(({ kind }) => kind === 'a FIFO'));
  assert.equal((await run(command('manifest', root, 'write'))).code, 0);
  const manifest = readFileSync(join(root, 'manifest-sha256.txt'), 'utf8');
  assert.ok(manifest.includes('  articles/') && !manifest.includes('  trash/'));
}

describe('the kinds of repair', () => {
  it('do something for every check, and each is the repair of one', () => {
    const asked = new Set(Object.values(CHECKS).map(({ repair: kind }) => kind));
    assert.deepEqual([...asked].sort(), Object.keys(KINDS).sort());
    for (const { plan, repair } of Object.values(KINDS)) assert.ok(plan.length > 0 && typeof repair === 'function');
  });
});

describe('a repair', () => {
  it('does nothing to an archive in which nothing is wrong', async () => {
    const root = copyOf(healthy);
    const before = [await digests(root, isKept), await mtimes(root, isKept)];
    const ended = await repair(root);
    assert.equal(ended.code, 0, ended.stderr);
    const { repaired, unrepaired, trash } = ended.last();
    assert.deepEqual([ended.lines(), repaired, unrepaired, trash], [[], 0, 0, null]);
    assert.deepEqual([await digests(root, isKept), await mtimes(root, isKept)], before);
  });

  it('only says what it would do with --dry-run: not one byte changes, and the site is asked for nothing', async () => {
    const root = damagedCopy();
    const before = [await digests(root), await mtimes(root)];
    const asked = newspaper.requests.length;
    const ended = await repair(root, '--dry-run');
    assert.equal(ended.code, 0, ended.stderr);
    const said = ended.lines().map(({ code, path }) => `${String(code)} ${String(path)}`);
    assert.deepEqual(said.sort(), await audit(root));
    assert.ok(ended.lines().every(({ state, how }) => state === 'planned' && String(how).length > 0));
    assert.deepEqual([await digests(root), await mtimes(root)], before);
    assert.equal(newspaper.requests.length, asked);
  });

  it('repairs many damages at once, each as it was; the second time it changes nothing', async () => {
    const root = damagedCopy();
    const before = await digests(root, isKept);
    const found = await audit(root);
    const ended = await repair(root);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    const repaired = linesOf(ended).map(({ state, code, path }) => `${String(state)} ${String(code)} ${String(path)}`);
    for (const each of found) assert.ok(repaired.includes(`repaired ${each}`), each);
    assert.deepEqual(await audit(root), []);
    assert.deepEqual(await digests(root, isBytes), await digests(healthy, isBytes));
    await assertNothingLost(root, before);
    await assertTrueList(root, ended);
    const once = [await digests(root, isKept), await mtimes(root, isKept)];
    assert.equal((await repair(root)).code, 0);
    assert.deepEqual([await digests(root, isKept), await mtimes(root, isKept)], once);
  });

  it('keeps to some checks with --only', async () => {
    const root = damagedCopy();
    const found = await audit(root);
    const ended = await repair(root, '--only', 'picture-gone', '--only', 'record-missing');
    assert.equal(ended.code, 0, ended.stdout);
    const rest = found.filter((each) => !/^(?:picture-gone|record-missing) /.test(each));
    assert.deepEqual(await audit(root), rest);
  });

  it('is handed over while another run holds the archive', async () => {
    const root = copyOf(healthy);
    await using _lock = await lockArchive(root, 'crawl');
    const { code, stdout } = await repair(root, '--no-wait');
    assert.equal(code, 0);
    assert.match(stdout, /"type":"order","order":1,"state":"waiting"/);
  });

  it('leaves even a broken frontier where it is while another run holds the archive', async () => {
    const root = copyOf(healthy);
    const frontier = join(root, 'frontier.sqlite');
    writeFileSync(frontier, 'x'.repeat(5000));
    {
      await using _lock = await lockArchive(root, 'crawl');
      assert.equal((await repair(root)).code, 6);
      assert.equal(readFileSync(frontier, 'utf8'), 'x'.repeat(5000));
    }
    assert.equal((await repair(root)).code, 0);
    assert.notEqual(readFileSync(frontier, 'latin1').slice(0, 6), 'xxxxxx');
  });
});

describe('a repair that is cut off', () => {
  it(`loses nothing when it is killed ${KILLS} times, and the next one ends the work`, async () => {
    let root = damagedCopy();
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = await digests(root, (path) => isKept(path) && !path.endsWith('.tmp'));
      const running = start(command('repair', root));
      await running.says('round 1');
      await Promise.race([sleep((kill * 137) % 1000), running.ended]);
      running.child.kill('SIGKILL');
      await running.ended;
      await assertNothingLost(root, before);
      if (kill % 4 === 0 && kill < KILLS) {
        await assertEndsWell(root);
        root = damagedCopy();
      }
    }
    await assertEndsWell(root);
  });

  it('ends after the article in hand at Ctrl-C: 130', async () => {
    const root = damagedCopy();
    let isSlow = true;
    newspaper.handle(({ path }) => (isSlow && path.includes('_s.shtml') ? { delayMs: 1500, status: 503 } : undefined));
    const running = start(command('repair', root));
    const asked = newspaper.requests.length;
    while (!newspaper.requests.slice(asked).some(({ path }) => path.includes('_s.shtml'))) await sleep(20);
    running.child.kill('SIGINT');
    assert.equal((await running.ended).code, 130);
    isSlow = false;
    await assertEndsWell(root);
  });

  async function assertEndsWell(root: string): Promise<void> {
    const ended = await repair(root);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.deepEqual(await audit(root), []);
    assert.deepEqual(await digests(root, isBytes), await digests(healthy, isBytes));
  }
});

describe('a repair while the site is down', () => {
  it('repairs what needs no site, says why the rest is left, and makes nothing worse', async () => {
    const root = damagedCopy();
    const before = await digests(root, isKept);
    const whole = await digests(healthy, isBytes);
    isDown = true;
    try {
      const ended = await repair(root);
      assert.equal(ended.code, 3, ended.stderr);
      const left = linesOf(ended).filter(({ state }) => state === 'unrepaired');
      assert.ok(left.length >= 5);
      for (const { how } of left) assert.match(String(how), /NETWORK|ROBOTS_UNREACHABLE|has to be repaired first/);
      const repaired = linesOf(ended).flatMap(({ state, code }) => (state === 'repaired' ? [code as CheckCode] : []));
      for (const code of [
        'document-changed',
        'picture-changed',
        'picture-facts',
        'record-disagrees',
        'frontier-key',
      ] as const)
        assert.ok(repaired.includes(code), code);
      assert.deepEqual(await audit(root), left.map(({ code, path }) => `${String(code)} ${String(path)}`).sort());
    } finally {
      isDown = false;
    }
    await assertNothingLost(root, before);
    const now = await digests(root, isKept);
    for (const [path, digest] of Object.entries(before))
      if (whole[path] === digest) assert.equal(now[path], digest, `${path} was right`);
    const status = (await run(command('status', root))).lines().at(-1) as { readonly outcomes: Record<string, number> };
    assert.equal(status.outcomes.failed, undefined, 'what lies in the archive is no failure of the frontier');
    const again = await repair(root);
    assert.equal(again.code, 0, again.stdout);
    assert.deepEqual(await digests(root, isBytes), whole);
  });
});

describe('what the site has otherwise now', () => {
  /** An article of the newspaper that has a single-page form. */
  function planted(wanted: (spot: Spot, plant: Plant) => boolean = () => true): {
    plant: Plant;
    spot: Spot;
    root: string;
    url: string;
  } {
    const root = copyOf(healthy);
    const plant = openPlant(root);
    for (;;) {
      const spot = plant.spot();
      const { url } = plant.recordOf(spot);
      const known = newspaper.articles.find((each) => each.url === url);
      if (known?.wholeForm === true && known.era === 'cms-2026' && wanted(spot, plant))
        return { plant, spot, root, url };
    }
  }
  const single = (url: string) => new URL(url).pathname.replace('.shtml', '_s.shtml');

  it('a damaged document of an article that changed: the damaged bytes are no version, and its loss is reported', async () => {
    const { plant, spot, root, url } = planted();
    const good = plant.recordOf(spot);
    plant.write(spot.document, flip(plant.bytes(spot.document), 400));
    const damaged = sha256(plant.bytes(spot.document));
    const page = newspaper.read(single(url));
    newspaper.put(single(url), { body: page.replace(/(all-txt">[\s\S]*?<\/p>)/, '$1<p>编者后来添了一句。</p>') });
    try {
      const ended = await repair(root);
      assert.equal(ended.code, 3, ended.stdout);
      assert.deepEqual(await audit(root), [`version-missing versions/${spot.key}/1.html`]);
      const { versions, document } = plant.recordOf(spot);
      assert.deepEqual(
        versions.map(({ sha256: digest }) => digest),
        [good.document.sha256, document.sha256],
      );
      assert.match(plant.read(spot.document), /编者后来添了一句/);
      assert.ok(!existsSync(join(root, `versions/${spot.key}`)));
      assert.ok((await inTrash(root)).some(([path, digest]) => path.endsWith(spot.document) && digest === damaged));
      const once = await digests(root, isKept);
      assert.equal((await repair(root)).code, 3);
      assert.deepEqual(await digests(root, isKept), once);
    } finally {
      newspaper.put(single(url), { body: page });
    }
  });

  it('a damaged document of an article that is gone: it stays where it lies, and the reason is reported', async () => {
    const { plant, spot, root, url } = planted();
    plant.write(spot.document, flip(plant.bytes(spot.document), 400));
    const damaged = plant.bytes(spot.document);
    const pages = [single(url), new URL(url).pathname].map((path) => [path, newspaper.read(path)] as const);
    for (const [path] of pages) newspaper.put(path, { status: 404, body: '<html><body>404</body></html>' });
    try {
      const ended = await repair(root);
      assert.equal(ended.code, 3, ended.stdout);
      assert.match(String(linesOf(ended)[0]?.how), /the site does not have it any more/);
      assert.deepEqual(plant.bytes(spot.document), damaged);
      assert.equal(plant.recordOf(spot).absences.length, 1);
    } finally {
      for (const [path, body] of pages) newspaper.put(path, { body });
    }
  });

  it('other bytes for a lost picture: stored under their own name, and the record says what they replace', async () => {
    const root = copyOf(healthy);
    const plant = openPlant(root);
    const spot = plant.spot(shows('jpg'));
    const key = plant.picture(spot, 'jpg');
    const hash = /[0-9a-f]{64}/.exec(key)?.[0];
    const lost = plant.recordOf(spot).assets.find((asset) => 'sha256' in asset && asset.sha256 === hash);
    assert.ok(lost !== undefined && 'sha256' in lost);
    const original = plant.bytes(key);
    plant.write(key, flip(Buffer.from(original), 700));
    const [width, height] = lost.width === 970 ? [485, 187] : [970, 374];
    const other = readFileSync(join(import.meta.dirname, `newspaper/pictures/tea-${width}x${height}.jpg`));
    const path = new URL(lost.url).pathname;
    newspaper.put(path, { headers: { 'content-type': 'image/jpeg' }, body: other }, 'images');
    try {
      const ended = await repair(root);
      assert.equal(ended.code, 0, ended.stdout);
      assert.deepEqual(await audit(root), []);
      const now = plant.recordOf(spot).assets.find(({ src }) => src === lost.src);
      assert.deepEqual(now, { ...lost, width, height, sha256: sha256(other), bytes: other.length, replaces: hash });
      assert.ok(!existsSync(join(root, key)));
      assert.ok((await inTrash(root)).some(([name]) => name.endsWith(key)));
    } finally {
      newspaper.put(path, { headers: { 'content-type': 'image/jpeg' }, body: original }, 'images');
    }
  });

  it('a picture that lies at another form of its address', async () => {
    const allows = () => true;
    assert.deepEqual(everyPictureUrl('https://i.guancha.cn/news/2022/01/28/20220128103043123.jpg!m.jpg', allows), [
      'https://i.guancha.cn/news/2022/01/28/20220128103043123.jpg',
      'https://i.guancha.cn/news/2022/01/28/20220128103043123.jpg!m.jpg',
      'https://i.guancha.cn/news/origin/2022/01/28/20220128103043123.jpg',
      'https://i.guancha.cn/news/origin/2022/01/28/20220128103043123.jpg!m.jpg',
    ]);
    const root = copyOf(healthy);
    const plant = openPlant(root);
    const spot = plant.spot(({ assets, versions }) => versions.length === 1 && assets.some(isInOrigin));
    const lost = plant.recordOf(spot).assets.find(isInOrigin);
    assert.ok(lost !== undefined && 'sha256' in lost);
    const key = `assets/${lost.sha256.slice(0, 2)}/${lost.sha256}.${lost.type}`;
    const original = plant.bytes(key);
    plant.remove(key);
    const path = new URL(lost.url).pathname;
    newspaper.put(path, { status: 404 }, 'images');
    newspaper.put(path.replace('/news/origin/', '/news/'), { body: original }, 'images');
    try {
      const ended = await repair(root);
      assert.equal(ended.code, 0, ended.stdout);
      assert.deepEqual(plant.bytes(key), original);
    } finally {
      newspaper.put(path, { body: original }, 'images');
    }
  });
  const isInOrigin = (asset: ReturnType<Plant['recordOf']>['assets'][number]) =>
    'sha256' in asset && asset.url.includes('/news/origin/');
});

describe('what a repair leaves alone', () => {
  it('a folder of the archive that lies elsewhere, behind a link', async () => {
    const root = copyOf(healthy);
    const elsewhere = join(folder.path, 'elsewhere');
    renameSync(join(root, 'assets'), elsewhere);
    symlinkSync(elsewhere, join(root, 'assets'));
    const before = (await files(elsewhere)).length;
    const ended = await repair(root, '--only', 'link-in-archive');
    assert.equal(ended.code, 3);
    assert.match(String(linesOf(ended)[0]?.how), /a link in the place of a folder/);
    assert.ok(existsSync(join(root, 'assets')) && before > 50 && (await files(elsewhere)).length === before);
  });

  it('superseded documents of a record that was lost: the article has a record again, and they stay', async () => {
    const root = copyOf(healthy);
    const plant = openPlant(root);
    const spot = plant.spot(({ versions }) => versions.length > 1);
    const old = plant.read(`versions/${spot.key}/1.html`);
    plant.write(spot.record, plant.read(spot.record).slice(0, -300));
    const ended = await repair(root);
    assert.equal(ended.code, 3);
    assert.deepEqual(await audit(root), [`version-orphan versions/${spot.key}/1.html`]);
    assert.equal(plant.read(`versions/${spot.key}/1.html`), old);
    assert.equal(plant.recordOf(spot).versions.length, 1);
  });

  it('a text under versions/ that no record describes and that lies nowhere else', async () => {
    const root = copyOf(healthy);
    const plant = openPlant(root);
    const { key } = plant.spot();
    plant.write(`versions/${key}/1.html`, 'an older text');
    const ended = await repair(root);
    assert.equal(ended.code, 3);
    assert.match(String(linesOf(ended)[0]?.how), /nothing says when the site had it/);
    assert.equal(plant.read(`versions/${key}/1.html`), 'an older text');
  });
});
