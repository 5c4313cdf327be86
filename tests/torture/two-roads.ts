/**
 * Two archives of one newspaper, made on different roads: one crawls the lists and keeps captures, the other is given
 * addresses and keeps none. Their logs agree, and the first proves an article together with its capture.
 * As a program: `two-roads.ts [--articles N]`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { files } from '../support/tree.ts';
import { tryMutants } from './proof-mutants.ts';

export interface RoadsTrial {
  readonly alike: number;
  readonly different: readonly unknown[];
  readonly onlyHere: number;
  readonly onlyThere: number;
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

export async function tryTwoRoads({ articles }: { readonly articles: number }): Promise<RoadsTrial> {
  await using newspaper = await openNewspaper({ articles, imagesPerArticle: 1, slowMs: 50 });
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
  await run(['archive', ...records.map(({ url }) => url), '--config', given]);
  await sealed(given);
  const compared = await run(['corroborate', join(folder.path, 'given'), '--json', '--config', crawled]);
  const lines = compared.lines();
  const { summary } = lines.find((line) => 'summary' in line) as {
    readonly summary: Pick<RoadsTrial, 'alike' | 'onlyHere' | 'onlyThere'>;
  };
  const different = lines.filter(({ kind }) => ['different', 'here-only', 'there-only'].includes(String(kind)));
  const { alike, onlyHere, onlyThere } = summary;

  const shown = records.find(({ assets, basis, versions }) => {
    const made = versions.at(-1)?.basis ?? basis;
    return assets.length > 0 && made !== undefined;
  });
  assert.ok(shown !== undefined, 'no article with pictures and captures');
  return {
    alike,
    different,
    onlyHere,
    onlyThere,
    proof: await tryProof(shown.id, crawled, join(folder.path, 'proof')),
  };
}

async function sealed(config: string): Promise<void> {
  const ended = await run(['seal', '--config', config]);
  assert.equal(ended.code, 0, ended.stderr);
}

async function tryProof(id: string, config: string, path: string): Promise<RoadsTrial['proof']> {
  const ended = await run(['prove', id, path, '--json', '--config', config]);
  assert.equal(ended.code, 0, ended.stderr);
  const [proof] = ended.lines() as unknown as readonly RoadsTrial['proof'][];
  assert.ok(proof !== undefined);
  const { captures, unprovedCaptures, bytesBeside } = proof;
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
  const { values } = parseArgs({ options: { articles: { type: 'string', default: '200' } } });
  process.stdout.write(`${JSON.stringify(await tryTwoRoads({ articles: Number(values.articles) }), null, 2)}\n`);
}
