/** What a Redis says of itself, for whoever checks it: one connection, one question, no second attempt. */
import { Redis } from 'ioredis';
import { redacted } from '../service-address.ts';

export interface RedisFacts {
  /** Such as `7.0.15`. */
  readonly version: string;
  /** `standalone`, `sentinel` or `cluster`. */
  readonly mode: string;
  readonly isReplica: boolean;
  /** What it does once its memory is full. */
  readonly policy: string;
}

const PATIENCE_MS = 3000;

/** @returns why it gave no answer, without a secret, where it gave none */
export async function askRedis(url: string): Promise<RedisFacts | { readonly failure: string }> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let failure: unknown = null; // the first: what follows only says that the connection is closed
  redis.on('error', (error: unknown) => {
    failure ??= error;
  });
  try {
    await redis.connect();
    const info = await redis.info();
    const fact = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
    return {
      version: fact('redis_version'),
      mode: fact('redis_mode'),
      isReplica: fact('role') === 'slave',
      policy: fact('maxmemory_policy'),
    };
  } catch (error) {
    const said = failure ?? error;
    return { failure: redacted(said instanceof Error ? said.message : String(said), url) };
  } finally {
    redis.disconnect();
  }
}
