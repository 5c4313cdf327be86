/** The addresses that may be connected to at all: those of the internet, and what the configuration names besides. */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { ArchiveError } from '../errors.ts';
import { addressSet, specialAddress } from '../url/special-addresses.ts';

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
