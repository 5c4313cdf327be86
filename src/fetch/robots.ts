/** robots.txt of each origin: read once a day, asked before every request (RFC 9309). */
import robotsParser from 'robots-parser';
import type { Clock } from '../clock.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import type { Log } from '../log.ts';

/** The product token that robots.txt groups are matched with. */
const ROBOTS_TOKEN = 'guancha-archive';

export interface Robots {
  /** @throws ROBOTS_DISALLOWED; ADDRESS_REFUSED, PROXY_UNREACHABLE, CERTIFICATE_REFUSED; ROBOTS_UNREACHABLE where the file cannot be had (RFC 9309, 2.3.1.4: then all is disallowed) */
  require(url: string, signal: AbortSignal): Promise<void>;
}

export interface RobotsFile {
  readonly text: string;
  readonly status: number;
  /** When it was read, ms since 1970. */
  readonly at: number;
}

/** What a robots.txt allows, and when it was read, ms since 1970. */
interface Rules {
  readonly allows: (url: string) => boolean;
  readonly at: number;
}

/** The package's types describe an ES module; what is loaded is the function itself. */
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

const DAY_MS = 86_400_000;

/**
 * @param options `load` gets a robots.txt; `remembered` keeps it between runs; `onCrawlDelay` is called with a host's crawl-delay in ms
 */
export function createRobots(options: {
  readonly load: (url: string, signal: AbortSignal) => Promise<{ readonly text: string; readonly status: number }>;
  readonly remembered: { robots(origin: string): RobotsFile | null; setRobots(origin: string, file: RobotsFile): void };
  readonly onCrawlDelay: (host: string, delayMs: number) => void;
  readonly clock: Clock;
  readonly log: Log;
}): Robots {
  const rules = new Map<string, Promise<Rules>>();

  return {
    require: async (url, signal) => {
      const { origin } = new URL(url);
      const { allows } = await currentRules(origin, signal);
      if (!allows(url)) throw new ArchiveError('ROBOTS_DISALLOWED', `${url}: disallowed by ${origin}/robots.txt`);
    },
  };

  /** Read once a day, however long the program runs; one that could not be had is asked for again next time. */
  async function currentRules(origin: string, signal: AbortSignal): Promise<Rules> {
    const known = rules.get(origin);
    if (known !== undefined) {
      const settled = await known;
      if (isFresh(settled)) return settled;
      if (rules.get(origin) !== known) return currentRules(origin, signal); // somebody else asks already
    }
    const read = rulesOf(origin, signal);
    rules.set(origin, read);
    read.catch(() => rules.delete(origin));
    return read;
  }

  function isFresh({ at }: { readonly at: number }): boolean {
    return options.clock.now() - at < DAY_MS;
  }

  async function rulesOf(origin: string, signal: AbortSignal): Promise<Rules> {
    const file = await fileOf(origin, signal);
    // 2.3.1.3: a site without the file (4xx) sets no rules.
    if (file.status >= 400) return { allows: () => true, at: file.at };
    const parsed = parseRobots(`${origin}/robots.txt`, file.text);
    const delay = parsed.getCrawlDelay(ROBOTS_TOKEN);
    if (delay !== undefined && delay > 0) options.onCrawlDelay(new URL(origin).host, delay * 1000);
    return { allows: (url) => parsed.isAllowed(url, ROBOTS_TOKEN) !== false, at: file.at };
  }

  async function fileOf(origin: string, signal: AbortSignal): Promise<RobotsFile> {
    const kept = options.remembered.robots(origin);
    if (kept !== null && isFresh(kept)) return kept;
    const url = `${origin}/robots.txt`;
    let answer: { readonly text: string; readonly status: number };
    try {
      answer = await options.load(url, signal);
    } catch (error) {
      // What is no fault of the file keeps its name.
      const ours = ['ADDRESS_REFUSED', 'PROXY_UNREACHABLE', 'CERTIFICATE_REFUSED'];
      if (!(error instanceof ArchiveError) || ours.includes(error.code) || nextAfter(error) === 'stop') throw error;
      throw new ArchiveError('ROBOTS_UNREACHABLE', `${url}: ${error.message}`, { cause: error });
    }
    if (answer.status >= 500) throw new ArchiveError('ROBOTS_UNREACHABLE', `${url}: status ${answer.status}`);
    const file = { ...answer, at: options.clock.now() };
    options.remembered.setRobots(origin, file);
    options.log({ level: 'info', stage: 'fetch', message: `${url}: status ${answer.status}` });
    return file;
  }
}
