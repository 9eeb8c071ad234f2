import type { Kysely } from 'kysely';
import { StoreUnavailable } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { withStoreErrors } from './store-errors.ts';
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

/** Runs a read on the replica, and on the primary while that can not be reached. */
export function createReplicaReader({ primary, replica, clock, telemetry }: ReplicaDeps): ReplicaReader {
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  return async (read) => {
    if (clock.now() < restsUntilMs) return withStoreErrors(() => read(primary));
    try {
      return await withStoreErrors(() => read(replica));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      restsUntilMs = clock.now() + REST_MS;
      telemetry.failed('catalog.replica', error);
      return withStoreErrors(() => read(primary));
    }
  };
}
