/** Damage to the frontier. */
import type { CheckCode } from '../../../src/audit/promises.ts';
import { type Damage, damage, half } from './damage.ts';

export const FRONTIER: readonly Damage[] = [
  damage(
    'frontier-missing',
    'a frontier that was removed after a run',
    (archive) => {
      archive.sql('');
      archive.write('lock.sqlite', '');
      archive.remove('frontier.sqlite');
      return 'frontier.sqlite';
    },
    true,
  ),
  damage(
    'frontier-unreadable',
    'a frontier that is no database',
    (archive) => {
      archive.write('frontier.sqlite', 'x'.repeat(5000));
      return 'frontier.sqlite';
    },
    true,
  ),
  damage(
    'frontier-unreadable',
    'a frontier cut in half',
    (archive) => {
      archive.sql('');
      archive.write('frontier.sqlite', half(archive.bytes('frontier.sqlite')));
      return 'frontier.sqlite';
    },
    true,
  ),
  frontier(
    'frontier-absent',
    'an article that the archive does not have',
    () =>
      `INSERT INTO targets (id, url, priority, added_at, outcome, detail, settled_at) VALUES ('guancha:42', 'https://www.guancha.cn/a/2026_10_14_42.shtml', 1, 1, 'archived', '2026/10/2026_10_14_42', 1)`,
  ),
  frontier('frontier-unknown', 'a row lost', (id) => `DELETE FROM targets WHERE id = '${id}'`),
  frontier('frontier-key', 'another place', (id) => `UPDATE targets SET detail = '2026/10/x' WHERE id = '${id}'`),
  frontier(
    'frontier-row',
    'a picture that is no JSON',
    (id) => `UPDATE targets SET lead_picture = '{"src": "https:' WHERE id = '${id}'`,
  ),
  frontier('frontier-row', 'other things printed', (id) => `UPDATE targets SET listed = '[7]' WHERE id = '${id}'`),
  frontier(
    'frontier-outcome',
    'an outcome that is none',
    (id) => `UPDATE targets SET outcome = 'done' WHERE id = '${id}'`,
  ),
  frontier(
    'frontier-outcome',
    'an outcome without a time',
    (id) => `UPDATE targets SET settled_at = NULL WHERE id = '${id}'`,
  ),
  frontier(
    'frontier-outcome',
    'a failure without a code',
    (id) => `UPDATE targets SET outcome = 'failed', code = NULL WHERE id = '${id}'`,
  ),
  frontier(
    'frontier-outcome',
    'moved to nowhere',
    (id) => `UPDATE targets SET outcome = 'moved', detail = 'https://x' WHERE id = '${id}'`,
  ),
];

function frontier(code: CheckCode, name: string, sql: (id: string) => string): Damage {
  return damage(code, name, (archive) => {
    archive.sql(sql(archive.recordOf(archive.spot()).id));
    return 'frontier.sqlite';
  });
}
