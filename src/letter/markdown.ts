/** The letter of a month as Markdown, and in a few lines for a message. Pure. */
import { type ArticleChange, describeChanges, type EditKind } from '../archive/changes.ts';
import { counted } from '../counted.ts';
import { onSiteClock, shownTime } from '../site/clock.ts';
import type { Letter } from './letter.ts';
import type { Rates, Share } from './rates.ts';

/** More of one kind are counted, not listed. */
const MOST_LISTED = 200;
const MOST_SOURCES = 30;
const LONGEST_TITLE = 200;

export function letterMarkdown(letter: Letter): string {
  const { month, days, isUnderWay, edited, withdrawn, returned, published, rates, damaged } = letter;
  const asOf = shownTime(onSiteClock(letter.asOf));
  const parts = [
    `# Guancha, ${month}`,
    isUnderWay
      ? `**The month is under way**: ${days.since} to ${days.until}, as of ${asOf}.`
      : `${days.since} to ${days.until}, as of ${asOf}.`,
    ...(damaged === 0
      ? []
      : [`**${counted(damaged, 'record')} cannot be read** and in no figure (\`guancha-archive audit\`).`]),
    '## Published',
    `${counted(published.articles, 'article')}${published.posts === 0 ? '' : ` and ${counted(published.posts, 'post')} of the community`} in the archive.`,
    table(
      ['source', 'articles'],
      published.sources.map(({ source, count }) => [source === null ? 'on demand' : plain(source), String(count)]),
      MOST_SOURCES,
    ),
    '## Edited',
    `${counted(edited.edits, 'edit')} of ${counted(edited.articles, 'article')}${edited.edits === 0 ? '' : `: ${kindsInWords(edited.kinds)}`}.`,
    events(edited.all),
    '## Withdrawn',
    `${withdrawn.count} withdrawn, ${returned.count} returned.`,
    events([...withdrawn.all, ...returned.all]),
    '## Missed',
    ...missedInWords(letter),
    '## Changed within a day and a week',
    ratesTable(rates),
    ...(['day', 'week'] as const).map((age) => denominator(age, rates[age])),
    'An article counts where it was visited again at that age (18 to 36 hours, 5¼ to 10½ days) after it was first archived; what it was then is compared with what it was first. Intervals are Wilson’s, 95 %. So GDELT’s Global Difference Graph counts, which fetches each article again after 24 hours and after one week.',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What it comes to: a line for each section. */
export function letterLines({ published, edited, withdrawn, returned, missed, rates, isUnderWay }: Letter): string[] {
  const { edited: day, withdrawn: goneInADay } = rates.day;
  return [
    ...(isUnderWay ? ['the month is under way'] : []),
    `${counted(published.articles, 'article')} and ${counted(published.posts, 'post')} published`,
    `${counted(edited.edits, 'edit')} of ${counted(edited.articles, 'article')}, ${withdrawn.count} withdrawn, ${returned.count} returned`,
    `${missed.failed + missed.refused + missed.waiting} not archived, ${counted(missed.neverSeen, 'number')} never seen`,
    `within a day ${shareInWords(day)} edited, ${shareInWords(goneInADay)} withdrawn`,
  ];
}

function missedInWords({ missed, completeness }: Letter): string[] {
  const { known, archived } = completeness;
  const { published, archivedShare } = completeness.completeness;
  const rows = [
    ['gone before they were archived', missed.gone],
    ['failed', missed.failed],
    ['refused', missed.refused],
    ['waiting', missed.waiting],
    ['moved or elsewhere', missed.elsewhere],
    ['numbers that nothing showed', missed.neverSeen],
    ['stretches that nobody watched, in no figure', missed.unwatched],
  ] as const;
  const share =
    archivedShare === null
      ? 'No number of an article of this month is known.'
      : `${archived} of ${known} article numbers that are known are archived; ${published.low} to ${published.high} were published, as far as numbers say: ${percent(archivedShare.low, 'down')} to ${percent(archivedShare.high, 'up')} are archived (95 %).`;
  return [
    share,
    table(
      ['', ''],
      rows.filter(([, count]) => count > 0).map(([name, count]) => [name, String(count)]),
      99,
    ),
  ];
}

function ratesTable({ day, week }: Letter['rates']): string {
  const rows = (['title', 'text', 'edited', 'withdrawn', 'moved'] as const).map((name) => [
    RATE_NAMES[name],
    shareInWords(day[name]),
    shareInWords(week[name]),
  ]);
  return table(['', 'a day later', 'a week later'], rows, 99);
}

const RATE_NAMES = {
  title: 'another title',
  text: 'another text',
  edited: 'title, text or both',
  withdrawn: 'withdrawn',
  moved: 'moved',
} as const;

function denominator(age: 'day' | 'week', rates: Rates): string {
  const { articles, revisited, notRevisited, notYet, notComparable } = rates;
  const rest = [
    ...(notRevisited === 0 ? [] : [`${notRevisited} were not, as far as is known`]),
    ...(notYet === 0 ? [] : [`${notYet} have not come to that age`]),
    ...(notComparable === 0
      ? []
      : [`of ${notComparable} the version before cannot be read, and they are in no rate of edits`]),
  ];
  const said = `Of ${counted(articles, 'article')} and posts of the month ${revisited} were visited again a ${age} later`;
  return `${[said, ...rest].join('; ')}.`;
}

/** `3 of 120, 2.5 % (0.9 to 7.1 %)`. */
export function shareInWords({ count, of, interval }: Share): string {
  if (interval === null) return 'none was looked at';
  const bounds = `${percent(interval.low, 'down').replace(' %', '')} to ${percent(interval.high, 'up')}`;
  return `${count} of ${of}, ${percent(count / of)} (${bounds})`;
}

/** One decimal; bounds are rounded away from the middle. */
export function percent(share: number, rounded: 'down' | 'up' | 'near' = 'near'): string {
  const tenths = share * 1000;
  const whole = { down: Math.floor(tenths + 1e-9), up: Math.ceil(tenths - 1e-9), near: Math.round(tenths) }[rounded];
  return `${(whole / 10).toFixed(1)} %`;
}

function kindsInWords(kinds: Readonly<Record<EditKind, number>>): string {
  return Object.entries(kinds)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}

function events(changes: readonly ArticleChange[]): string {
  const rest = changes.length - MOST_LISTED;
  const lines = changes.slice(0, MOST_LISTED).map((change) => {
    const { at, id, url, title } = change;
    const name = title === '' ? id : plain(title.slice(0, LONGEST_TITLE));
    return `- ${shownTime(onSiteClock(at)).slice(0, 16)} [${name}](<${url}>) ${detailOf(change)}`.trimEnd();
  });
  return [...lines, ...(rest > 0 ? [`- … and ${rest} more: \`guancha-archive changes\``] : [])].join('\n');
}

function detailOf(change: ArticleChange): string {
  switch (change.what) {
    case 'edited':
      return `version ${change.version}: ${change.changes === null ? 'the version before cannot be read' : describeChanges(change.changes)}`;
    case 'withdrawn':
      return `withdrawn: ${plain(change.evidence.join('; '))}`;
    case 'returned':
      return 'returned';
    default:
      return change satisfies never;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[], most: number): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rest = rows.length - most;
  const more = rest > 0 ? [line([`… and ${rest} more`, ...head.slice(1).map(() => '')])] : [];
  return [line(head), line(head.map(() => '---')), ...rows.slice(0, most).map(line), ...more].join('\n');
}

/** Words of the site as plain text: a backslash takes the meaning of punctuation (CommonMark, 2.4). */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
