/**
 * `npm run fixture -- URL… [--to DIR]`: saves a page of the live site with what is read from it, in `review/` beside this file. Who
 * has compared the JSON with the page, field by field, moves both to the folder of the layout, named by the kind.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { fetchArticle } from '../../src/crawl/fetch-article.ts';
import { parseArticleUrl } from '../../src/site/address.ts';
import { labelPages } from './cases.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string', default: join(import.meta.dirname, 'review') } },
});
const { signal } = new AbortController();
const temporary = await mkdtemp(join(tmpdir(), 'guancha-fixture-'));
try {
  const config = { ...loadConfig(null), archive: temporary };
  const log = ({ message }: { readonly message: string }) => void process.stderr.write(`${message}\n`);
  await using app = await openApp(config, { command: 'fixture', log, wait: null });
  await mkdir(values.to, { recursive: true });
  for (const text of positionals) {
    const address = parseArticleUrl(text, config.site);
    if (address === null) throw new Error(`not an article of the configured site: ${text}`);
    const { parts } = await fetchArticle(address, app.services, { signal });
    const name = join(values.to, address.id.replace(':', '-'));
    for (const [i, { page }] of parts.entries())
      await writeFile(`${name}${i === 0 ? '' : `.${i + 1}`}.html`, page.body);
    const label = labelPages(parts, address.url, parts[0]?.page.fetchedAt ?? '', config.site);
    await writeFile(`${name}.json`, `${JSON.stringify(label, null, 2)}\n`);
    process.stdout.write(`${name}.json: compare it with the page\n`);
  }
} finally {
  await rm(temporary, { recursive: true, force: true });
}
