/** robots.txt of each origin: asked before every request, read anew once a day, and sooner where it may be a moment's (RFC 9309). */
import robotsParser from 'robots-parser';
import type { Clock } from '../clock.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import type { Log } from '../log.ts';
import { HostAway, type Politeness } from './politeness.ts';
import { crawlDelayMs } from './wishes.ts';

/** The product token that robots.txt groups are matched with. */
const ROBOTS_TOKEN = 'guancha-archive';

export interface Robots {
  /**
   * @param options `isPatient` is false where nobody waits until the host may be asked for its robots.txt
   * @throws HostAway: ROBOTS_UNREACHABLE where the file cannot be had and none is remembered (RFC 9309, 2.3.1.4: then all is
   *   disallowed), ROBOTS_DISALLOWED where it forbids the whole site, HOST_PAUSED where it would have to be waited for;
   *   ROBOTS_DISALLOWED; ADDRESS_REFUSED, PROXY_UNREACHABLE, CERTIFICATE_REFUSED; what stops a run
   */
  require(url: string, signal: AbortSignal, options?: { readonly isPatient?: boolean }): Promise<void>;
}

/** The rules in force of an origin. Instants in ms since 1970. */
export interface RobotsFile {
  /** Empty where the origin sets none. */
  readonly text: string;
  /** Of the last answer that counted. */
  readonly status: number;
  /** When it was read. */
  readonly at: number;
  /** When it is read anew. */
  readonly nextAt: number;
  /** How often in a row the answer was none to be believed for a day. */
  readonly tries: number;
}

export interface RobotsMemory {
  robots(origin: string): RobotsFile | null;
  setRobots(origin: string, file: RobotsFile): void;
}

interface Answer {
  readonly text: string;
  readonly status: number;
}

interface Rules {
  readonly file: RobotsFile;
  readonly allows: (url: string) => boolean;
  readonly forbidsAll: boolean;
}

/** The package's types describe an ES module; what is loaded is the function itself. */
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** An answer that may be a moment's is asked for again after this; twice as long each time, up to a day. */
const DOUBTFUL_MS = 10 * MINUTE_MS;

/**
 * @param options `load` gets a robots.txt in its host's turn; `remembered` keeps what it said between runs
 */
export function createRobots(options: {
  readonly load: (url: string, signal: AbortSignal) => Promise<Answer>;
  readonly remembered: RobotsMemory;
  readonly politeness: Pick<Politeness, 'backOff' | 'leaveAlone' | 'leftMs' | 'setCrawlDelay'>;
  /** No host is left alone for longer. */
  readonly longestPauseMs: number;
  readonly clock: Clock;
  readonly log: Log;
}): Robots {
  const { remembered, politeness, clock, log } = options;
  const parsed = new Map<string, Rules>();
  const reading = new Map<string, Promise<Rules>>();

  return {
    require: async (url, signal, { isPatient = true } = {}) => {
      const { origin, host } = new URL(url);
      const { allows, forbidsAll, file } = inForce(origin) ?? (await readOnce(origin, signal, isPatient));
      if (allows(url)) return;
      const where = `${url}: disallowed by ${origin}/robots.txt`;
      if (!forbidsAll) throw new ArchiveError('ROBOTS_DISALLOWED', where);
      politeness.leaveAlone(host, file.nextAt - clock.now(), 'robots.txt forbids the whole site');
      throw new HostAway('ROBOTS_DISALLOWED', host, `${where}, which forbids the whole site`);
    },
  };

  /** The rules that hold for now; null where they have to be read. Another process may have had them forgotten. */
  function inForce(origin: string): Rules | null {
    const file = remembered.robots(origin);
    if (file === null || !isFresh(file)) return null;
    return rulesOf(origin, file);
  }

  function isFresh({ at, nextAt }: RobotsFile): boolean {
    const now = clock.now();
    return at <= now && now < nextAt && now < at + DAY_MS;
  }

  /** One reading for all who wait for it. */
  function readOnce(origin: string, signal: AbortSignal, isPatient: boolean): Promise<Rules> {
    const { host } = new URL(origin);
    if (!isPatient && politeness.leftMs(host) > MINUTE_MS) {
      const file = remembered.robots(origin);
      if (file !== null) return Promise.resolve(rulesOf(origin, file)); // what was read last still counts
      return Promise.reject(new HostAway('HOST_PAUSED', host, `${origin}/robots.txt: its host is left alone for now`));
    }
    const known = reading.get(origin);
    if (known !== undefined) return known;
    const read = readAnew(origin, signal).finally(() => reading.delete(origin));
    reading.set(origin, read);
    return read;
  }

  async function readAnew(origin: string, signal: AbortSignal): Promise<Rules> {
    const url = `${origin}/robots.txt`;
    const before = remembered.robots(origin);
    let answer: Answer;
    try {
      answer = await options.load(url, signal);
    } catch (error) {
      // What is no fault of the file keeps its name.
      const ours = ['ADDRESS_REFUSED', 'PROXY_UNREACHABLE', 'CERTIFICATE_REFUSED'];
      if (!(error instanceof ArchiveError) || ours.includes(error.code) || nextAfter(error) === 'stop') throw error;
      if (!SLOWED_DOWN.includes(error.code)) politeness.backOff(url, `robots.txt: ${error.message}`);
      return unreachable(origin, before, error.message, error);
    }
    const { status } = answer;
    if (status === 429 || status >= 500 || (status >= 300 && status < 400)) {
      if (status < 400) politeness.backOff(url, `robots.txt: status ${status}`);
      return unreachable(origin, before, `status ${status}`);
    }
    const file = believe(answer, before);
    remembered.setRobots(origin, file);
    const note = file.tries > 0 ? '; it is read anew soon' : '';
    log({ level: 'info', stage: 'fetch', message: `${url}: status ${status}${note}` });
    return rulesOf(origin, file);
  }

  /** What was read last stays in force while the file cannot be had (RFC 9309, 2.4); without any, all is disallowed. */
  function unreachable(origin: string, before: RobotsFile | null, why: string, cause?: unknown): Rules {
    const { host } = new URL(origin);
    if (before === null) throw new HostAway('ROBOTS_UNREACHABLE', host, `${origin}/robots.txt: ${why}`, { cause });
    const file = { ...doubtful(before.tries), text: before.text, status: before.status };
    remembered.setRobots(origin, file);
    log({ level: 'warn', stage: 'fetch', message: `${origin}/robots.txt: ${why}; what was read last still counts` });
    return rulesOf(origin, file);
  }

  /**
   * What an answer means. A site without the file sets no rules (2.3.1.3); whatever else is no file of rules may be a moment's:
   * a refusal, a page in its place. What was read before then goes on.
   */
  function believe({ text, status }: Answer, before: RobotsFile | null): RobotsFile {
    const now = clock.now();
    const forADay = { at: now, nextAt: now + DAY_MS, tries: 0 };
    if (status === 404 || status === 410) return { text: '', status, ...forADay };
    const isFile = status < 300 && !isPage(text);
    if (!isFile) return { text: before?.text ?? '', status, ...doubtful(before?.tries ?? 0) };
    const forbidsHome = !parse('https://x', text).isAllowed('https://x/');
    return { text, status, ...(forbidsHome ? doubtful(before?.tries ?? 0) : forADay) };
  }

  function doubtful(tries: number): Pick<RobotsFile, 'at' | 'nextAt' | 'tries'> {
    const now = clock.now();
    const pauseMs = Math.min(DOUBTFUL_MS * 2 ** tries, DAY_MS, options.longestPauseMs);
    return { at: now, nextAt: now + pauseMs, tries: tries + 1 };
  }

  function rulesOf(origin: string, file: RobotsFile): Rules {
    const known = parsed.get(origin);
    if (known !== undefined && known.file.at === file.at && known.file.text === file.text) return { ...known, file };
    const { isAllowed, delay } = parse(origin, isPage(file.text) ? '' : file.text);
    const { longestPauseMs: longestMs } = options;
    politeness.setCrawlDelay(new URL(origin).host, crawlDelayMs(delay, { longestMs }) ?? 0);
    // Whatever may be allowed in parts is judged address by address.
    const forbidsAll = !isAllowed(`${origin}/`) && !/^[ \t]*allow[ \t]*:[ \t]*\S/im.test(file.text);
    const rules = { file, allows: isAllowed, forbidsAll };
    parsed.set(origin, rules);
    return rules;
  }
}

/** Politeness has seen these already. */
const SLOWED_DOWN: readonly string[] = ['NETWORK', 'TIMEOUT'];

function parse(
  origin: string,
  text: string,
): { readonly isAllowed: (url: string) => boolean; readonly delay: number | undefined } {
  const rules = parseRobots(`${origin}/robots.txt`, withoutOtherAgents(text));
  return {
    isAllowed: (url) => rules.isAllowed(url, ROBOTS_TOKEN) !== false,
    delay: rules.getCrawlDelay(ROBOTS_TOKEN),
  };
}

/**
 * The package writes each rule down for each agent that it is said to, in the product of their numbers: of those that stand
 * together, every one that is not this program and not `*` says as much as the first.
 */
function withoutOtherAgents(text: string): string {
  let named = new Set<string>();
  const lines = text.split(/\r\n|[\r\n]/).filter((line) => {
    const [field = '', value] = line
      .replace(/#.*/s, '')
      .split(':', 2)
      .map((each) => each.trim().toLowerCase());
    if (field === '' || value === undefined) return false; // no line of a rule
    if (field !== 'user-agent') {
      named = new Set();
      return true;
    }
    const [agent = ''] = value.split('/', 1).map((each) => each.trim());
    const meant = agent === '*' || agent === ROBOTS_TOKEN ? agent : 'other';
    if (named.has(meant)) return false;
    named.add(meant);
    return true;
  });
  return lines.join('\n');
}

/** A page in the place of the file: of an error, a gate, the home page. */
function isPage(text: string): boolean {
  return /^[\s\ufeff]*</.test(text);
}
