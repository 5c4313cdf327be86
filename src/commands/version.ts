/** `version`: which program this is, for a report of a fault and for programs. */
import { EXIT, type ExitCode } from '../errors.ts';
import type { Terminal } from '../report/terminal.ts';
import { versions, versionText } from '../versions.ts';

export function version(terminal: Terminal): ExitCode {
  terminal.result(versionText(), { type: 'version', ...versions() });
  return EXIT.ok;
}
