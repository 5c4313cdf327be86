/**
 * Exports of one file that are killed with SIGKILL at random moments: at its name lies nothing, or what lay there before, or
 * the whole file, and the next run makes it. As a program: `export-kills.ts [--kills N] [--articles N] [--seed N]`.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDisk } from '../../src/archive/disk.ts';
import { EXIT } from '../../src/errors.ts';
import { openRandom } from '../newspaper/write/random.ts';
import { archiveCaptured } from '../support/captured-archive.ts';
import { start, temporaryFolder } from '../support/command.ts';
import { exchangeOf } from '../support/fetched-page.ts';
import { digests } from '../support/tree.ts';

const DAY = '2022-01-28';
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  wacz: [],
  parquet: [],
  epub: ['--since', DAY, '--until', DAY],
};

export interface ExportKillReport {
  /** Kills that met the command at work. */
  readonly kills: number;
  /** What lay at the name after them. */
  readonly found: Readonly<Record<'nothing' | 'the older file' | 'the whole file', number>>;
  /** Unfinished files that lay beside it under names of their own, after the last run. */
  readonly left: readonly string[];
}

/** @param kills of each format */
export async function killExports(options: {
  readonly kills: number;
  readonly articles: number;
  readonly seed: number;
}): Promise<ExportKillReport> {
  const random = openRandom(options.seed, 'export-kills');
  await using folder = await temporaryFolder();
  const archive = join(folder.path, 'archive');
  await archiveCaptured(
    openDisk(archive),
    Array.from({ length: options.articles }, (_, i) => articleOf(i + 1)),
  );
  let kills = 0;
  const found = { nothing: 0, 'the older file': 0, 'the whole file': 0 };
  const left: string[] = [];
  for (const [format, flags] of Object.entries(FORMATS)) {
    const out = join(folder.path, format);
    await mkdir(out);
    const name = `out.${format}`;
    const target = join(out, name);
    const begin = () => start(['export', format, target, ...flags, '--archive', archive]);
    const from = performance.now();
    await toItsEnd();
    const wholeMs = performance.now() - from;
    const { [name]: whole } = await digests(out);
    assert.notEqual(whole, undefined);

    for (let times = 0; times < options.kills; ) {
      const isNew = random.chance(0.5);
      await (isNew ? rm(target) : writeFile(target, 'older'));
      const { [name]: older } = await digests(out);
      const running = begin();
      await Promise.race([sleep(random.int(Math.round(wholeMs / 4), Math.round(wholeMs))), running.ended]);
      running.child.kill('SIGKILL');
      const { signal } = await running.ended;
      const { [name]: now } = await digests(out);
      assert.ok(now === older || now === whole, `${name} is half-written after a kill`);
      if (signal === 'SIGKILL') {
        found[now === whole ? 'the whole file' : isNew ? 'nothing' : 'the older file'] += 1;
        times += 1;
        kills += 1;
      }
      await toItsEnd();
      assert.equal((await digests(out))[name], whole, `${name} after the next run`);
    }
    left.push(...(await readdir(out)).filter((each) => each !== name));

    async function toItsEnd(): Promise<void> {
      const { code, stderr } = await begin().ended;
      assert.equal(code, EXIT.ok, stderr);
    }
  }
  return { kills, found, left };
}

function articleOf(number: number): Parameters<typeof archiveCaptured>[1][number] {
  const url = `https://www.guancha.cn/politics/${DAY.replaceAll('-', '_')}_${number}.shtml`;
  const body = Buffer.from(`<p>第${number}篇</p><!-- ${randomBytes(30_000).toString('hex')} -->`);
  const exchanges = [exchangeOf({ url, fetchedAt: `${DAY}T04:00:01.250Z`, body })];
  return { id: `guancha:${number}`, url, date: DAY, title: `第${number}篇`, exchanges };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '7' },
      articles: { type: 'string', default: '300' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  });
  const numbers = { kills: Number(values.kills), articles: Number(values.articles), seed: Number(values.seed) };
  process.stdout.write(`seed ${numbers.seed}\n${JSON.stringify(await killExports(numbers))}\n`);
}
