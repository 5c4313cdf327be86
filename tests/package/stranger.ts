/** Somebody who has the pages alone: each command is looked for in their code blocks and typed where he is, and counted. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = /https:\/\/www\.guancha\.cn\/politics\/2022_01_28_623950\.shtml/;

/** What a stranger does: the pages that he opens and the commands that he types. */
export interface Stranger {
  /** Types the command that a page prints. @param but what is put in the place of the example's words */
  type(line: RegExp, but?: (command: string) => string, status?: number, at?: Place): Promise<string>;
  /** Begins one that goes on. */
  begin(line: RegExp, ready: RegExp, at?: Place): Promise<{ readonly said: string; readonly end: () => void }>;
}

/** Where he is: a clone, or a machine with the package. */
export interface Place {
  readonly name: string;
  readonly archive: string;
  spawn(command: string): ChildProcess;
  /** Writes the configuration that names the newspaper's addresses. */
  configure(text: string): void;
}

export interface Tasks {
  task(name: string, place: Place, body: (stranger: Stranger) => Promise<void>): Promise<void>;
  /** In Markdown. */
  table(): readonly string[];
}

/** Counts what tasks take, by the pages that a README leads to. */
export function countTasks(readme: string, say: (text: string) => void): Tasks {
  const counts: { task: string; place: string; pages: number; commands: number; seconds: number }[] = [];
  const task: Tasks['task'] = async (name, place, body) => {
    const opened = new Set([readme]);
    let commands = 0;
    const find = (line: RegExp): string => {
      for (const page of pagesOf(readme)) {
        const found = commandsOf(page).find((command) => line.test(command));
        if (found === undefined) continue;
        opened.add(page);
        commands += 1;
        return found.replace(/^node bin\/guancha-archive/, 'guancha-archive');
      }
      throw new Error(`no page that ${readme} leads to prints a command like ${line}`);
    };
    const from = performance.now();
    await body({
      type: async (line, but = (command) => command, status = 0, at = place) => {
        const command = but(find(line));
        const child = at.spawn(command);
        const { code, said } = await ended(child);
        assert.equal(code, status, `${at.name}: ${command}\n${said}`);
        return said;
      },
      begin: async (line, ready, at = place) => {
        const child = at.spawn(find(line));
        const heard = Promise.withResolvers<string>();
        const end = ended(child, (said) => ready.test(said) && heard.resolve(said));
        const said = await Promise.race([heard.promise, end.then(({ said: all }) => all)]);
        assert.match(said, ready);
        return { said, end: () => endGroup(child) };
      },
    });
    const seconds = (performance.now() - from) / 1000;
    counts.push({ task: name, place: place.name, pages: opened.size, commands, seconds });
    say(`${place.name}: ${name}: ${opened.size} pages, ${commands} commands, ${(seconds / 60).toFixed(1)} min`);
  };
  return {
    task,
    table: () => [
      '| task | where | pages | commands | minutes |',
      '|---|---|---|---|---|',
      ...counts.map(
        ({ task: name, place, pages, commands, seconds }) =>
          `| ${name} | ${place} | ${pages} | ${commands} | ${(seconds / 60).toFixed(1)} |`,
      ),
    ],
  };
}

/** Types one line after the other in the folder that the first of them changes to. */
export async function typeAll(
  type: Stranger['type'],
  [folder, ...lines]: readonly [RegExp, ...RegExp[]],
): Promise<void> {
  let changed = '';
  await type(folder, (command) => {
    changed = command;
    return command;
  });
  for (const line of lines) await type(line, (command) => `${changed} && ${command}`);
}

/** The commands of a page's code blocks: of shells' whole lines, of examples what stands behind `$`. */
function commandsOf(page: string): readonly string[] {
  const blocks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(([, language, text = '']) =>
    text.split('\n').flatMap((line) => {
      const command = language === 'sh' ? line : line.startsWith('$ ') ? line.slice(2) : '';
      return command.trim() === '' ? [] : [command.replace(/\s+#.*$/, '')];
    }),
  );
}

/** The pages that a README leads to. */
function pagesOf(readme: string): readonly string[] {
  const found = readFileSync(join(ROOT, readme), 'utf8').matchAll(/\]\((docs\/[^)#]+\.md)/g);
  return [readme, ...new Set([...found].map(([, page = '']) => posix.normalize(page)))];
}

export async function ended(child: ChildProcess, heard: (said: string) => unknown = () => {}) {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      heard(said);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

/** With all that it began. */
export function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}

/** Puts articles that there are in the place of those that the pages name. */
export function exampleOf(
  first: { readonly url: string; readonly id: string },
  second = first,
): (command: string) => string {
  return (command) =>
    command.replace(EXAMPLE, first.url).replace('guancha:623950', first.id).replace('guancha:904308', second.id);
}
