/** Times of publication and update in other forms: the instant comes out right, or in doubt. */
import { inPage, kindsOf, type MutantKind, type Sight, type Words } from '../kind.ts';

const TIME = 'li.left-main > div.time:not([style]) > span:first-child, .user-main .time1';

interface Clock {
  readonly y: number;
  readonly mo: number;
  readonly d: number;
  readonly h: number;
  readonly mi: number;
  readonly s: number;
}

function clockOf(text: string): Clock | null {
  const [, y, mo, d, h, mi, s = '0'] = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)(?::(\d\d))?$/.exec(text.trim()) ?? [];
  if (y === undefined) return null;
  return { y: Number(y), mo: Number(mo), d: Number(d), h: Number(h), mi: Number(mi), s: Number(s) };
}

const two = (n: number) => String(n).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Forms that say the same instant, to the minute at the least. */
const SAME: Readonly<Record<string, (clock: Clock) => readonly string[]>> = {
  'with slashes or dots': ({ y, mo, d, h, mi, s }) => [
    `${y}/${two(mo)}/${two(d)} ${two(h)}:${two(mi)}:${two(s)}`,
    `${y}.${two(mo)}.${two(d)} ${two(h)}:${two(mi)}`,
  ],
  'in Chinese': ({ y, mo, d, h, mi }) => [
    `${y}年${mo}月${d}日 ${two(h)}:${two(mi)}`,
    `${y}年${two(mo)}月${two(d)}日${two(h)}时${two(mi)}分`,
  ],
  'in English': ({ y, mo, d, h, mi }) => [
    `${MONTHS[mo - 1]} ${d}, ${y} ${two(h)}:${two(mi)}`,
    `${d} ${MONTHS[mo - 1]} ${y}, ${two(h)}:${two(mi)}`,
  ],
  'by a clock of twelve hours': ({ y, mo, d, h, mi, s }) => [
    `${y}-${two(mo)}-${two(d)} ${two(h % 12 === 0 ? 12 : h % 12)}:${two(mi)}:${two(s)} ${h < 12 ? 'AM' : 'PM'}`,
    `${y}-${two(mo)}-${two(d)} ${h < 12 ? '上午' : '下午'}${h % 12 === 0 ? 12 : h % 12}:${two(mi)}`,
  ],
  'in UTC': (clock) => [
    at(clock).toISOString(),
    `${at(clock).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    at(clock).toUTCString(),
  ],
  'as a number': (clock) => [String(at(clock).getTime()), String(at(clock).getTime() / 1000)],
  'with a label': ({ y, mo, d, h, mi, s }) =>
    ['发布时间：', '发表于 ', '时间：', '发布：', '更新于 '].map(
      (label) => `${label}${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)}`,
    ),
  'with the day of the week': ({ y, mo, d, h, mi }) => [
    `${y}-${two(mo)}-${two(d)} 星期三 ${two(h)}:${two(mi)}`,
    `${y}-${two(mo)}-${two(d)}（周五）${two(h)}:${two(mi)}`,
  ],
  'in wide digits': ({ y, mo, d, h, mi, s }) => [wide(`${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)}`)],
  'with a zone': ({ y, mo, d, h, mi, s }) => [
    `${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)} +0800`,
    `${y}-${two(mo)}-${two(d)}T${two(h)}:${two(mi)}:${two(s)}+08:00`,
    `${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)} (北京时间)`,
  ],
  'without leading zeros': ({ y, mo, d, h, mi, s }) => [`${y}-${mo}-${d} ${h}:${two(mi)}:${two(s)}`],
  'with a fraction of a second': ({ y, mo, d, h, mi, s }) => [
    `${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)}.000`,
    `${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)}.0`,
  ],
};

/** Forms that say less than an instant, or nothing. */
const LESS: Readonly<Record<string, (clock: Clock, words: Words) => readonly string[]>> = {
  'the day alone': ({ y, mo, d }) => [`${y}-${two(mo)}-${two(d)}`],
  'no year': ({ mo, d, h, mi }) => [`${two(mo)}-${two(d)} ${two(h)}:${two(mi)}`, `${mo}月${d}日 ${two(h)}:${two(mi)}`],
  'a year of two digits': ({ y, mo, d, h, mi }) => [`${two(y % 100)}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}`],
  'month and day changed about': ({ y, mo, d, h, mi, s }) => [
    `${y}-${two(d)}-${two(mo)} ${two(h)}:${two(mi)}:${two(s)}`,
  ],
  'a time that no clock shows': ({ y, mo, d }) => [
    `${y}-${two(mo)}-${two(d)} 25:61:00`,
    `${y}-13-${two(d)} 10:00:00`,
    `${y}-02-30 10:00:00`,
    '0000-00-00 00:00:00',
    '1970-01-01 08:00:00',
  ],
  'two times in one element': ({ y, mo, d, h, mi, s }) => [
    `${y}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)} / 2011-01-01 11:11:11`,
  ],
  'another day': ({ mo, d, h, mi, s }, { random }) => [
    `20${random.int(10, 15)}-${two(mo)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)}`,
  ],
  words: (_, words) => [words.sentence(), '不久前', '今日', '正在加载', words.name()],
};

const at = ({ y, mo, d, h, mi, s }: Clock) => new Date(Date.UTC(y, mo - 1, d, h - 8, mi, s));
const wide = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));

function printed(name: string, forms: (clock: Clock, words: Words) => readonly string[]): MutantKind['make'] {
  return (original, words) =>
    inPage(original, ($) => {
      const element = $(TIME).first();
      const clock = clockOf(element.text());
      if (clock === null) return false;
      const form = words.pick(forms(clock, words));
      if (form === element.text().trim()) return false;
      element.text(form);
      const toMinute = (value: unknown) => Math.floor(Date.parse(String(value)) / 60_000) * 60_000;
      const { published } = original.truth;
      const toTheMinute: Sight = {
        published: (value: unknown) => toMinute(value) === toMinute(published),
        precision: () => true,
      };
      const theDay: Sight = {
        published: (value: unknown) => String(value).slice(0, 10) === published.slice(0, 10),
        precision: 'day',
      };
      return name === 'the day alone' ? [toTheMinute, theDay] : [toTheMinute];
    });
}

const UPDATE_LABELS = ['最后更新：', '更新时间：', '更新于 ', '最后更新于', '修改时间: ', '最近更新：', 'Updated: '];

export const TIMES: readonly MutantKind[] = kindsOf('A', {
  ...Object.fromEntries(Object.entries(SAME).map(([name, forms]) => [`the time ${name}`, printed(name, forms)])),
  ...Object.fromEntries(Object.entries(LESS).map(([name, forms]) => [`for the time ${name}`, printed(name, forms)])),
  'the last update with another label': (original, words) =>
    inPage(original, ($) => {
      const span = $('li.left-main > div.time > span')
        .filter((_, each) => $(each).text().startsWith('最后更新'))
        .first();
      span.text(span.text().replace(/^最后更新: /, words.pick(UPDATE_LABELS)));
      return span.length > 0;
    }),
  'the last update in another form': (original, words) =>
    inPage(original, ($) => {
      const span = $('li.left-main > div.time > span')
        .filter((_, each) => $(each).text().startsWith('最后更新'))
        .first();
      const clock = clockOf(span.text().replace(/^最后更新: /, ''));
      if (clock === null) return false;
      const { y, mo, d, h, mi } = clock;
      span.text(
        `最后更新: ${words.pick([`${y}年${mo}月${d}日 ${h}:${two(mi)}`, at(clock).toISOString(), `${two(mo)}-${two(d)} ${two(h)}:${two(mi)}`, `${y}/${mo}/${d} ${h}:${two(mi)}`])}`,
      );
      const minute = (value: unknown) => String(value).slice(0, 16);
      return [{ updated: (value: unknown) => value !== null && minute(value) === minute(original.truth.updated) }];
    }),
  'no time': (original) => inPage(original, ($) => $('li.left-main > div.time, .user-main .time1').remove().length > 0),
  'an empty time': (original) => inPage(original, ($) => $(TIME).first().text('').length > 0),
  'a doubled time': (original) =>
    inPage(original, ($) => {
      const time = $('li.left-main > div.time, .user-main .time1').first();
      time.before(time.clone().text('').append('<span>2011-11-11 11:11:11</span>'));
      return time.length > 0;
    }),
});
