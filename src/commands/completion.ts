/** `completion SHELL`: the script by which a shell completes command lines, as it lies in deploy/completions/. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../package.ts';

/** The scripts, each with the name that its shell wants in its own folder. */
export const COMPLETIONS = {
  bash: 'guancha-archive.bash',
  zsh: '_guancha-archive',
  fish: 'guancha-archive.fish',
  powershell: 'guancha-archive.ps1',
} as const;

/** @returns what the shell is to read, by `source` or from its folder for completions */
export function completionScript(shell: keyof typeof COMPLETIONS): string {
  return readFileSync(packageFile(`deploy/completions/${COMPLETIONS[shell]}`), 'utf8');
}
