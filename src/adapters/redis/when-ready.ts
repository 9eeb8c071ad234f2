import { StoreRefused, StoreUnavailable } from '../../domain/errors.ts';
import type { RedisClient } from './client.ts';
import { toStoreError } from './store-errors.ts';

/**
 * Waits until calls can be made, since before that they fail. Rejects with `StoreRefused` as soon as the server does not take us
 * (password, certificate, no cluster), and with `StoreUnavailable` when the time is over, the last error as its cause.
 */
export async function whenReady(client: RedisClient, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let last: unknown = new Error(`no connection within ${timeoutMs} ms`);
  const onError = (error: unknown): void => {
    last = error;
    const translated = toStoreError(error);
    if (translated instanceof StoreRefused) reject(translated);
  };
  const onTimeout = () => reject(new StoreUnavailable('Redis', last));
  const timer = setTimeout(onTimeout, timeoutMs);
  client.on('ready', resolve).on('end', onTimeout).on('error', onError).on('node error', onError);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    client.off('ready', resolve).off('end', onTimeout).off('error', onError).off('node error', onError);
  }
}
