/** A notice in words for people, before any service has its own form of it. Pure. */
import { describeChanges } from '../archive/changes.ts';
import { shownTime } from '../site/clock.ts';
import { oneLine } from './answer.ts';
import type { Notice } from './notice.ts';

/** Plain text throughout: nothing of it is markup of any service. */
export interface Message {
  /** One line: `Published`, or `Trial: published`. */
  readonly what: string;
  /** One line: an article's title, or what else it is about. */
  readonly about: string;
  /** One line each. */
  readonly lines: readonly string[];
  /** An address of the site; null where there is none. */
  readonly url: string | null;
  /** All of it, for a receiver that takes long texts; null where the lines say all. */
  readonly text: string | null;
}

const LONGEST_TITLE = 200;
const LONGEST_DETAIL = 600;

export function messageOf(notice: Notice, options: { readonly isTest: boolean }): Message {
  const { what, about, lines, url = null, text = null } = partsOf(notice);
  return {
    what: options.isTest ? `Trial: ${what}` : what,
    about: oneLine(about, LONGEST_TITLE),
    lines: lines.map((each) => oneLine(each, LONGEST_DETAIL)).filter((each) => each !== ''),
    url,
    text,
  };
}

type Parts = Pick<Message, 'what' | 'about' | 'lines'> & Partial<Pick<Message, 'url' | 'text'>>;

function partsOf(notice: Notice): Parts {
  switch (notice.on) {
    case 'published':
      return {
        what: 'published',
        about: notice.title,
        lines: [sourced(notice.source, `published ${shownTime(notice.publishedAt)}`)],
        url: notice.url,
      };
    case 'edited':
      return {
        what: 'edited',
        about: notice.title,
        lines: [
          `version ${notice.version}: ${notice.changes === null ? 'the version before cannot be read' : describeChanges(notice.changes)}`,
        ],
        url: notice.url,
      };
    case 'withdrawn':
      return {
        what: 'withdrawn',
        about: notice.title,
        lines: [`found gone ${notice.since}`, notice.evidence.join('; ')],
        url: notice.url,
      };
    case 'alarm':
      return {
        what: 'alarm',
        about: `${notice.source ?? notice.layout ?? 'pages of the site'}: ${notice.what}`,
        lines: [notice.detail, `since ${notice.since}`],
      };
    case 'run-failed':
      return {
        what: 'run failed',
        about: `${notice.command}: ${notice.code}`,
        lines: [
          notice.detail,
          notice.since === null ? '' : `a visit last ended well ${notice.since}`,
          `at ${notice.at}`,
        ],
      };
    case 'letter':
      return { what: 'letter', about: notice.month, lines: notice.lines, text: notice.text };
    default:
      return notice satisfies never;
  }
}

function sourced(source: string | null, rest: string): string {
  return source === null ? rest : `${source}, ${rest}`;
}
