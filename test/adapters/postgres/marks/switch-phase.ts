import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, onTestFinished, vi } from 'vitest';
import type { Database } from '../../../../src/adapters/postgres/tables.ts';
import type { Phase } from '../../../../src/ports/phase-store.ts';

interface Switch {
  readonly phase: Phase;
  /** `false`: without the lock that writes hold. */
  readonly isFenced?: boolean;
}

/**
 * Changes the phase of programs as the fence demands, and keeps in `at_switch` what programs were like then: under the lock nobody
 * else has written and not yet committed.
 */
export async function switchPhase(db: Kysely<Database>, { phase, isFenced = true }: Switch): Promise<void> {
  await db
    .transaction()
    .setIsolationLevel('read committed')
    .execute(async (transaction) => {
      if (isFenced) await sql`select pg_advisory_xact_lock(19789, 1)`.execute(transaction);
      await sql`
        insert into migration_phases (data_set, epoch, phase_epoch, marks_since, phase, read_percent, changed_at, changed_by, reason)
        select 'programs', coalesce(max(epoch), 0) + 1, coalesce(max(epoch), 0) + 1, 1, ${phase}, 0, clock_timestamp(), 'test', 'test'
        from migration_phases where data_set = 'programs'`.execute(transaction);
      await sql`create table at_switch as select program_id, version from programs`.execute(transaction);
    });
}

/** A connection beside the pools, as a script or psql has it, until the test ends. */
export async function aSession(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Resolves when somebody waits for the lock of the fence in this mode. */
export async function isWaiting(db: Kysely<Database>, mode: 'ExclusiveLock' | 'ShareLock'): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from pg_locks
      where locktype = 'advisory' and classid = 19789 and mode = ${mode} and not granted
        and database = (select oid from pg_database where datname = current_database())`.execute(db);
    expect(rows[0]?.count).toBe(1);
  }, 5000);
}
