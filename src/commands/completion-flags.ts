/** The commands by which shells complete command lines: their flags and help. */
import { Argument, type Command } from 'commander';
import { EXIT } from '../errors.ts';
import { printUnbroken } from '../report/plain.ts';
import { COMPLETIONS, completionScript } from './completion.ts';
import { examples, type Invocation } from './flags.ts';

/** Is called by the scripts of the shells at each completion: quick, and silent whatever happens. */
export const COMPLETE = 'complete';

export function completing(program: Command, { io, end }: Pick<Invocation, 'io' | 'end'>): void {
  program
    .command('completion')
    .summary('have a shell complete commands and flags')
    .description(
      'Prints a script by which a shell completes commands, flags and their values. Completion reads the configuration at most, and changes nothing.',
    )
    .addArgument(new Argument('<shell>').choices(Object.keys(COMPLETIONS)))
    .addHelpText('after', examples('completion bash', 'completion zsh', 'completion fish', 'completion powershell'))
    .action((shell: keyof typeof COMPLETIONS) => {
      printUnbroken(io.stdout, completionScript(shell));
      end(EXIT.ok);
    });

  program
    .command(COMPLETE, { hidden: true })
    .description('Prints what may follow: which paths, then two lines for each word, the word and what it is.')
    .option('--current <word>', 'what is typed of the word to complete', '')
    .argument('[word...]', 'the words before it')
    .action(async (before: string[], { current }: { current: string }) => {
      const { suggestionsFor } = await import('./suggestions.ts');
      const { paths, words } = await suggestionsFor(program, before, current).catch(() => NONE);
      const lines = words.flatMap(({ text, about }) => [text, about]);
      printUnbroken(io.stdout, `${[paths, ...lines].join('\n')}\n`);
      end(EXIT.ok);
    });
}

/** Where the configuration is at fault, for example: a person who presses a key wants to hear of none. */
const NONE = { paths: 'none', words: [] } as const;
