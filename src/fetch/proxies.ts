/** Which proxy an origin is reached by: the configured one, else what the environment names, as curl and browsers read it. */
import { isIP } from 'node:net';
import { ArchiveError } from '../errors.ts';
import { addressSet, isAddressBlock } from './address-guard.ts';

export interface UpstreamProxy {
  readonly kind: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
  /** For people: where it is and what names it, never a password. */
  readonly name: string;
}

/** `host` as a URL spells it. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

/** Of any URL of the site. */
export function destinationOf(url: string): Destination {
  const { protocol, hostname, port } = new URL(url);
  const isSecure = protocol === 'https:';
  return { host: hostname, port: Number(port || (isSecure ? 443 : 80)), isSecure };
}

export type Environment = Readonly<Record<string, string | undefined>>;

const PORTS = { http: 80, https: 443, socks5: 1080 } as const;
/** In `network.proxy`: no proxy, whatever the environment names. */
const DIRECT = 'direct';

/** True for what `network.proxy` may be. */
export function isProxySetting(text: string): boolean {
  return text === DIRECT || parseProxy(text, '') !== null;
}

/**
 * @param setting `network.proxy`: `direct`, or an address that serves for every origin; null for the environment, which
 *   never sends what is on this machine to a proxy
 * @returns null for a straight way
 * @throws CONFIG_INVALID where the environment names what is no proxy
 */
export function proxyFor(
  destination: Destination,
  setting: string | null,
  environment: Environment,
): UpstreamProxy | null {
  if (setting === DIRECT) return null;
  if (setting !== null) return parseProxy(setting, 'network.proxy');
  if (isLoopback(destination.host) || isExcepted(destination, namedIn(environment, 'NO_PROXY')?.text ?? ''))
    return null;
  const named =
    namedIn(environment, destination.isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? namedIn(environment, 'ALL_PROXY');
  if (named === null) return null;
  const proxy = parseProxy(/^[a-z0-9+.-]+:\/\//i.test(named.text) ? named.text : `http://${named.text}`, named.name);
  if (proxy === null)
    throw new ArchiveError('CONFIG_INVALID', `${named.name} in the environment is no proxy that this program knows`);
  return proxy;
}

/** In small letters first, as curl does; an empty value names nothing. */
function namedIn(environment: Environment, name: string): { readonly name: string; readonly text: string } | null {
  for (const each of [name.toLowerCase(), name]) {
    const text = environment[each]?.trim() ?? '';
    if (text !== '') return { name: each, text };
  }
  return null;
}

/** @param source what names the proxy */
function parseProxy(text: string, source: string): UpstreamProxy | null {
  const [, scheme = ''] = /^(https?|socks5?h?):\/\//i.exec(text) ?? [];
  const kind = scheme.toLowerCase().startsWith('socks') ? 'socks5' : scheme.toLowerCase();
  if (kind !== 'http' && kind !== 'https' && kind !== 'socks5') return null;
  // Of another scheme a URL keeps host and port as they are spelt.
  const url = URL.parse(text.replace(/^[^:]+/, 'http'));
  if (url === null || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return null;
  const spelt = /^[^:]+:\/\/(?:[^@]*@)?[^/]*?(?::(\d+))?\/?$/.exec(text)?.[1];
  const port = spelt === undefined ? PORTS[kind] : Number(spelt);
  const { hostname, username, password } = url;
  return {
    kind,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    user: username === '' ? null : decoded(username),
    password: username === '' ? null : decoded(password),
    name: `${kind}://${hostname}:${port} (${source})`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that stands for itself
  }
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}

/** `NO_PROXY`: names with all below them, addresses, blocks, each with a port or none; `*` is everything. */
function isExcepted({ host, port }: Destination, list: string): boolean {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      if (isAddressBlock(entry)) return isIP(plain) !== 0 && addressSet([entry]).has(plain);
      const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (wantedPort !== undefined && Number(wantedPort) !== port) return false;
      const suffix = name
        .toLowerCase()
        .replace(/^\*?\.|\.$/g, '')
        .replace(/^\[(.*)\]$/, '$1');
      return suffix !== '' && (plain === suffix || plain.endsWith(`.${suffix}`));
    });
}
