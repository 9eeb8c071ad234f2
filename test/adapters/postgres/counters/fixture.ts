import { sql } from 'kysely';
import { createPostgresCounterStore } from '../../../../src/adapters/postgres/counter-store.ts';
import type { PooledDatabase } from '../../../../src/adapters/postgres/database.ts';
import type { CounterStore } from '../../../../src/ports/counter-store.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

export interface CountedStore {
  readonly store: CounterStore;
  readonly clock: FakeClock;
}

export function aStore({ pool }: PooledDatabase): CountedStore {
  const clock = createFakeClock();
  return { store: createPostgresCounterStore({ pool, clock }), clock };
}

/** How many rows the tables of counters have. */
export async function rowsOf(db: PooledDatabase) {
  const { rows } = await sql<{ counters: number; permits: number; leases: number }>`
    SELECT (SELECT count(*)::int FROM counters) AS counters,
      (SELECT count(*)::int FROM counter_permits) AS permits,
      (SELECT count(*)::int FROM counter_leases) AS leases`.execute(db);
  return rows[0];
}

export async function emptyCounters(db: PooledDatabase): Promise<void> {
  await sql`TRUNCATE counters, counter_permits, counter_leases`.execute(db);
}
