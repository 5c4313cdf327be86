/** A registry that has one package more than the real one, as if it had been published: for everything else it leads there. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type Listening, listen } from '../../src/listen.ts';

/**
 * @param tarball as `npm pack` makes it
 * @param manifest the package.json in it
 * @param real the registry that has the rest
 */
export async function openRegistry(
  tarball: string,
  manifest: { readonly name: string; readonly version: string },
  real: string,
): Promise<Listening> {
  const bytes = readFileSync(tarball);
  const { name, version } = manifest;
  const digest = (algorithm: string, encoding: 'hex' | 'base64') =>
    createHash(algorithm).update(bytes).digest(encoding);
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path.endsWith('.tgz') && path.startsWith(`/${name}/`)) response.end(bytes);
    else if (path === `/${name}`) {
      const dist = {
        tarball: `http://${request.headers.host}/${name}/-/${name}-${version}.tgz`,
        integrity: `sha512-${digest('sha512', 'base64')}`,
        shasum: digest('sha1', 'hex'),
      };
      // The registry says whether a package brings its own lock file: npm does not look.
      const published = { ...manifest, _id: `${name}@${version}`, _hasShrinkwrap: true, dist };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: published } }));
    } else response.writeHead(302, { location: new URL(path, real).href }).end();
  });
  return await listen(server, { host: '127.0.0.1', port: 0 }, { mostConnections: 1000 });
}
