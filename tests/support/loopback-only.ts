/** Preloaded into every process under test: a connection or a name look-up that would leave this machine is an error. */
import dns from 'node:dns';
import net from 'node:net';

const isLoopback = (host: string | undefined) =>
  host === undefined || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

function refuse(host: string): never {
  throw new Error(`a test tried to reach ${host}`);
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const given = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host =
    typeof given === 'object' && given !== null
      ? (given as { readonly host?: string }).host
      : typeof args[1] === 'string'
        ? args[1]
        : undefined;
  if (!isLoopback(host)) refuse(String(host));
  return connect.apply(this, args as Parameters<typeof connect>);
};

const lookup = dns.lookup;
Object.assign(dns, {
  lookup: Object.assign((host: string, ...rest: unknown[]) => {
    if (!isLoopback(host)) refuse(host);
    return Reflect.apply(lookup, dns, [host, ...rest]);
  }, lookup),
});
