/** Connections without a proxy, at addresses of this machine. */
import { type AddressGuard, createAddressGuard } from '../../src/fetch/address-guard.ts';
import { type Connections, openConnections } from '../../src/fetch/connections.ts';

export function straight(guard: AddressGuard = createAddressGuard(['127.0.0.0/8', '::1'])): Connections {
  return openConnections({
    proxy: 'direct',
    certificates: [],
    environment: {},
    guard,
    timeoutMs: 10_000,
    log: () => {},
  });
}
