import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { createPostgresMigrationJobs } from '../../../src/adapters/postgres/migration-jobs.ts';
import { claimed, LEASE_MS, started, stored } from '../../contracts/migration-jobs/fixture.ts';
import { migrationJobsContract } from '../../contracts/migration-jobs/index.ts';
import { aCall } from '../../support/call.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('Postgres MigrationJobs', () => {
  const database = useDatabase({ maxConnections: 20 });

  async function aFixture() {
    const { db } = database();
    await sql`truncate migration_jobs, migration_job_parts, migration_job_budgets`.execute(db);
    // The server's clock can not be set: what it is compared with moves back instead.
    const passTime = async (milliseconds: number) => {
      const time = sql`${milliseconds}::integer * interval '1 millisecond'`;
      await sql`update migration_job_parts set free_at = free_at - ${time}`.execute(db);
      await sql`update migration_job_budgets set at = at - ${time}`.execute(db);
      await sql`update migration_jobs set created_at = created_at - ${time}, updated_at = updated_at - ${time}`.execute(
        db,
      );
    };
    const ids = { next: randomUUID };
    const [jobs, other] = [
      createPostgresMigrationJobs({ db, ids }),
      createPostgresMigrationJobs({ db, ids }),
    ];
    return { jobs, other, passTime };
  }

  migrationJobsContract(aFixture);

  test('a step that waits for a cancel to commit is lost, whole', async () => {
    const { jobs } = await aFixture();
    const { db } = database();
    const job = await started(jobs);
    const claim = await claimed(jobs, job);
    const step = { cursor: 'z', done: 1, counts: { copied: 1 }, finished: true };
    const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const advanced = await db.transaction().execute(async (transaction) => {
      await sql`update migration_jobs set state = 'cancelled'`.execute(transaction);
      const pending = jobs.advancePart(claim, step, LEASE_MS, aCall());
      await vi.waitFor(async () => expect((await waiting.execute(db)).rows).toHaveLength(1), 5_000);
      return { pending };
    });
    expect(await advanced.pending).toBe('lost');
    expect(await stored(jobs, job)).toEqual({ ...job, state: 'cancelled' });
    const part = sql`select is_done, cursor from migration_job_parts where part_id = ${claim.partId}`;
    expect((await part.execute(db)).rows).toEqual([{ is_done: false, cursor: null }]);
  });
});
