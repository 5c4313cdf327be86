/** The configuration that points an archiver at the newspaper. */
import type { Edition } from './edition.ts';
import type { Origins } from './hanging.ts';

/** Keys of `politeness` in crawl.config.yaml. */
export type Politeness = Readonly<Record<string, number | boolean>>;

/** A `crawl.config.yaml` with the newspaper's origins, the loopback addresses that they lie at, and every named list, all pages of each. */
export function configText(edition: Edition, options: ConfigOptions): string {
  const { origins, listings } = edition;
  const sources = listings.flatMap(({ name, pathOf, pages }) =>
    name === null ? [] : [{ name, url: origins.www + pathOf(1), pages }],
  );
  return configOf(origins, sources, options);
}

export interface ConfigOptions {
  readonly archive: string;
  readonly politeness?: Politeness;
}

/** The same with other sources. */
export function configOf(
  { www, community, images }: Origins,
  sources: readonly { readonly name: string; readonly url: string; readonly pages: number }[],
  options: ConfigOptions,
): string {
  const lines = sources.map(
    ({ name, url, pages }) => `  - { name: ${name}, url: ${JSON.stringify(url)}, pages: ${pages} }`,
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
${lines.join('\n')}
${politeness.length === 0 ? '' : `politeness:\n${politeness.join('\n')}\n`}`;
}
