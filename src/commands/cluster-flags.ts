/** The commands of several machines: their flags and help. */
import { Argument, type Command } from 'commander';
import type { ClusterAction } from './cluster.ts';
import { type CommonFlags, common, examples, type Invocation } from './flags.ts';

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
