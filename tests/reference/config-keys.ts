/** The keys of the configuration with their defaults and meanings, one level deep: for docs/ and the manual page. */
import { defaultConfig } from '../../src/config.ts';
import { CONFIG_KEYS, type KeyMeaning } from '../../src/config-keys.ts';

interface ConfigKey {
  readonly key: string;
  /** The default as JSON, cut where it is long. */
  readonly shown: string;
  readonly known: KeyMeaning;
}

/** @throws where a key has no meaning in src/config-keys.ts */
export function configKeys(): readonly ConfigKey[] {
  return Object.entries(defaultConfig())
    .flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([name, inner]: [string, unknown]) => [`${key}.${name}`, inner] as const)
        : [[key, value] as const],
    )
    .map(([key, value]) => {
      const known = CONFIG_KEYS[key];
      if (known === undefined) throw new Error(`no meaning in src/config-keys.ts: ${key}`);
      return { key, shown: shortened(value), known };
    });
}

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
