/** Addresses of object stores as people write them: `s3://bucket/prefix?endpoint=…&region=…`. No secret stands in them. */

export interface S3Address {
  readonly bucket: string;
  /** Of all keys of the archive, without a slash at either end; may be empty. */
  readonly prefix: string;
  /** The address of the service; null for that of Amazon. */
  readonly endpoint: string | null;
  readonly region: string;
}

export function isS3Address(text: string): boolean {
  return /^s3:/i.test(text);
}

/** @returns the address, or what is wrong with it in words that repeat no secret */
export function parseS3Address(text: string): S3Address | string {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 's3:')
    return 'must be an address such as s3://bucket/prefix?region=eu-central-1';
  if (url.username !== '' || url.password !== '')
    return 'must be without keys: they come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or from ~/.aws/credentials';
  if (!BUCKET.test(url.hostname)) return 'must name a bucket: s3://bucket/prefix';
  const unknown = [...url.searchParams.keys()].filter((name) => name !== 'endpoint' && name !== 'region');
  if (unknown.length > 0) return `knows endpoint and region, and not ${unknown.join(', ')}`;
  const prefix = prefixOf(url.pathname);
  if (prefix === null || DOTS.test(text.replace(/\?.*$/s, ''))) return 'has a prefix that is no path';
  const endpoint = url.searchParams.get('endpoint');
  if (endpoint !== null && !isOrigin(endpoint))
    return 'has an endpoint that is no address such as https://s3.example.org';
  return { bucket: url.hostname, prefix, endpoint, region: url.searchParams.get('region') || DEFAULT_REGION };
}

/** What messages call the place. */
export function nameOfS3({ bucket, prefix }: Pick<S3Address, 'bucket' | 'prefix'>): string {
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}

/** Amazon's first region: what stores that have none take for theirs. */
const DEFAULT_REGION = 'us-east-1';
/** What would be resolved, and name another place than it seems to. */
const DOTS = /\/\.\.?(?:\/|$)/;
/** As Amazon names buckets, but for the length; others allow no more. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{0,62}$/;

function prefixOf(pathname: string): string | null {
  try {
    const prefix = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '');
    return prefix.split('/').some((part, _, { length }) => ['.', '..'].includes(part) || (part === '' && length > 1))
      ? null
      : prefix;
  } catch {
    return null; // a URIError
  }
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && /^\/?$/.test(url.pathname + url.search)
  );
}
