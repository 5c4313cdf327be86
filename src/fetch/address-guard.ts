/** The addresses that may be connected to at all: those of the internet, and what the configuration names besides. */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { ArchiveError } from '../errors.ts';

export interface AddressGuard {
  /**
   * For whoever connects to a host: `net.connect` calls it for a name, and connects to what it gives, so that what was
   * checked is what is connected to. An address in place of a name is never looked up: that is for `requireHost`.
   * Fails with ADDRESS_REFUSED where the name has no address that is allowed.
   */
  readonly lookup: LookupFunction;
  /** Throws ADDRESS_REFUSED for a host that is an address (brackets or none) and not allowed; any name passes. */
  requireHost(host: string): void;
}

/**
 * @param allowAddresses blocks such as `127.0.0.0/8` that are allowed though they are special
 * @param options `lookup` asks the system for a name's addresses
 */
export function createAddressGuard(
  allowAddresses: readonly string[],
  { lookup = systemLookup as unknown as LookupFunction }: { readonly lookup?: LookupFunction } = {},
): AddressGuard {
  const allowed = addressSet(allowAddresses);
  const refusal = (address: string) => (allowed.has(address) ? null : specialAddress(address));

  return {
    lookup: (host, options, done) => {
      lookup(host, { ...options, all: true }, (error, found) => {
        if (error !== null) return done(error, '');
        const addresses = found as LookupAddress[];
        const fit = addresses.filter(({ address }) => refusal(address) === null);
        const [first] = fit;
        if (first === undefined) return done(refused(host, addresses), '');
        if (options.all === true) return done(null, fit);
        done(null, first.address, first.family);
      });
    },
    requireHost: (host) => {
      const address = host.replace(/^\[(.*)\]$/, '$1');
      if (isIP(address) !== 0 && refusal(address) !== null) throw refused(address, [{ address }]);
    },
  };

  function refused(host: string, addresses: readonly Pick<LookupAddress, 'address'>[]): ArchiveError {
    const why = addresses.map(({ address }) => `${address === host ? '' : `${address}, `}${refusal(address)}`);
    return new ArchiveError('ADDRESS_REFUSED', `${host} is ${why.join('; ') || 'without any address'}`);
  }
}

// Internet addresses that no public site has: a machine's own, its network's, and those set apart for other purposes.

type Family = 4 | 6;

/**
 * Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, as of RFC 8190) with the loopback,
 * private, shared and documentation blocks, the multicast blocks (RFC 5771, RFC 4291), and one public address by which a
 * cloud speaks to its own machines. Of IPv6 only 2000::/3 is given out at all (RFC 4291, 2.4). The first that fits names it.
 */
export const SPECIAL_BLOCKS: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  4: {
    '0.0.0.0/8': 'this network',
    '10.0.0.0/8': 'private',
    '100.64.0.0/10': 'shared by a provider’s customers (CGNAT)',
    '127.0.0.0/8': 'loopback',
    '169.254.0.0/16': 'link-local, cloud metadata',
    '172.16.0.0/12': 'private',
    '192.0.0.0/24': 'reserved for protocols',
    '192.0.2.0/24': 'for documentation',
    '192.88.99.0/24': 'reserved (6to4 relays)',
    '192.168.0.0/16': 'private',
    '198.18.0.0/15': 'for benchmarks',
    '198.51.100.0/24': 'for documentation',
    '203.0.113.0/24': 'for documentation',
    '224.0.0.0/4': 'multicast',
    '240.0.0.0/4': 'reserved, broadcast',
    '168.63.129.16/32': 'cloud metadata',
  },
  6: {
    '::/128': 'unspecified',
    '::1/128': 'loopback',
    '::ffff:0:0/96': 'an IPv4 address in disguise (IPv4-mapped)',
    '64:ff9b::/96': 'an IPv4 address in disguise (NAT64)',
    '64:ff9b:1::/48': 'an IPv4 address in disguise (local NAT64)',
    'fc00::/7': 'private',
    'fe80::/10': 'link-local',
    'ff00::/8': 'multicast',
    '2001::/23': 'reserved for protocols',
    '2001:db8::/32': 'for documentation',
    '2002::/16': 'an IPv4 address in disguise (6to4)',
    '3fff::/20': 'for documentation',
    '::/3': 'reserved',
    '4000::/2': 'reserved',
    '8000::/1': 'reserved',
  },
};

/** Which addresses a configuration names in spite of what they are. */
interface AddressSet {
  has(address: string): boolean;
}

/** @param blocks as `isAddressBlock` takes them */
export function addressSet(blocks: readonly string[]): AddressSet {
  // One list for each family: in a common one an IPv4 block would hold the IPv6 spellings of its addresses as well.
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const block of blocks) {
    const [address = '', length] = block.split('/');
    const family = familyOf(address);
    if (family === null) throw new TypeError(`${block} is no address`);
    lists[family].addSubnet(address, length === undefined ? bits(family) : Number(length), `ipv${family}`);
  }
  return {
    has: (address) => {
      const family = familyOf(address);
      return family !== null && lists[family].check(address.replace(/%.*$/, ''), `ipv${family}`);
    },
  };
}

/** What makes an address special, such as `loopback (127.0.0.0/8)`; null for an ordinary one of the internet. */
export function specialAddress(address: string): string | null {
  const family = familyOf(address);
  if (family === null) return 'no address';
  const found = SETS[family].find(({ set }) => set.has(address));
  return found === undefined ? null : `${found.name} (${found.block})`;
}

/** True for an address, or a block of them such as `127.0.0.0/8` or `fd00::/8`. */
export function isAddressBlock(text: string): boolean {
  const [, address = '', length = null] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = familyOf(address);
  return family !== null && Number(length) <= bits(family);
}

const SETS = { 4: setsOf(4), 6: setsOf(6) };

function setsOf(family: Family): { readonly block: string; readonly name: string; readonly set: AddressSet }[] {
  return Object.entries(SPECIAL_BLOCKS[family]).map(([block, name]) => ({ block, name, set: addressSet([block]) }));
}

function bits(family: Family): number {
  return family === 4 ? 32 : 128;
}

function familyOf(address: string): Family | null {
  const family = isIP(address);
  return family === 4 || family === 6 ? family : null;
}
