/** What an audit says on stdout: JSON lines for programs, for people the worst first and each check once. */
import { join } from 'node:path';
import { type AuditSummary, CHECKS, type Reporter, type Severity } from '../audit/promises.ts';
import { counted, grouped } from '../counted.ts';
import { type Group, isRepairable, openGroups } from './findings.ts';
import type { Terminal } from './terminal.ts';
import { line, link, type Style, style, type Text } from './text.ts';
import { titleOf } from './titles.ts';

/** A line a finding as it comes, and the figures in the last line. */
export function jsonReport(terminal: Terminal): Reporter {
  return {
    add: ({ severity, code, article, path, detail, repair }) =>
      terminal.result('', { type: 'finding', severity, code, article, path, detail, repair }),
    end: (summary) => terminal.summary('audit', summary),
  };
}

const STYLES: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', note: 'dim' };
/** More of one kind are counted, not shown. */
const MOST_SHOWN = 10;

/**
 * Holds a few findings of each check until the end, whatever their number.
 * @param repair what to type where something can be repaired; null where nothing can be repaired there
 */
export function terminalReport(terminal: Terminal, { repair }: { readonly repair: string | null }): Reporter {
  const groups = openGroups(MOST_SHOWN);
  return {
    add: (found, root) => groups.add(found, root),
    end: (summary) => {
      const found = groups.worstFirst();
      for (const group of found) printGroup(terminal, group);
      printSummary(terminal, summary);
      const isWrong = summary.errors + summary.warnings > 0; // a note may be for good: the site never had the picture
      if (repair !== null && isWrong && found.some(({ code }) => isRepairable(code))) terminal.say(`→ ${repair}`);
    },
  };
}

function printGroup(terminal: Terminal, { code, count, shown }: Group): void {
  const { severity, means, fix } = CHECKS[code];
  const head = line`${style(STYLES[severity], severity)} ${style('bold', code)}  ${grouped(count)}`;
  const lines: Text[] = [head, `  ${means}; ${fix}`];
  for (const each of shown) {
    const { found, root } = each;
    const title = titleOf(each);
    lines.push(
      line`  ${link(found.path, join(root, found.path))}`,
      ...(title === null ? [] : [style('bold', `    ${title}`)]),
      `    ${found.detail}`,
    );
  }
  const more = grouped(count - shown.length);
  if (count > shown.length) lines.push(`  … and ${more} more: audit --json --only ${code}`);
  terminal.say(...lines, '');
}

function printSummary(
  terminal: Terminal,
  { articles, assets, bytes, errors, warnings, elapsedMs }: AuditSummary,
): void {
  const verdict =
    errors + warnings === 0
      ? style('green', '✓ nothing is wrong')
      : style(errors > 0 ? 'red' : 'yellow', `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`);
  const read = `${counted(articles, 'article')}, ${counted(assets, 'picture')}, ${(bytes / 1e6).toFixed(1)} MB`;
  const rate = Math.round(articles / Math.max(elapsedMs / 1000, 0.001));
  const speed = `read in ${(elapsedMs / 1000).toFixed(1)} s, ${rate} articles/s`;
  terminal.say(verdict, `${read} ${speed}`);
}
