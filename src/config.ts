/** `crawl.config.yaml`: every key, its default and its rule; a file is checked whole before anything is done. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Cron } from 'croner';
import { type Document, isMap, isScalar, LineCounter, parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { isS3Address, parseS3Address } from './archive/s3-address.ts';
import { fileOf } from './config-file.ts';
import { CONFIG_KEYS } from './config-keys.ts';
import { ArchiveError } from './errors.ts';
import { isAddressBlock } from './fetch/address-guard.ts';
import { isProxySetting } from './fetch/proxies.ts';
import { isListenAddress, LISTEN_FORM } from './listen.ts';
import { nearest } from './nearest.ts';
import { expandPath } from './paths.ts';
import { SECRETS, secretOf, withPassword } from './secrets.ts';
import { inListScope } from './site/address.ts';
import { LIST_PARTS } from './site/list-kind.ts';
import { RECOMMENDED_LISTS } from './site/recommended-lists.ts';
import { WAYBACK } from './site/wayback.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const milliseconds = (fallback: number) => z.int().min(0).max(86_400_000).default(fallback);
const origin = z.string().refine(isOrigin, 'must be an origin such as https://www.guancha.cn, without a path');
const addressBlock = z.string().refine(isAddressBlock, 'must be an address, or a block such as 127.0.0.0/8');
const plain = z
  .string()
  .refine(
    isPlainScalar,
    'must be text that YAML reads as it stands (no quotes, no leading symbol, no control character)',
  );

/** No name of a file and no argument of a program can hold a NUL. */
const argument = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL');
const path = argument;

/** The ready services that take a notice in a form of their own. */
export const CHAT_KINDS = ['telegram', 'slack', 'discord', 'feishu', 'wecom'] as const;
/** What a hook can be notified of. */
export const NOTICE_KINDS = ['published', 'edited', 'withdrawn', 'alarm', 'run-failed', 'letter'] as const;
const timeZone = z.string().refine(isTimeZone, 'must be a time zone such as Asia/Shanghai');

const source = z.strictObject({
  name: plain,
  url: z.url(),
  pages: z.int().min(1).max(1000).default(1),
  cron: z.string().refine(isCron, 'must be a cron expression such as */10 7-23 * * *').nullable().default(null),
  timeZone: timeZone.nullable().default(null),
  part: z.enum(LIST_PARTS).nullable().default(null),
  follow: z.int().min(0).max(100).default(0),
});

/** Where a secret is kept; it never stands in the configuration itself. */
const secretPlace = z
  .string()
  .regex(/^(?:env:[A-Za-z_]\w*|file:.+)$/, 'must be env:NAME or file:PATH; the secret itself does not stand here');
const mailAddress = z.string().regex(/^[^\s@,;<>"]+@[^\s@,;<>"]+$/, 'must be an address such as me@example.org');

const hook = z.strictObject({
  on: z.array(z.enum(NOTICE_KINDS)).min(1),
  webhook: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://example.org/hook' })
    .refine(hasReadableCredentials, 'has a user or password with a % that must be written %25')
    .optional(),
  command: z.array(argument).min(1).optional(),
  kind: z.enum(['mail', ...CHAT_KINDS]).optional(),
  secret: secretPlace.optional(),
  signing: secretPlace.optional(),
  chat: z
    .string()
    .regex(/^(?:-?\d+|@\w+)$/, 'must be a number of a chat, or @channel')
    .optional(),
  server: origin.optional(),
  smtp: z
    .url({ protocol: /^smtps?$/, error: 'must be an address such as smtp://me@mail.example.org:587' })
    .refine(hasReadableCredentials, 'has a user with a % that must be written %25')
    .refine((text) => URL.parse(text)?.password === '', 'must be without a password: `secret` says where that is kept')
    .optional(),
  from: mailAddress.optional(),
  to: z.array(mailAddress).min(1).optional(),
});

type HookKey = keyof z.output<typeof hook>;

/** What a hook of each kind needs, and what it may have besides. */
const HOOK_KEYS: Readonly<Record<string, { readonly needs: readonly HookKey[]; readonly may?: readonly HookKey[] }>> = {
  webhook: { needs: ['webhook'] },
  command: { needs: ['command'] },
  mail: { needs: ['kind', 'smtp', 'from', 'to'], may: ['secret'] },
  telegram: { needs: ['kind', 'secret', 'chat'], may: ['server'] },
  slack: { needs: ['kind', 'secret'] },
  discord: { needs: ['kind', 'secret'] },
  feishu: { needs: ['kind', 'secret'], may: ['signing'] },
  wecom: { needs: ['kind', 'secret'] },
};

/** As c2sp.org/signed-note spells keys. */
const VERIFIER_KEY = /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}$/;

const schema = z
  .strictObject({
    archive: path.default('./archive'),
    site: z
      .strictObject({
        www: origin.default('https://www.guancha.cn'),
        community: origin.default('https://user.guancha.cn'),
        images: z.array(origin).default(['https://i.guancha.cn']),
        lists: z.array(origin).default(['https://app.guancha.cn', 'https://api.guancha.cn']),
      })
      .prefault({}),
    capture: z
      .preprocess(
        (value) => (typeof value === 'string' ? { what: value } : value),
        z.strictObject({ what: z.enum(['pages', 'all', 'off']).default('pages'), exact: z.boolean().default(false) }),
      )
      .prefault({}),
    sources: z.array(source).default(RECOMMENDED_LISTS.map((list) => source.parse(list))),
    document: z
      .strictObject({
        categories: z.tuple([plain, plain]).default(['新媒体', '观察者网']),
        author: plain.default('观察者网'),
        date: z.enum(['site-clock', 'utc']).default('site-clock'),
        onDemand: plain.default('单篇'),
      })
      .prefault({}),
    politeness: z
      .strictObject({
        intervalMs: milliseconds(4000),
        assetIntervalMs: milliseconds(250),
        concurrency: z.int().min(1).max(16).default(1),
        robots: z.boolean().default(true),
        backoffMs: milliseconds(30_000),
        longestPauseMs: z
          .int()
          .min(1000)
          .max(31 * DAY_MS)
          .default(6 * HOUR_MS),
        attempts: z.int().min(1).max(20).default(3),
        blockedPauseMs: milliseconds(900_000),
        blockedPauses: z.int().min(0).max(20).default(4),
      })
      .prefault({}),
    revisits: z
      .strictObject({
        agesMs: z
          .array(z.int().min(1))
          .default([15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS]),
      })
      .prefault({}),
    schedule: z
      .strictObject({
        timeZone: timeZone.default('Asia/Shanghai'),
        minIntervalMs: z
          .int()
          .min(1000)
          .default(5 * MINUTE_MS),
        maxIntervalMs: z
          .int()
          .min(1000)
          .default(6 * HOUR_MS),
        restMs: z.int().min(1000).default(HOUR_MS),
      })
      .prefault({}),
    fallback: z.strictObject({ wayback: z.boolean().default(false), origin: origin.default(WAYBACK) }).prefault({}),
    checks: z
      .strictObject({
        render: z
          .union([z.enum(['never', 'new']), z.strictObject({ every: z.int().min(1) })], {
            error: 'must be never, new, or { every: N }',
          })
          .default('new'),
      })
      .prefault({}),
    browser: z
      .strictObject({
        executablePath: path.nullable().default(null),
        userAgent: z.string().min(1).nullable().default(null),
        timeoutMs: z.int().min(100).max(600_000).default(30_000),
      })
      .prefault({}),
    network: z
      .strictObject({
        allowAddresses: z.array(addressBlock).default([]),
        proxy: z
          .string()
          .refine(isProxySetting, 'must be `direct`, or a proxy such as http://host:3128 or socks5://host:1080')
          .nullable()
          .default(null),
        certificates: z.array(z.string().min(1)).default([]),
      })
      .prefault({}),
    notify: z.array(hook).default([]),
    seal: z
      .strictObject({
        when: z.enum(['daily', 'run', 'off']).default('daily'),
        key: path.nullable().default(null),
        timestamp: z
          .url({ protocol: /^https?$/, error: 'must be an address such as https://example.org/tsr' })
          .refine((text) => new URL(text).username === '', 'must be without a user')
          .nullable()
          .default(null),
        witnesses: z.array(z.string().regex(VERIFIER_KEY, 'must be a verifier key: name+id+key')).default([]),
      })
      .prefault({}),
    cluster: z
      .strictObject({
        postgres: z
          .url({
            protocol: /^postgres(ql)?$/,
            error: 'must be an address such as postgres://user:password@host/database',
          })
          .nullable()
          .default(null),
        redis: z
          .url({ protocol: /^rediss?$/, error: 'must be an address such as redis://:password@host:6379/0' })
          .nullable()
          .default(null),
        storage: z
          .string()
          .min(1)
          .superRefine((text, context) => {
            const read = isS3Address(text) ? parseS3Address(text) : null;
            if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
          })
          .nullable()
          .default(null),
      })
      .prefault({}),
    monitor: z
      .strictObject({
        listen: z.string().refine(isListenAddress, LISTEN_FORM).nullable().default(null),
        file: path.nullable().default(null),
        staleMs: z.int().min(1000).max(86_400_000).default(900_000),
      })
      .prefault({}),
    serve: z
      .strictObject({
        host: z
          .string()
          .regex(/^[a-z0-9.:-]+$/i, 'must be a host name or an address such as 127.0.0.1')
          .default('127.0.0.1'),
        port: z.int().min(0).max(65_535).default(8427),
        password: z.string().min(8, 'must have at least 8 characters').nullable().default(null),
        names: z
          .array(z.string().regex(/^[a-z0-9.-]+$/, 'must be a host name in lower case, without a port'))
          .default([]),
      })
      .prefault({}),
    limits: z
      .strictObject({
        pageBytes: z.int().min(1000).default(16_000_000),
        imageBytes: z.int().min(1000).default(50_000_000),
        imagesPerArticle: z.int().min(0).default(500),
        visitMs: z
          .int()
          .min(1000)
          .max(DAY_MS)
          .default(15 * MINUTE_MS),
        visitBytes: z.int().min(1000).default(1_000_000_000),
        visitRequests: z.int().min(1).default(2000),
        minFreeBytes: z.int().min(0).default(500_000_000),
        quarantineItems: z.int().min(0).default(500),
        quarantineBytes: z.int().min(0).default(200_000_000),
      })
      .prefault({}),
  })
  .superRefine((config, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    config.sources.forEach((source, index) => {
      if (!inListScope(source.url, config.site))
        issue(['sources', index, 'url'], 'belongs to none of the origins under `site`');
      const first = config.sources.findIndex((other) => other.name === source.name);
      if (first < index) issue(['sources', index, 'name'], `is the name of source ${first + 1} already`);
    });
    config.notify.forEach((hook, index) => {
      const ways = [hook.webhook, hook.command, hook.kind].filter((way) => way !== undefined);
      if (ways.length !== 1) {
        issue(['notify', index], 'must have one of webhook, command and kind');
        return;
      }
      const kind = hook.kind ?? (hook.webhook === undefined ? 'command' : 'webhook');
      const { needs = [], may = [] } = HOOK_KEYS[kind] ?? {};
      for (const key of needs)
        if (hook[key] === undefined) issue(['notify', index, key], `is needed where the hook is for ${kind}`);
      for (const [key, value] of Object.entries(hook) as [HookKey, unknown][])
        if (key !== 'on' && value !== undefined && !needs.includes(key) && !may.includes(key))
          issue(['notify', index, key], `means nothing where the hook is for ${kind}`);
    });
    const { agesMs } = config.revisits;
    const falling = agesMs.findIndex((ageMs, index) => ageMs <= (agesMs[index - 1] ?? 0));
    if (falling >= 0) issue(['revisits', 'agesMs', falling], 'must be more than the age before it');
    if (config.schedule.maxIntervalMs < config.schedule.minIntervalMs)
      issue(['schedule', 'maxIntervalMs'], 'must not be less than minIntervalMs');
    if (config.document.author !== config.document.categories[1]) {
      issue(
        ['document', 'author'],
        `must equal the second category (${config.document.categories[1]}): the format writes one site name twice`,
      );
    }
  });

/**
 * The folder of an archive as people write it: as `expandPath` reads it, and no object store.
 * @throws what `problem` names
 */
export function archiveFolder(text: string, problem: Parameters<typeof expandPath>[1]): string {
  if (isS3Address(text))
    throw new ArchiveError(
      problem.code,
      `${problem.where}: an object store is named by cluster.storage; here a folder of this machine is needed`,
    );
  return expandPath(text, problem);
}

/** The checked configuration, all defaults filled in; `archive`, `cluster.storage` where it is a folder, `network.certificates`, `monitor.file`, `seal.key` and the files of secrets are absolute paths. */
export type Config = z.output<typeof schema>;

/** The defaults alone; `crawl.config.yaml` at the top of the repository says the same with comments. */
export function defaultConfig(): Config {
  return schema.parse({});
}

/** The JSON Schema of the file (draft 2020-12), by which editors complete and explain keys. */
export function configSchema(): object {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described;
  for (const [path, { meaning }] of Object.entries(CONFIG_KEYS)) {
    const node = path.split('.').reduce<Described | undefined>((parent, key) => parent?.properties?.[key], json);
    if (node !== undefined) node.description = meaning;
  }
  return { title: 'Configuration of guancha-archive', ...json };
}

interface Described {
  description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
}

/**
 * Reads and checks a configuration.
 * @param path the YAML file; null for the one that is found (config-file.ts), else the defaults
 * @param overrides `archive` replaces the file's, relative to the working directory: all of the archive lies there then
 * @throws CONFIG_UNREADABLE, USAGE, or CONFIG_INVALID naming file, line, key path and, for an unknown key, the nearest known one
 */
export function loadConfig(path: string | null, overrides: { readonly archive?: string | undefined } = {}): Config {
  const file = fileOf(path);
  const config = file === null ? defaultConfig() : parseConfig(readText(file), file);
  const folder = file === null ? '.' : dirname(file);
  const expanded = (key: string, text: string) =>
    expandPath(text, { code: 'CONFIG_INVALID', where: `${file}: ${key}` });
  const orNull = (key: string, text: string | null) => (text === null ? null : expanded(key, text));
  const archive =
    overrides.archive === undefined
      ? resolve(folder, archiveFolder(config.archive, { code: 'CONFIG_INVALID', where: `${file}: archive` }))
      : resolve(archiveFolder(overrides.archive, { code: 'USAGE', where: '--archive' }));
  const monitored = orNull('monitor.file', config.monitor.file);
  const healthFile = monitored === null ? null : resolve(folder, monitored);
  const executablePath = orNull('browser.executablePath', config.browser.executablePath);
  if (healthFile?.startsWith(`${archive}/`) === true)
    throw new ArchiveError('CONFIG_INVALID', `${file}: monitor.file: ${healthFile} lies in the archive`);
  const key = orNull('seal.key', config.seal.key);
  const keyFile = key === null ? null : resolve(folder, key);
  if (keyFile !== null && `${keyFile}/`.startsWith(`${archive}/`))
    throw new ArchiveError('CONFIG_INVALID', `${file}: seal.key: ${keyFile} lies in the archive`);
  const certificates = config.network.certificates.map((each) =>
    resolve(folder, expanded('network.certificates', each)),
  );
  const storage = overrides.archive === undefined ? config.cluster.storage : null;
  const shared =
    storage === null || isS3Address(storage) ? storage : resolve(folder, expanded('cluster.storage', storage));
  const kept = (place: string | undefined) => {
    const path = /^file:(.+)$/s.exec(place ?? '')?.[1];
    if (path === undefined) return place;
    const absolute = resolve(folder, expanded('notify', path));
    if (`${absolute}/`.startsWith(`${archive}/`))
      throw new ArchiveError('CONFIG_INVALID', `${file}: notify: ${absolute} lies in the archive`);
    return `file:${absolute}`;
  };
  const notify = config.notify.map((hook) => ({ ...hook, secret: kept(hook.secret), signing: kept(hook.signing) }));
  return {
    ...config,
    archive,
    notify,
    cluster: { ...withSecrets(config.cluster), storage: shared },
    serve: { ...config.serve, password: config.serve.password ?? servePassword() },
    browser: { ...config.browser, executablePath },
    network: { ...config.network, certificates },
    monitor: { ...config.monitor, file: healthFile },
    seal: { ...config.seal, key: keyFile },
  };
}

function withSecrets({ postgres, redis, ...others }: Config['cluster']): Config['cluster'] {
  return {
    ...others,
    postgres: postgres === null ? null : withPassword(postgres, secretOf('PGPASSWORD')),
    redis: redis === null ? null : withPassword(redis, secretOf('REDIS_PASSWORD')),
  };
}

/** @throws CONFIG_INVALID where it is too short */
function servePassword(): string | null {
  const name = 'GUANCHA_ARCHIVE_PASSWORD';
  const result = schema.shape.serve.safeParse({ password: secretOf(name) });
  if (result.success) return result.data.password;
  throw new ArchiveError('CONFIG_INVALID', `${name}, for ${SECRETS[name]}: ${result.error.issues[0]?.message}`);
}

/** Checks the text of a configuration; `file` is what messages call it. */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter();
  const { document, value } = readYaml(text, file, lines);
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    throw new ArchiveError(
      'CONFIG_INVALID',
      `${file}:${lines.linePos(syntax.pos[0]).line}: ${syntax.message.split('\n')[0]}`,
    );
  }
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe(issue, document, lines));
  throw new ArchiveError('CONFIG_INVALID', problems.map(({ line, text }) => `${file}:${line}: ${text}`).join('\n'));
}

/** @throws CONFIG_INVALID where YAML gives up: names that stand for nothing or for too much, things nested too deep */
function readYaml(
  text: string,
  file: string,
  lines: LineCounter,
): { readonly document: Document.Parsed; readonly value: unknown } {
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
    return { document, value: document.errors.length > 0 ? null : (document.toJS() as unknown) };
  } catch (error) {
    throw new ArchiveError('CONFIG_INVALID', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

interface Problem {
  readonly line: number;
  readonly text: string;
}

function describe(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ line: lineOf(issue.path, document, lines), text: `${dotted(issue.path)}: ${issue.message}` }];
  }
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const near = nearest(key, knownKeys(issue.path));
    const hint = near === null ? '' : `; did you mean ${dotted([...issue.path, near])}?`;
    return { line: lineOf(path, document, lines), text: `${dotted(path)}: no such key${hint}` };
  });
}

/** The line of the deepest part of the path that the file holds; a key's own line rather than its value's. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth--) {
    const key = path[depth - 1];
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    const node = pair !== undefined && isScalar(pair.key) ? pair.key : document.getIn(path.slice(0, depth), true);
    const range = (node as { readonly range?: readonly number[] } | undefined)?.range;
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
  }
  return 1;
}

/** The keys that the schema knows at a path, read off the defaults. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  if (path[0] === 'sources') return Object.keys(source.shape);
  if (path[0] === 'notify') return Object.keys(hook.shape);
  let value: unknown = defaultConfig();
  for (const key of path) value = (value as Record<PropertyKey, unknown>)[key];
  return Object.keys(value as object);
}

function dotted(path: readonly PropertyKey[]): string {
  return (
    path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('') ||
    'the file'
  );
}

function readText(file: string): string {
  const bytes = readBytes(file);
  if (!isUtf8(bytes)) throw new ArchiveError('CONFIG_INVALID', `${file}: is not text in UTF-8; save it as such`);
  return bytes.toString();
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ArchiveError('CONFIG_UNREADABLE', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** False where user or password is no text once its %XX are read: no request could carry it. */
function hasReadableCredentials(text: string): boolean {
  const url = URL.parse(text);
  try {
    decodeURIComponent(`${url?.username}:${url?.password}`);
    return true;
  } catch {
    return false; // a URIError
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

/** True if the expression names times, whether or not any of them comes. */
function isCron(text: string): boolean {
  try {
    new Cron(text, { paused: true });
    return true;
  } catch {
    return false; // croner says what it does not understand by throwing
  }
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false; // a RangeError for what no time zone database knows
  }
}

/**
 * True if ` - TEXT` in a block sequence is read as TEXT by every reader: the format writes its categories so. No line of
 * YAML holds a control character (1.2, 5.1), and some readers take others for its end.
 */
function isPlainScalar(text: string): boolean {
  if (text.trim() !== text || text === '' || /[{}\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u.test(text)) return false;
  try {
    const value: unknown = parse(`- ${text}\n`);
    return Array.isArray(value) && value[0] === text;
  } catch {
    return false; // YAML cannot read it at all: then it is not plain either
  }
}
