/** Typical mistakes: each with the exit code and a phrase of what the program answers. Nothing here may be a fault of the program. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey } from '../src/archive/keys.ts';
import { lockArchive } from '../src/frontier/lock.ts';
import { temporaryFolder } from './support/command.ts';
import { documentOf, draft, save } from './support/drafts.ts';
import { runHere } from './support/run-here.ts';

const ID = 'guancha:903180';
const LIST = 'https://www.guancha.cn/mainnews-yw/list_1.shtml';
const ABSENT = 'https://www.guancha.cn/politics/2026_10_04_1.shtml';

/** `AT` stands for the folder of the test: `AT/full` is an archive, `AT/new` one without articles, `AT/plain` a folder. */
const MISTAKES: readonly [command: string, exit: number, phrase: RegExp][] = [
  // Words of the command line.
  ['', 2, /Usage: guancha-archive/],
  ['crwal', 2, /unknown command 'crwal'[\s\S]*Did you mean crawl/],
  ['audti', 2, /Did you mean audit/],
  ['help nosuch', 2, /unknown command 'nosuch'/],
  ['crawl --sorce x', 2, /unknown option '--sorce'[\s\S]*Did you mean --source/],
  ['status --jsno', 2, /Did you mean --json/],
  ['status now', 2, /too many arguments/],
  ['crawl --limit 0', 2, /a whole number from 1 is needed/],
  ['crawl --limit many', 2, /a whole number from 1 is needed/],
  ['crawl --config', 2, /argument missing/],
  ['serve --port 99999', 2, /a port from 0 to 65535/],
  ['archive', 2, /missing required argument/],
  ['history', 2, /missing required argument 'article'/],
  ['prove guancha:1', 2, /missing required argument 'dir'/],
  ['search', 2, /missing required argument 'query'/],
  ['manifest', 2, /missing required argument 'action'/],
  ['manifest check', 2, /Allowed choices are write, verify/],
  ['sources', 2, /missing required argument 'action'/],
  ['export pdf AT/x', 2, /Allowed choices are/],
  ['audit --fail-on fatal', 2, /Allowed choices are error, warning, note/],
  ['backfill --from 2026-10-01', 2, /required option '--to <date>'/],
  ['search --archive AT/full --nosuch', 2, /--nosuch: no such flag/],
  ['init AT/plain', 2, /--yes takes what is recommended/],
  // Names of articles.
  ['history --archive AT/full guancha:1', 3, /NOT_ARCHIVED[\s\S]*guancha:1: not in/],
  ['history --archive AT/full 1', 3, /NOT_ARCHIVED/],
  ['diff --archive AT/full fengwen:903180', 3, /NOT_ARCHIVED/],
  ['audit --archive AT/full guancha:1', 3, /NOT_ARCHIVED/],
  [`audit --archive AT/full ${ABSENT}`, 3, /NOT_ARCHIVED/],
  ['prove --archive AT/full guancha:1 AT/proof', 3, /NOT_ARCHIVED/],
  ['export csv AT/a.csv --archive AT/full guancha:1', 3, /NOT_ARCHIVED/],
  ['reproduce --archive AT/full guancha:1', 3, /NOT_ARCHIVED/],
  ['archive --archive AT/full guancha:1', 3, /NOT_ARCHIVED[\s\S]*give the address/],
  ['archive --archive AT/full nonsense', 2, /URL_INVALID: not an article[\s\S]*nonsense/],
  [`archive --archive AT/full ${LIST}`, 2, /URL_INVALID/],
  ['archive --archive AT/full -', 2, /no URL given/],
  ['history --archive AT/full guancha:x', 2, /URL_INVALID/],
  [`history --archive AT/full ${LIST}`, 2, /URL_INVALID/],
  ['extract --archive AT/full nosuch.html', 2, /it is no file either/],
  [`diff --archive AT/full ${ID} 1 7`, 3, /NOT_THERE[\s\S]*no version 7; the archive has 1/],
  // What else is named.
  ['crawl --archive AT/full --source 头条x', 2, /SOURCE_UNKNOWN[\s\S]*there are 头条/],
  ['sources list --archive AT/full nosuch', 2, /SOURCE_UNKNOWN/],
  ['audit --archive AT/full --only nosuch', 2, /no such check or group/],
  ['audit --archive AT/full --since 2026-13-01', 2, /a day such as/],
  ['audit AT/nosuch', 2, /no such file or folder/],
  ['changes --archive AT/full --since yesterday', 2, /is not a day/],
  ['coverage --archive AT/full --since 2026-99-01', 2, /--since/],
  ['reproduce --archive AT/full --since 2026', 2, /a month such as/],
  ['retry --archive AT/full --code NOSUCH', 2, /is not an error code/],
  ['search --archive AT/full since:never', 2, /QUERY_INVALID/],
  ['list --archive AT/full word', 2, /is no filter; search looks for words/],
  ['quarantine show nosuch --archive AT/full', 3, /NOT_THERE[\s\S]*no item nosuch/],
  ['quarantine release --archive AT/full', 2, /no item given/],
  ['orders cancel 99 --archive AT/full', 3, /NOT_THERE/],
  ['manifest verify --archive AT/full', 3, /NOT_THERE[\s\S]*no manifest/],
  ['verify --archive AT/full', 3, /NOT_SEALED/],
  [`prove --archive AT/full ${ID} AT/full/proof`, 2, /lies in the archive/],
  [`prove --archive AT/full ${ID} AT/plain`, 2, /is not empty/],
  ['export html AT/one.html --archive AT/full', 2, /name one article/],
  ['import AT/nosuch.warc --archive AT/full', 8, /FILE_REFUSED[\s\S]*nosuch\.warc/],
  ['cluster init --archive AT/full', 2, /no cluster\.postgres/],
  ['init AT/new --yes', 2, /CONFIG_EXISTS/],
  // The configuration.
  ['status --config AT/nosuch.yaml', 2, /CONFIG_UNREADABLE/],
  ['status --config AT/typo.yaml', 2, /typo\.yaml:1: .*did you mean archive/],
  ['status --config AT/broken.yaml', 2, /CONFIG_INVALID/],
  ['status --config AT/encoded.yaml', 2, /CONFIG_INVALID[\s\S]*UTF-8/],
  ['status --config AT/variable.yaml', 2, /NOSUCH_VARIABLE/],
  ['status --archive=~nobody/archive', 2, /write the path out/],
  // The wrong folder, and an archive without articles.
  ['status --archive AT/nosuch', 2, /NO_ARCHIVE[\s\S]*nosuch: there is no archive[\s\S]*--archive DIR/],
  ['status --archive AT/plain', 2, /NO_ARCHIVE/],
  ['coverage --archive AT/plain', 2, /NO_ARCHIVE/],
  ['changes --archive AT/plain', 2, /NO_ARCHIVE/],
  ['list --archive AT/plain', 2, /NO_ARCHIVE/],
  ['search 一 --archive AT/plain', 2, /NO_ARCHIVE/],
  ['serve --archive AT/plain', 2, /NO_ARCHIVE/],
  ['audit --archive AT/plain', 2, /NO_ARCHIVE/],
  ['seal --archive AT/plain/file.txt', 2, /NO_ARCHIVE/],
  ['status --archive AT/new/archive', 0, /nothing has been archived here yet/],
  ['list --archive AT/new/archive', 0, /no articles/],
  ['changes --archive AT/new/archive', 0, /nothing was edited or withdrawn/],
  ['orders --archive AT/new/archive', 0, /no order waits/],
  ['quarantine list --archive AT/full', 0, /no page is in quarantine/],
  [`diff --archive AT/full ${ID}`, 0, /there is one version/],
  // Another run, a site out of reach, and a browser that is not there.
  ['start --config AT/away.yaml', 3, /NO_NETWORK[\s\S]*npm run demo/],
  [`start --config AT/away.yaml ${ABSENT}`, 3, /NO_NETWORK[\s\S]*npm run demo/],
  ['start --config AT/away.yaml nonsense', 2, /URL_INVALID/],
  ['extract --all --archive AT/held', 6, /ARCHIVE_IN_USE[\s\S]*crawl on/],
  [`archive --config AT/browser.yaml ${ABSENT}`, 7, /NO_BROWSER[\s\S]*\/nosuch/],
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

before(async () => {
  folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  for (const name of ['full', 'held']) {
    const store = openArchive(openDisk(at(name)), { minFreeBytes: 0 });
    await save(store, articleKey(ID, '2026-10-04'), documentOf('<p>一</p>'), draft({ id: ID }));
  }
  await mkdir(at('plain'));
  const files = {
    'plain/file.txt': 'text',
    'typo.yaml': 'archiv: x\n',
    'broken.yaml': 'a: [\n',
    'encoded.yaml': Buffer.from('archive: ./full # \xcd\xb7\xcc\xf5\n', 'latin1'), // 头条 in GB18030
    'variable.yaml': 'archive: $NOSUCH_VARIABLE/x\n',
    'away.yaml': 'archive: ./away\nnetwork: { proxy: "http://127.0.0.1:1" }\n', // a port that nothing listens on
    'browser.yaml': 'archive: ./other\npoliteness: { robots: false }\nbrowser: { executablePath: /nosuch }\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
  assert.equal((await runHere(['init', at('new'), '--yes'])).exit, 0);
});
after(() => folder[Symbol.asyncDispose]());

it('answers every typical mistake with its exit code and a message', async () => {
  assert.ok(MISTAKES.length >= 60);
  await using _held = await lockArchive(join(folder.path, 'held'), 'crawl');
  const wrong: string[] = [];
  for (const [command, exit, phrase] of MISTAKES) {
    const argv = command
      .split(' ')
      .filter(Boolean)
      .map((word) => word.replaceAll('AT/', `${folder.path}/`));
    const told = await runHere(argv);
    const text = told.stdout + told.stderr;
    if (told.exit !== exit || !phrase.test(text) || /INTERNAL|\n {4}at /.test(text))
      wrong.push(`${command}: ${told.exit}, not ${exit} ${phrase}\n${text}`);
  }
  assert.deepEqual(wrong, []);
});
