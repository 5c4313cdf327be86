/** What is wrong right now, each thing reported once: lists that give too little, hosts that do not answer or refuse. */
import { type Drift, describeDrift } from './drift.ts';
import type { SourceAlarm } from './sources.ts';

export interface Alarm {
  /** Name of a source, a host, or a layout; `markup`. */
  readonly about: string;
  /** Stays the same while it is the same thing that is wrong. */
  readonly what: SourceAlarm['what'] | 'unreachable' | 'refuses' | `drift ${string}` | `markup ${string}`;
  readonly detail: string;
  /** Ms since 1970. */
  readonly since: number;
}

interface Alarms {
  /** A host answered a request, whatever it said. */
  answered(host: string): void;
  /** A host gave no answer, or none but that it cannot. */
  silent(host: string, why: string): void;
  /** A host refuses this visitor, and is left alone. */
  refuses(host: string, detail: string): void;
  /** What a source's last samples show; nothing where all is as usual. A list that could not be read says nothing of what it gives. */
  read(
    source: string,
    sample: { readonly host: string; readonly isRead: boolean; readonly alarms: readonly SourceAlarm[] },
  ): void;
  drifts(drifts: readonly Drift[]): void;
  /** All forms of markup that are new, each as its alarm. */
  markup(found: readonly Alarm[]): void;
  /** All that is wrong now. */
  current(): readonly Alarm[];
}

/** Two failures so far apart, and no answer in between, are more than a moment's trouble. Each is of several requests. */
const SILENT_MS = 15 * 60_000;

interface Host {
  readonly answeredAt: number;
  readonly silentSince: number | null;
}

/** What is wrong, written down: a run that begins anew reports nothing that was reported. */
export interface RaisedAlarms {
  all(): readonly Alarm[];
  add(alarm: Alarm): void;
  remove(alarm: Pick<Alarm, 'about' | 'what'>): void;
}

/**
 * @param options `raised` is what was wrong when the last run ended; `onAlarm` is called once for each thing, when it goes
 *   wrong; `now` gives ms since 1970
 */
export function createAlarms(options: {
  readonly raised: RaisedAlarms;
  readonly now: () => number;
  readonly onAlarm: (alarm: Alarm) => void;
}): Alarms {
  const { now, onAlarm } = options;
  const raised = new Map<string, Alarm>(options.raised.all().map((alarm) => [keyOf(alarm), alarm]));
  const hosts = new Map<string, Host>();
  const hostOf = (host: string): Host => hosts.get(host) ?? { answeredAt: 0, silentSince: null };

  return {
    answered: (host) => {
      hosts.set(host, { answeredAt: now(), silentSince: null });
      settle(host, ['unreachable', 'refuses'], []);
    },
    silent: (host, why) => {
      const { answeredAt, silentSince } = hostOf(host);
      const since = silentSince ?? now();
      hosts.set(host, { answeredAt, silentSince: since });
      if (now() - since < SILENT_MS) return;
      settle(host, ['unreachable'], [{ about: host, what: 'unreachable', detail: why, since }]);
    },
    refuses: (host, detail) => settle(host, ['refuses'], [{ about: host, what: 'refuses', detail, since: now() }]),
    read: (source, { host, isRead, alarms }) => {
      // A list that cannot be read while nothing else of its host can be is no matter of the list.
      const own = alarms.filter(({ what, since }) => what !== 'unread' || hostOf(host).answeredAt > since);
      const found = own.map(({ what, detail, since }) => ({ about: source, what, detail, since }));
      settle(source, isRead ? null : ['unread'], found);
    },
    drifts: (drifts) => {
      const found = drifts.map((drift) => {
        const alarm = { about: drift.layout, what: `drift ${drift.what}`, detail: describeDrift(drift) } as const;
        return { ...alarm, since: now() };
      });
      settleAll('drift ', found);
    },
    markup: (found) => settleAll('markup ', found),
    current: () => [...raised.values()],
  };

  /** What is found is wrong with it, and nothing else of these kinds; null: of any kind. */
  function settle(about: string, kinds: readonly Alarm['what'][] | null, found: readonly Alarm[]): void {
    for (const [key, alarm] of raised) {
      const isMeant = alarm.about === about && (kinds === null || kinds.includes(alarm.what));
      if (isMeant && !found.some(({ what }) => what === alarm.what)) end(key, alarm);
    }
    for (const alarm of found) if (!raised.has(keyOf(alarm))) raise(alarm);
  }

  /** What is found is wrong with pages, and nothing else whose name begins so. */
  function settleAll(prefix: string, found: readonly Alarm[]): void {
    for (const [key, alarm] of raised)
      if (alarm.what.startsWith(prefix) && !found.some((each) => keyOf(each) === key)) end(key, alarm);
    for (const alarm of found) if (!raised.has(keyOf(alarm))) raise(alarm);
  }

  function end(key: string, alarm: Alarm): void {
    raised.delete(key);
    options.raised.remove(alarm);
  }

  function raise(alarm: Alarm): void {
    raised.set(keyOf(alarm), alarm);
    onAlarm(alarm); // before it is written down: better told twice by a run that is killed here than not at all
    options.raised.add(alarm);
  }
}

function keyOf({ about, what }: Pick<Alarm, 'about' | 'what'>): string {
  return `${about}\n${what}`;
}

/** True for what is wrong with the pages of any source and host. */
export function isOfPages({ what }: Pick<Alarm, 'what'>): boolean {
  return /^(?:drift|markup) /.test(what);
}
