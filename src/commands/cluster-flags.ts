/** The flags, arguments and help of the commands for several machines and the archives that they share. */
import { Argument, type Command } from 'commander';
import type { ClusterAction } from './cluster.ts';
import { type CommonFlags, common, examples, type Invocation, JSON_LINES } from './flags.ts';

export function clustering(program: Command, { prepare, end }: Invocation): void {
  common(program.command('cluster'))
    .summary('the database of several machines')
    .description(
      'Makes the tables of the database under cluster.postgres or brings them up to date (init); says who works for the cluster and what waits (status); takes queue and journal of this archive there (import), or back into frontier.sqlite (export).',
    )
    .addArgument(new Argument('<action>').choices(['init', 'status', 'import', 'export']))
    .addHelpText('after', examples('cluster init', 'cluster status', 'cluster import', 'cluster export --json'))
    .action(async (action: ClusterAction, flags: CommonFlags) => {
      const { cluster } = await import('./cluster.ts');
      end(await cluster(action, prepare(flags)));
    });
}

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
