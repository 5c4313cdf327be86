/** An authority for time stamps on loopback: openssl answers (RFC 3161). */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const CONFIG = `
[tsa]
default_tsa = own
[own]
serial = serial
signer_cert = cert.pem
signer_key = key.pem
signer_digest = sha256
certs = cert.pem
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[stamping]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
`;

export interface Authority extends AsyncDisposable {
  readonly url: string;
  /** Lengths of the queries that came. */
  readonly queries: readonly number[];
  /** What it does from now on. */
  mode: 'answers' | 'repeats' | 'fails' | 'talks';
}

/** @param folder where its key lies */
export async function openAuthority(folder: string): Promise<Authority> {
  writeFileSync(join(folder, 'tsa.cnf'), CONFIG);
  writeFileSync(join(folder, 'serial'), '01\n');
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Test authority',
    '-config',
    'tsa.cnf',
    '-extensions',
    'stamping',
  );
  const queries: number[] = [];
  let last: Buffer | null = null;
  const authority = { mode: 'answers' as Authority['mode'] };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const query = Buffer.concat(pieces);
      queries.push(query.length);
      if (authority.mode === 'fails') return response.writeHead(503).end();
      if (authority.mode === 'talks') return response.writeHead(200).end('<html>no authority</html>');
      if (authority.mode === 'answers' || last === null) {
        writeFileSync(join(folder, 'query'), query);
        openssl('ts', '-reply', '-config', 'tsa.cnf', '-section', 'own', '-queryfile', 'query', '-out', 'reply');
        last = readFileSync(join(folder, 'reply'));
      }
      return response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(last);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(authority, {
    url: `http://127.0.0.1:${port}/tsr`,
    queries,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
