/** The audit as JUnit XML, which build servers read: a suite for each group of checks, a test case for each check. */
import { CHECKS, type CheckCode, type CheckGroup } from '../audit/checks-table.ts';
import { escapeText } from '../page/markup.ts';
import { printable } from '../printable.ts';
import { type AuditRun, type OpenReport, RANK } from './audit-run.ts';
import { type Group, openGroups } from './groups.ts';
import { counted } from './sentence.ts';

/** More of one check are counted, not listed. */
const MOST_LISTED = 200;

export const junitReport: OpenReport = (file, run) => {
  const groups = openGroups(MOST_LISTED);
  return {
    add: (found, root) => groups.add(found, root),
    end: async ({ elapsedMs }) => {
      const found = new Map(groups.worstFirst().map((group) => [group.code, group]));
      const cases = run.codes.map((code) => caseOf(code, found.get(code), run));
      const seconds = (elapsedMs / 1000).toFixed(3);
      const name = escaped(`${run.tool.name} audit`);
      await file.write('<?xml version="1.0" encoding="UTF-8"?>\n');
      await file.write(`<testsuites name="${name}" ${sums(cases)} time="${seconds}">\n`);
      for (const group of new Set(cases.map((each) => each.group))) {
        const own = cases.filter((each) => each.group === group);
        const startedAt = run.startedAt.toISOString().slice(0, 19);
        await file.write(`<testsuite name="${group}" ${sums(own)} time="0" timestamp="${startedAt}">\n`);
        for (const { xml } of own) await file.write(xml);
        await file.write('</testsuite>\n');
      }
      await file.write('</testsuites>\n');
      await file.commit();
    },
  };
};

interface TestCase {
  readonly group: CheckGroup;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly xml: string;
}

function caseOf(code: CheckCode, found: Group | undefined, { failOn, groups }: AuditRun): TestCase {
  const { group, severity, means } = CHECKS[code];
  const open = `<testcase classname="audit.${group}" name="${code}" time="0">`;
  const close = '</testcase>\n';
  if (found === undefined) {
    if (groups.has(group)) return { group, state: 'passed', xml: `${open}${close}` };
    const skipped = '<skipped message="not asked of what is audited"/>';
    return { group, state: 'skipped', xml: `${open}${skipped}${close}` };
  }
  const message = escaped(`${counted(found.count, severity)}: ${means}`);
  if (RANK[severity] < RANK[failOn]) {
    const listed = `<system-out>${message}\n${listOf(found)}</system-out>`;
    return { group, state: 'passed', xml: `${open}${listed}${close}` };
  }
  const failure = `<failure type="${severity}" message="${message}">${listOf(found)}</failure>`;
  return { group, state: 'failed', xml: `${open}${failure}${close}` };
}

function listOf({ code, count, shown }: Group): string {
  const lines = shown.map(({ found, root }) => `${root}/${found.path}: ${found.detail}`).map(escaped);
  lines.push(escaped(`What mends it: ${CHECKS[code].mend}.`));
  if (count > shown.length) lines.unshift(`The first ${shown.length} of ${count}:`);
  return lines.join('\n');
}

function sums(cases: readonly TestCase[]): string {
  const count = (state: TestCase['state']) => cases.filter((each) => each.state === state).length;
  return `tests="${cases.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`;
}

/** On one line; XML 1.0 has no place for control characters and for these two, however they are written. */
function escaped(text: string): string {
  return escapeText(printable(text).replace(/[\ufffe\uffff]/g, '\ufffd'));
}
