/** The description of a package and its signed digest (WACZ 1.1.1, 5.3 and 5.4; wacz-auth 0.1.0, anonymous form). */
import type { Signer } from './signing-key.ts';
import { type Staged, stageText } from './staged.ts';

interface PackageDescription {
  readonly title: string;
  readonly description: string;
  /** The instant of the newest record, as `instantOf` gives it. */
  readonly created: string;
  /** Name and version of this program. */
  readonly software: string;
  /** The page that a player shows first; null for none. */
  readonly mainPage: { readonly url: string; readonly ts: string } | null;
}

/** Of 1.2.0 there is a draft without this field; readers of today refuse a package that has none. */
const WACZ_VERSION = '1.1.1';

/**
 * An instant as py-wacz reads it, without fractions of a second.
 * @param date ISO 8601 in UTC
 */
export function instantOf(date: string): string {
  return `${date.slice(0, 19)}Z`;
}

/** `datapackage.json`. @param files all others of the package, but for the digest */
export function describePackage(
  files: readonly Staged[],
  { title, description, created, software, mainPage }: PackageDescription,
): Staged {
  const resources = files.map(({ path, sha256, bytes }) => ({
    name: path.slice(path.lastIndexOf('/') + 1).toLowerCase(), // frictionless takes no others
    path,
    hash: `sha256:${sha256}`,
    bytes,
  }));
  const value = {
    profile: 'data-package',
    wacz_version: WACZ_VERSION,
    title,
    description,
    created,
    modified: created,
    software,
    ...(mainPage && { mainPageUrl: mainPage.url, mainPageDate: mainPage.ts }),
    resources,
  };
  return stageText('datapackage.json', `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * `datapackage-digest.json`: the hash of the description, signed. The same description gives the same bytes, for the
 * signature takes its random number from the text (RFC 6979).
 */
export function signPackage(
  description: Staged,
  { created, software, signer }: Pick<PackageDescription, 'created' | 'software'> & { readonly signer: Signer },
): Staged {
  const hash = `sha256:${description.sha256}`;
  const signedData = {
    hash,
    signature: signer.sign(hash),
    publicKey: signer.publicKey,
    created, // py-wacz wants the text of the description
    software,
    version: '0.1.0',
  };
  const value = { path: description.path, hash, signedData };
  return stageText('datapackage-digest.json', `${JSON.stringify(value, null, 2)}\n`);
}
