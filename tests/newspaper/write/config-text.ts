/** The configuration that points an archiver at the newspaper. */
import type { Feed } from '../render/feeds.ts';
import type { Edition } from './edition.ts';
import type { Origins } from './hanging.ts';

/** Keys of `politeness` in crawl.config.yaml. */
export type Politeness = Readonly<Record<string, number | boolean>>;

export interface ConfigOptions {
  readonly archive: string;
  readonly politeness?: Politeness;
  /** When seals are made; by default never, for two archives of the same newspaper shall have the same files. */
  readonly seal?: string;
}

/** A row of `sources` in crawl.config.yaml. */
interface SourceRow {
  readonly name: string;
  readonly url: string;
  readonly pages: number;
  readonly follow?: number;
}

/** A `crawl.config.yaml` with the newspaper's origins, the loopback addresses that they lie at, and every named list, all pages of each. */
export function configText(
  edition: Edition,
  options: ConfigOptions & { readonly app: string; readonly feeds: readonly Feed[] },
): string {
  const { origins, listings } = edition;
  const sources = listings.flatMap(({ name, pathOf, pages }) =>
    name === null ? [] : [{ name, url: origins.www + pathOf(1), pages }],
  );
  const feeds = options.feeds.map(({ name, origin, path, counter, stories, lists }) => ({
    name,
    url: (origin === 'app' ? options.app : origins[origin]) + path,
    pages: counter === null ? 1 : Math.ceil(stories.length / 4) + 1,
    follow: lists.length === 0 ? 0 : 2,
  }));
  return configOf({ ...origins, app: options.app }, [...sources, ...feeds], options);
}

/** The same with other sources. */
export function configOf(
  origins: Origins & { readonly app?: string },
  sources: readonly SourceRow[],
  options: ConfigOptions,
): string {
  const { www, community, images, app } = origins;
  const rows = sources.map(({ name, url, pages, follow }) => {
    const more = follow === undefined ? '' : `, follow: ${follow}`;
    return `  - { name: ${name}, url: ${JSON.stringify(url)}, pages: ${pages}${more} }`;
  });
  const politeness = Object.entries(options.politeness ?? {}).map(([key, value]) => `  ${key}: ${value}`);
  return `archive: ${JSON.stringify(options.archive)}
site:
  www: ${www}
  community: ${community}
  images: [${images}]
  lists: [${app ?? ''}]
seal: { when: ${options.seal ?? 'off'} }
network:
  allowAddresses: [127.0.0.0/8]
sources:
${rows.join('\n')}
${politeness.length === 0 ? '' : `politeness:\n${politeness.join('\n')}\n`}`;
}
