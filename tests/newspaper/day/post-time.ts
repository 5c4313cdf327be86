/** How the community prints the time of a post (site.md, 4). */
import { clock } from '../write/calendar.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function postTime(publishedAt: number, now: number): string {
  const age = now - publishedAt;
  if (age < MINUTE) return '刚刚';
  if (age < HOUR) return `${Math.floor(age / MINUTE)}分钟前`;
  const [day = '', time = ''] = clock(publishedAt).split(' ');
  const minutes = time.slice(0, 5);
  if (day === clock(now).slice(0, 10)) return `${Math.floor(age / HOUR)}小时前`;
  if (day === clock(now - 24 * HOUR).slice(0, 10)) return `昨天 ${minutes}`;
  return day.slice(0, 4) === clock(now).slice(0, 4) ? `${day.slice(5)} ${minutes}` : `${day} ${minutes}`;
}
