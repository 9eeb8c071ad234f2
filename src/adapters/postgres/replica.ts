import type { Kysely } from 'kysely';
import { StoreRefused, StoreTimeout, StoreUnavailable } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { isReadTimeout, withStoreErrors } from './store-errors.ts';
import type { Database } from './tables.ts';

export interface ReplicaDeps {
  readonly primary: Kysely<Database>;
  readonly replica: Kysely<Database>;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'failed'>;
}

/** After a failure the replica is left alone so long: each try of one that is away can cost a connection time-out. */
const REST_MS = 5000;

export type ReplicaReader = <Result>(read: (db: Kysely<Database>) => Promise<Result>) => Promise<Result>;

/**
 * Runs a read on the replica, and on the primary while the replica can not answer. A read that the replica left without an answer
 * fails, for its time is over; those after it go to the primary.
 */
export function createReplicaReader({ primary, replica, clock, telemetry }: ReplicaDeps): ReplicaReader {
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  const rest = (error: Error): void => {
    restsUntilMs = clock.now() + REST_MS;
    telemetry.failed('catalog.replica', error);
  };
  return async (read) => {
    if (clock.now() < restsUntilMs) return withStoreErrors(() => read(primary));
    try {
      return await withStoreErrors(() => read(replica));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof StoreTimeout && isReadTimeout(error.cause)) rest(error);
      if (!isReplicasOwn(error)) throw error;
      rest(error);
      return withStoreErrors(() => read(primary));
    }
  };
}

// No such table, column or function: the replica has not heard of the newest migration yet.
const BEHIND = new Set<unknown>(['42P01', '42703', '42883']);

function isReplicasOwn(error: Error): boolean {
  if (error instanceof StoreUnavailable || error instanceof StoreRefused) return true;
  return 'code' in error && BEHIND.has(error.code);
}
