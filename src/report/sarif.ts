/** The audit as SARIF 2.1.0 (OASIS), which code scanning services and editors read. Findings are written as they come. */
import { CHECKS, type CheckCode } from '../audit/checks-table.ts';
import type { Finding } from '../audit/finding.ts';
import type { AuditRun, OpenReport } from './audit-run.ts';
import { folderUrl, relativeUrl } from './links.ts';
import { sentence } from './sentence.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

export const sarifReport: OpenReport = (file, run) => {
  const { head, tail } = frameOf(run);
  let count = 0;
  return {
    add: async (found, root) => {
      await file.write(`${count === 0 ? head : ','}\n${JSON.stringify(resultOf(found, root, run))}`);
      count += 1;
    },
    end: async (summary) => {
      const startedAt = run.startedAt.getTime();
      const invocation = {
        executionSuccessful: true,
        startTimeUtc: new Date(startedAt).toISOString(),
        endTimeUtc: new Date(startedAt + summary.elapsedMs).toISOString(),
      };
      await file.write(`${count === 0 ? head : ''}${tail(invocation, summary)}`);
      await file.commit();
    },
  };
};

/** What stands before and after the results. */
function frameOf(run: AuditRun) {
  const { name, version, homepage } = run.tool;
  const driver = { name, version, semanticVersion: version, informationUri: homepage, rules: run.codes.map(ruleOf) };
  const bases = Object.fromEntries(run.roots.map((root) => [baseOf(root, run), { uri: folderUrl(root) }]));
  const head = `{"$schema":${JSON.stringify(SCHEMA)},"version":"2.1.0","runs":[{"tool":${JSON.stringify({ driver })},"originalUriBaseIds":${JSON.stringify(bases)},"columnKind":"utf16CodeUnits","results":[`;
  const tail = (invocation: object, properties: object) =>
    `\n],"invocations":[${JSON.stringify(invocation)}],"properties":${JSON.stringify(properties)}}]}\n`;
  return { head, tail };
}

function ruleOf(code: CheckCode) {
  const { group, severity, means, mend } = CHECKS[code];
  return {
    id: code,
    shortDescription: { text: sentence(means) },
    fullDescription: { text: sentence(means) },
    help: { text: `${sentence(means)} What mends it: ${mend}.` },
    defaultConfiguration: { level: severity },
    properties: { tags: [group] },
  };
}

function resultOf({ code, severity, article, path, detail, repair }: Finding, root: string, run: AuditRun) {
  const artifactLocation = { uri: relativeUrl(path), uriBaseId: baseOf(root, run) };
  return {
    ruleId: code,
    ruleIndex: run.codes.indexOf(code),
    level: severity,
    message: { text: `${sentence(CHECKS[code].means)} ${detail}` },
    locations: [{ physicalLocation: { artifactLocation } }],
    properties: { article, repair },
  };
}

/** The name of an audited folder in addresses: most audits have one. */
function baseOf(root: string, { roots }: AuditRun): string {
  const at = roots.indexOf(root);
  return at === 0 ? 'ARCHIVE' : `ARCHIVE${at + 1}`;
}
