/** `doctor`: is everything there that a crawl needs, and what to do where it is not. */
import { type Config, loadConfig } from '../config.ts';
import { bad, type Found } from '../doctor/check.ts';
import { CHECKS } from '../doctor/checks.ts';
import { ArchiveError, ERRORS, EXIT, type ExitCode } from '../errors.ts';
import { packageInfo } from '../package-info.ts';
import type { Interrupts } from './session.ts';
import type { Terminal } from './terminal.ts';

const MARKS = { ok: ['✓', 'green'], warn: ['!', 'yellow'], bad: ['✗', 'red'] } as const;

/** Returns `incomplete` where a check is bad; a configuration that is not valid is one, and then the only one. */
export async function doctor(
  flags: { readonly config?: string | undefined; readonly archive?: string | undefined },
  { terminal, interrupts }: { readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const config = load(flags);
  if (config instanceof ArchiveError) {
    tell(terminal, 'config', bad(config.message, ERRORS[config.code].fix));
    return EXIT.incomplete;
  }
  const { name, version, homepage } = packageInfo();
  const product = `${name}/${version} (+${homepage})`;
  let exit: ExitCode = EXIT.ok;
  for (const [check, ask] of Object.entries(CHECKS)) {
    const found = await ask({ config, product, signal: interrupts.signal });
    tell(terminal, check, found);
    if (found.state === 'bad') exit = EXIT.incomplete;
  }
  return exit;
}

function load(flags: {
  readonly config?: string | undefined;
  readonly archive?: string | undefined;
}): Config | ArchiveError {
  try {
    return loadConfig(flags.config ?? null, { archive: flags.archive });
  } catch (error) {
    if (error instanceof ArchiveError) return error;
    throw error;
  }
}

function tell(terminal: Terminal, check: string, found: Found): void {
  const [mark, style] = MARKS[found.state];
  const fix = found.fix === null ? '' : `\n    → ${found.fix}`;
  if (terminal.json) terminal.result('', { check, ...found });
  else terminal.say(`${terminal.style(style, mark)} ${check.padEnd(8)} ${found.says}${fix}`);
}
