/** The flags, arguments and help of the commands for archives that several machines share. */
import type { Command } from 'commander';
import { examples, type Invocation, JSON_LINES } from './flags.ts';

export function sharing(
  program: Command,
  { terminal, interrupts, end }: Pick<Invocation, 'terminal' | 'interrupts' | 'end'>,
): void {
  program
    .command('copy')
    .option('--json', JSON_LINES)
    .summary('an archive from a folder to an object store, or back')
    .description(
      'Copies an archive and compares every file by its SHA-256. A copy that was cut off goes on with the same command.',
    )
    .argument('<from>', 'folder, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME')
    .argument('<to>', 'the same')
    .addHelpText('after', examples('copy ./archive s3://bucket/archive', 'copy s3://bucket/archive ./archive'))
    .action(async (from: string, to: string, flags: { json?: boolean }) => {
      const { copy } = await import('./copy.ts');
      end(await copy(from, to, { terminal: terminal(flags), interrupts }));
    });
}
