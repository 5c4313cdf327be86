/**
 * Single bits of a proof folder are changed, in every file of it, and `sh check.sh` must refuse each time. Options: --count N
 * (10,000), --seed N, --only FILE for all bits of one file.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { proofIn } from '../support/proof.ts';

const OK = /^OK /m;

interface Mutant {
  readonly file: string;
  readonly bit: number;
}

/** True where the script says that all is right. */
export async function isAccepted(folder: string): Promise<boolean> {
  const child = spawn('sh', [join(folder, 'check.sh')], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 || OK.test(said);
}

export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Tries mutants in copies of the folder, some at a time; gives those that were accepted. */
export async function tryMutants(
  folder: string,
  mutants: readonly Mutant[],
  jobs: number,
  onDone = (_done: number) => {},
): Promise<readonly Mutant[]> {
  const accepted: Mutant[] = [];
  let next = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: jobs }, async (_, job) => {
      const copy = `${folder}-${job}`;
      await cp(folder, copy, { recursive: true });
      for (let mutant = mutants[next++]; mutant !== undefined; mutant = mutants[next++]) {
        const path = join(copy, mutant.file);
        const bytes = await readFile(path);
        const changed = Buffer.from(bytes);
        changed[mutant.bit >> 3] = (changed[mutant.bit >> 3] ?? 0) ^ (1 << (mutant.bit & 7));
        await writeFile(path, changed);
        if (await isAccepted(copy)) accepted.push(mutant);
        await writeFile(path, bytes);
        onDone(++done);
      }
      await rm(copy, { recursive: true });
    }),
  );
  return accepted;
}

/** Bits spread over all files, and within a file by chance. */
export async function someMutants(
  folder: string,
  { count, seed, only }: { readonly count: number; readonly seed: number; readonly only?: string | undefined },
): Promise<readonly Mutant[]> {
  const files = (await filesOf(folder)).filter((file) => only === undefined || file === only);
  const sizes = new Map<string, number>();
  for (const file of files) sizes.set(file, (await readFile(join(folder, file))).length * 8);
  if (only !== undefined) return Array.from({ length: sizes.get(only) ?? 0 }, (_, bit) => ({ file: only, bit }));
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, (_, i) => {
    const file = files[i % files.length] as string;
    return { file, bit: random(sizes.get(file) ?? 1) };
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'guancha-proof-'));
  try {
    const { path, bytesBeside } = await proofIn(folder);
    if (!(await isAccepted(path))) throw new Error('the proof itself is refused');
    const mutants = await someMutants(path, {
      count: Number(values.count),
      seed: Number(values.seed),
      only: values.only,
    });
    const say = (done: number) => {
      if (done % 1000 === 0) process.stderr.write(`${done} of ${mutants.length}\n`);
    };
    const accepted = await tryMutants(path, mutants, availableParallelism(), say);
    process.stdout.write(
      `${mutants.length} mutants of ${(await filesOf(path)).length} files, ${mutants.length - accepted.length} refused; ${bytesBeside} bytes beside the evidence\n`,
    );
    for (const { file, bit } of accepted) process.stdout.write(`accepted: ${file}, bit ${bit}\n`);
    if (accepted.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
