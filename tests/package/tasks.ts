/**
 * Five tasks of a stranger, by the commands that README and the pages it leads to print: each is looked for in their code
 * blocks, so that no page can drift from what is tried. In a fresh clone, and in a bare Debian with the package installed, by
 * the English README and by the Chinese one: `npm run tasks -- --box DIR --other DIR [--readme README.zh-CN.md]`, as root on
 * Linux. The box is a chroot of `npm run test:package -- --keep`, with systemd and sudo; its user and folders of the service are
 * made anew. The other one is a bare Debian with openssl: who is given a proof has that, and no network. The made-up newspaper
 * stands for the site, and so each task has one step more than with a network, which is not counted: the configuration names
 * its addresses.
 */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Newspaper, openNewspaper } from '../newspaper/newspaper.ts';
import { configurationOf, inBox, inClone } from './places.ts';
import { crawlByCron, makeAnew, serveAsService } from './service.ts';
import { countTasks, ended, exampleOf, type Place, type Tasks } from './stranger.ts';

const { values } = parseArgs({
  options: { box: { type: 'string' }, other: { type: 'string' }, readme: { type: 'string', default: 'README.md' } },
});
const say = (text: string) => process.stdout.write(`${text}\n`);

/** The four tasks that need no service, as anybody does them. */
async function walk({ task }: Tasks, place: Place, newspaper: Newspaper, other: Place = place): Promise<void> {
  place.configure(configurationOf(newspaper, './archive'));
  const [first, second] = newspaper.articles.filter(
    ({ era, wholeForm, lists, outcome }) =>
      era === 'cms-2026' && wholeForm && lists.length > 0 && outcome === 'archived',
  );
  assert.ok(first !== undefined && second !== undefined);
  const example = exampleOf(first, second);

  await task('archive one URL and read it', place, async ({ type, begin }) => {
    assert.match(await type(/ archive https:/, example), /✓ archived/);
    const { said, end } = await begin(/ serve --open/, /http:\/\/127\.0\.0\.1:\d+/);
    const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    const page = await (await fetch(`${origin}/articles/${first.id.replace(':', '/')}`)).text();
    end();
    assert.ok(page.includes(first.title));
  });

  await ended(place.spawn('guancha-archive crawl'));
  const whole = new URL(second.url).pathname.replace('.shtml', '_s.shtml');
  newspaper.put(whole, {
    body: newspaper.read(whole).replace(/(all-txt">[\s\S]*?<\/p>)/, '$1<p>更正：此前的数字有误。</p>'),
  });
  await ended(place.spawn(`guancha-archive archive --refresh ${second.url}`));
  await task('find what changed last week', place, async ({ type }) => {
    const changes = await type(/ changes --since 7d/);
    assert.match(changes, /1 edit,/);
    const [id = ''] = /guancha:\d+/.exec(changes) ?? [];
    assert.match(await type(/ diff |^guancha-archive history /, () => `guancha-archive diff ${id}`), /更正/);
  });

  await task('prove an article to somebody', place, async ({ type }) => {
    await type(/ prove .* proof\//, example);
    await type(/^tar -czf proof/);
    if (other !== place) {
      copyFileSync(join(dirname(place.archive), 'proof.tar.gz'), join(dirname(other.archive), 'proof.tar.gz'));
      await ended(other.spawn('rm -rf proof && tar -xzf proof.tar.gz'));
    }
    assert.match(await type(/^sh proof\/check\.sh/, undefined, 0, other), /^OK/m);
  });

  const pictures = readdirSync(join(place.archive, 'assets'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jpg$/.test(name))
    .map((name) => join(place.archive, 'assets', name));
  const [document = '', halfWritten = ''] = readdirSync(join(place.archive, 'articles'), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((name) => /\.html$/.test(name))
    .sort();
  const bytes = readFileSync(join(place.archive, 'articles', document));
  bytes.fill('X', 900, 904);
  writeFileSync(join(place.archive, 'articles', document), bytes);
  truncateSync(join(place.archive, 'records', halfWritten.replace(/html$/, 'json')), 300);
  rmSync(pictures[0] ?? '');
  truncateSync(pictures[1] ?? '', 500);
  for (const name of readdirSync(place.archive))
    if (/^(?:frontier|catalog)\.sqlite/.test(name)) rmSync(join(place.archive, name));
  await task('build from a broken archive a whole one', place, async ({ type }) => {
    const found = await type(/ audit$/, undefined, 1);
    for (const code of ['document-changed', 'record-unreadable', 'picture-gone', 'picture-changed', 'frontier-missing'])
      assert.match(found, new RegExp(code));
    await type(/ repair$/, (command) => `${command} || [ $? = 3 ]`);
    assert.match(await type(/ audit$/), /✓ nothing is wrong/);
  });
}

const tasks = countTasks(values.readme, say);
const folder = await mkdtemp(join(tmpdir(), 'guancha-tasks-'));
try {
  {
    await using newspaper = await openNewspaper({ articles: 10, specials: false });
    await walk(tasks, inClone(folder), newspaper);
  }
  if (values.box !== undefined) {
    const { box, other } = values;
    await using newspaper = await openNewspaper({ articles: 10, specials: false });
    await serveAsService(tasks, box, newspaper);
    await crawlByCron(tasks, box, newspaper);
    makeAnew(box);
    const member = inBox(box, 'member');
    await walk(tasks, member, newspaper, other === undefined ? member : inBox(other, 'root', undefined, false));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const line of ['', ...tasks.table()]) say(line);
