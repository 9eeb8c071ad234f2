import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { createPostgresLeases } from '../../../src/adapters/postgres/leases.ts';
import { leasesContract } from '../../contracts/leases/index.ts';
import { aCall } from '../../support/call.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('Postgres Leases', () => {
  const database = useDatabase();

  leasesContract(async () => {
    const { db } = database();
    await sql`truncate leases`.execute(db);
    return {
      leases: createPostgresLeases({ db }),
      elsewhere: createPostgresLeases({ db }),
      // The server owns time: instead of waiting, what is stored is moved into the past.
      advance: async (ms) => {
        await sql`update leases set expires_at = expires_at - ${ms} * interval '1 millisecond'`.execute(db);
      },
    };
  });

  test('the server’s clock ends a lease, at its time', async () => {
    const leases = createPostgresLeases({ db: database().db });
    const begun = performance.now();
    await leases.acquire('short', 'ann', 150, aCall());
    await vi.waitFor(
      async () => expect(await leases.acquire('short', 'bob', 60_000, aCall())).toBe(true),
      5000,
    );
    expect(performance.now() - begun).toBeGreaterThanOrEqual(150);
  });
});
