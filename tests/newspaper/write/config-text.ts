/** The configuration that points an archiver at the newspaper. */
import type { Feed } from '../render/feeds.ts';
import type { Edition } from './edition.ts';

/** Keys of `politeness` in crawl.config.yaml. */
export type Politeness = Readonly<Record<string, number | boolean>>;

/** A `crawl.config.yaml` with the newspaper's origins, the loopback addresses that they lie at, and every named list, all pages of each. */
export function configText(
  edition: Edition,
  options: {
    readonly archive: string;
    readonly politeness?: Politeness;
    readonly app: string;
    readonly feeds: readonly Feed[];
  },
): string {
  const { www, community, images } = edition.origins;
  const sources = edition.listings.flatMap(({ name, pathOf, pages }) =>
    name === null ? [] : [`  - { name: ${name}, url: ${JSON.stringify(www + pathOf(1))}, pages: ${pages} }`],
  );
  const more = options.feeds.map(({ name, origin, path, counter, stories, lists }) => {
    const host = origin === 'app' ? options.app : edition.origins[origin];
    const pages = counter === null ? 1 : Math.ceil(stories.length / 4) + 1;
    return `  - { name: ${name}, url: ${JSON.stringify(host + path)}, pages: ${pages}, follow: ${lists.length === 0 ? 0 : 2} }`;
  });
  const politeness = Object.entries(options.politeness ?? {}).map(([key, value]) => `  ${key}: ${value}`);
  return `archive: ${JSON.stringify(options.archive)}
site:
  www: ${www}
  community: ${community}
  images: [${images}]
  lists: [${options.app}]
network:
  allowAddresses: [127.0.0.0/8]
sources:
${[...sources, ...more].join('\n')}
${politeness.length === 0 ? '' : `politeness:\n${politeness.join('\n')}\n`}`;
}
