/** The configuration that points an archiver at the newspaper. */
import type { Edition } from './edition.ts';

/** Keys of `politeness` in crawl.config.yaml. */
export type Politeness = Readonly<Record<string, number | boolean>>;

/** A `crawl.config.yaml` with the newspaper's origins, the loopback addresses that they lie at, and every named list, all pages of each. */
export function configText(
  edition: Edition,
  options: { readonly archive: string; readonly politeness?: Politeness },
): string {
  const { www, community, images } = edition.origins;
  const sources = edition.listings.flatMap(({ name, pathOf, pages }) =>
    name === null ? [] : [`  - { name: ${name}, url: ${JSON.stringify(www + pathOf(1))}, pages: ${pages} }`],
  );
  const politeness = Object.entries(options.politeness ?? {}).map(([key, value]) => `  ${key}: ${value}`);
  return `archive: ${JSON.stringify(options.archive)}
site:
  www: ${www}
  community: ${community}
  images: [${images}]
network:
  allowAddresses: [127.0.0.0/8]
sources:
${sources.join('\n')}
${politeness.length === 0 ? '' : `politeness:\n${politeness.join('\n')}\n`}`;
}
