/** What an object store refuses with, and what that means: the same request again after a pause, or an error that says what to do. */
import { ArchiveError } from '../errors.ts';
import { meaningOf } from '../system-errors.ts';

/** What has to hold for a write to be carried out; null for a write in any case. */
export type Condition = { readonly kind: 'absent' } | { readonly kind: 'still'; readonly etag: string } | null;

export type Failure =
  | {
      readonly kind: 'again';
      readonly says: string;
      /** True where the request may have been carried out. */
      readonly isUnsure: boolean;
      /** What the store asked to be waited for; 0 where it said nothing. */
      readonly afterMs: number;
      readonly error: unknown;
    }
  | { readonly kind: 'missing' | 'unfulfilled' | 'behind' }
  | { readonly kind: 'known'; readonly error: Error };

/** How long a request is tried. All in ms. */
export interface Patience {
  /** After so many attempts in a row without an answer somebody is told, and a reading that breaks off is given up. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** From the first attempt to ARCHIVE_AWAY. */
  readonly longestMs: number;
  readonly connectMs: number;
  /** Without a byte on the line. */
  readonly silenceMs: number;
}

export const PATIENCE: Patience = {
  attempts: 4,
  firstPauseMs: 200,
  longestPauseMs: 10_000,
  longestMs: 60_000,
  connectMs: 10_000,
  silenceMs: 30_000,
};

/**
 * Doubled with each attempt, and spread at random over its upper half, so that many hands do not come back at once.
 * @param afterMs what the store asked for, believed up to the longest pause
 */
export function pauseMs(attempt: number, { firstPauseMs, longestPauseMs }: Patience, afterMs: number): number {
  const most = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
  return Math.max(Math.min(afterMs, longestPauseMs), most / 2 + (Math.random() * most) / 2);
}

/** @param where `place` is the archive's, `name` the object's; both for messages. No message repeats what the store said of keys. */
export function failureOf(error: unknown, { place, name }: { readonly place: string; readonly name: string }): Failure {
  const { name: code = '', message = '', $metadata, $response } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  const refused = (why: string): Failure => ({
    kind: 'known',
    error: new ArchiveError('STORE_REFUSED', `${place}: ${why}`, { cause: error }),
  });
  const again = (says: string, isUnsure: boolean): Failure => ({
    kind: 'again',
    says,
    isUnsure,
    afterMs: secondsOf($response?.headers?.['retry-after']) * 1000,
    error,
  });
  if (error instanceof ArchiveError) return { kind: 'known', error };
  if (code === 'NoSuchBucket') return refused('there is no such bucket');
  if (code === 'RequestTimeTooSkewed')
    return $metadata?.clockSkewCorrected === true
      ? again('the clock of this machine differs from that of the store', false)
      : refused('the clock of this machine differs by more than 15 minutes from that of the store: set the clock');
  const why = REFUSALS[code];
  if (why !== undefined) return refused(why);
  if (code === 'NotImplemented' || status === 501)
    return {
      kind: 'known',
      error: new ArchiveError(
        'ARCHIVE_UNFIT',
        `${place}: ${name}: the store does not know what is asked of it (${code})`,
        {
          cause: error,
        },
      ),
    };
  if (status === 404) return { kind: 'missing' };
  if (status === 412 || status === 304) return { kind: 'unfulfilled' };
  if (status === 416) return { kind: 'behind' };
  if (status !== undefined && status >= 300 && status < 400)
    return refused(`the bucket lies in another region${regionOf($response)}: name it in the address with ?region=`);
  if (status === 403 || status === 401) return refused('the keys may not do this, or are wrong');
  if (AGAIN.includes(code) || status === 429 || status === 409 || status === 408)
    return again(`it answers ${code}`, false);
  if (status !== undefined && status >= 500) return again(`it answers ${status} ${code}`, true);
  if (/credential/i.test(code) || /credential/i.test(message))
    return refused('no keys are given: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials');
  if (status !== undefined && status >= 400) return refused(`it answers ${status} ${code} to ${name}`);
  if (isCut(error, code) || status !== undefined) return again(saysOf(error), true);
  return { kind: 'known', error: error instanceof Error ? error : new TypeError(String(error)) };
}

/** What the client throws, as far as it is read. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

const AGAIN: readonly string[] = [
  'SlowDown',
  'RequestTimeout',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'ConditionalRequestConflict',
  'OperationAborted',
  'BadDigest', // the bytes changed on their way
  'IncompleteBody',
  'XAmzContentSHA256Mismatch',
];

const REFUSALS: Readonly<Record<string, string>> = {
  AccessDenied: 'the keys may not do this',
  AllAccessDisabled: 'the keys may not do this',
  AccountProblem: 'the store has closed the account',
  InvalidAccessKeyId: 'the store does not know the access key',
  InvalidToken: 'the session token is not valid',
  ExpiredToken: 'the session token has expired',
  SignatureDoesNotMatch: 'the secret key is wrong',
  PermanentRedirect: 'the bucket lies in another region: name it in the address with ?region=',
  TemporaryRedirect: 'the bucket lies in another region: name it in the address with ?region=',
  AuthorizationHeaderMalformed: 'the bucket lies in another region: name it in the address with ?region=',
  IllegalLocationConstraintException: 'the bucket lies in another region: name it in the address with ?region=',
  InvalidBucketName: 'the bucket has a name that the store does not take',
  CredentialsProviderError: 'no keys are given: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials',
};

function isCut(error: unknown, code: string): boolean {
  return (
    code === 'TimeoutError' || meaningOf(error) === 'network' || /socket hang up|aborted/.test((error as Error).message)
  );
}

function saysOf(error: unknown): string {
  const { code, name } = error as { readonly code?: string; readonly name?: string };
  return `the line to it is cut (${code ?? name ?? 'no answer'})`;
}

function regionOf(response: SdkError['$response']): string {
  const region = response?.headers?.['x-amz-bucket-region'];
  return region === undefined || !/^[a-z0-9-]{1,40}$/.test(region) ? '' : ` (${region})`;
}

function secondsOf(text: string | undefined): number {
  return /^\d{1,6}$/.test(text ?? '') ? Number(text) : 0;
}

/** There is no such object. */
export class Missing extends Error {}
/** A range begins behind the end. */
export class Behind extends Error {}
/** The condition of a request does not hold. */
export class Unfulfilled extends Error {}
