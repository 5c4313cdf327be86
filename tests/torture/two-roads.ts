/**
 * Two archives of one newspaper, made on different roads: one crawls the lists and keeps captures, the other is given
 * addresses and keeps none, after some articles were corrected. Their logs agree on all others, whatever is changed in one of
 * them afterwards is named, and the first proves an article together with its capture.
 * As a program: `two-roads.ts [--articles N] [--tamperings N] [--seed N]`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { type Newspaper, openNewspaper } from '../newspaper/newspaper.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { files } from '../support/tree.ts';
import { tryMutants } from './proof-mutants.ts';
import { type TamperTrial, tryTampering } from './tampering.ts';

export interface RoadsTrial {
  readonly alike: number;
  /** Ids of articles that were corrected between the two visits, and of those that the comparison names. */
  readonly corrected: readonly string[];
  readonly different: readonly string[];
  readonly onlyHere: number;
  readonly onlyThere: number;
  readonly tampering: TamperTrial;
  readonly proof: {
    readonly captures: number;
    readonly unprovedCaptures: number;
    /** Of the folder, beside the files that are proved. */
    readonly bytesBeside: number;
    /** What `check.sh` says of the folder as it was made. */
    readonly said: string;
    /** Single bits of the captures that were changed, and how many of these folders were accepted. */
    readonly mutants: number;
    readonly accepted: number;
  };
}

const POLITE = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 2 };

/** One of so many articles is corrected between the visits. */
const CORRECTED_OF = 20;

export async function tryTwoRoads({
  articles,
  tamperings,
  seed,
}: {
  readonly articles: number;
  readonly tamperings: number;
  readonly seed: number;
}): Promise<RoadsTrial> {
  await using newspaper = await openNewspaper({ articles, imagesPerArticle: 1, slowMs: 50, seed });
  await using folder = await temporaryFolder();
  const configFor = async (name: string, capture: 'pages' | 'off') => {
    const path = join(folder.path, `${name}.yaml`);
    const text = newspaper.config({ archive: `./${name}`, politeness: POLITE });
    await writeFile(path, `${text}capture: ${capture}\n`);
    return path;
  };
  const [crawled, given] = [await configFor('crawled', 'pages'), await configFor('given', 'off')];
  await run(['crawl', '--config', crawled]);
  await sealed(crawled);

  const root = join(folder.path, 'crawled');
  const names = (await files(root)).filter((name) => /^records\/.*\.json$/.test(name));
  const records = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(root, name), 'utf8')) as ArchiveRecord),
  );
  const corrected = records.filter(({ url }) => url.startsWith(newspaper.www)).filter((_, i) => i % CORRECTED_OF === 1);
  for (const { url } of corrected) correct(newspaper, new URL(url).pathname);
  await run(['archive', ...records.map(({ url }) => url), '--config', given]);
  await sealed(given);
  const compared = await run(['corroborate', join(folder.path, 'given'), '--json', '--config', crawled]);
  const lines = compared.lines();
  const different = lines.flatMap(({ kind, id }) =>
    ['different', 'here-only', 'there-only'].includes(String(kind)) ? [String(id)] : [],
  );
  const { alike, onlyHere, onlyThere } = compared.last() as Record<'alike' | 'onlyHere' | 'onlyThere', number>;
  const roots = { own: join(folder.path, 'given'), other: root };
  const tampering = await tryTampering(roots, {
    records: records.filter(({ id }) => !different.includes(id)),
    count: tamperings,
    seed,
    config: crawled,
  });

  const shown = records.find(({ assets, basis, versions }) => {
    const made = versions.at(-1)?.basis ?? basis;
    return assets.length > 0 && made !== undefined;
  });
  assert.ok(shown !== undefined, 'no article with pictures and captures');
  return {
    alike,
    corrected: corrected.map(({ id }) => id).sort(),
    different: different.sort(),
    onlyHere,
    onlyThere,
    tampering,
    proof: await tryProof(shown.id, crawled, join(folder.path, 'proof')),
  };
}

/** Both forms of an article's page say something new at their first long paragraph. */
function correct(newspaper: Newspaper, path: string): void {
  for (const each of [path, path.replace('.shtml', '_s.shtml')]) {
    const page = newspaper.read(each);
    newspaper.put(each, { body: page.replace(/<p>(?=[^<]{20})/, '<p>更正：') });
  }
}

async function sealed(config: string): Promise<void> {
  const ended = await run(['seal', '--config', config]);
  assert.equal(ended.code, 0, ended.stderr);
}

async function tryProof(id: string, config: string, path: string): Promise<RoadsTrial['proof']> {
  const ended = await run(['prove', id, path, '--json', '--config', config]);
  assert.equal(ended.code, 0, ended.stderr);
  const { captures, unprovedCaptures, bytesBeside } = ended.last() as unknown as RoadsTrial['proof'];
  const check = spawnSync('sh', [join(path, 'check.sh')], { encoding: 'utf8' });
  const mutants = (
    await Promise.all(
      (
        await files(path)
      )
        .filter((name) => /capture-\d+\.warc\.gz$/.test(name))
        .map(async (file) => {
          const bits = (await readFile(join(path, file))).length * 8;
          return [33, bits >> 1, bits - 1].map((bit) => ({ file, bit })); // 33: the time in a gzip header
        }),
    )
  ).flat();
  const accepted = (await tryMutants(path, mutants, 2)).length;
  const said = check.stdout.trim();
  return { captures, unprovedCaptures, bytesBeside, said, mutants: mutants.length, accepted };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      articles: { type: 'string', default: '200' },
      tamperings: { type: 'string', default: '500' },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  });
  const [articles, tamperings, seed] = [Number(values.articles), Number(values.tamperings), Number(values.seed)];
  process.stdout.write(`seed ${seed}\n`);
  const trial = await tryTwoRoads({ articles, tamperings, seed });
  process.stdout.write(`${JSON.stringify(trial, null, 2)}\n`);
  const { alike, different, corrected, tampering } = trial;
  const unchanged = different.filter((id) => !corrected.includes(id)).length;
  process.stdout.write(
    `${alike} of ${alike + unchanged} unchanged articles alike; of ${tampering.planted} tamperings ${tampering.verified} named by verify, ${tampering.corroborated} by corroborate, ${tampering.falsely} falsely\n`,
  );
  assert.ok(alike / (alike + unchanged) >= 0.999, 'two roads see unchanged articles differently');
  assert.ok(
    corrected.every((id) => different.includes(id)),
    'a correction is not seen',
  );
  const { planted, verified, corroborated, falsely } = tampering;
  assert.deepEqual({ verified, corroborated, falsely }, { verified: planted, corroborated: planted, falsely: 0 });
}
