import { sql } from 'kysely';
import { describe } from 'vitest';
import { createPostgresComparisons } from '../../../src/adapters/postgres/comparisons.ts';
import { comparisonsContract } from '../../contracts/comparisons/index.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('Postgres Comparisons', () => {
  const database = useDatabase({ maxConnections: 20 });

  comparisonsContract(async () => {
    const { db } = database();
    await sql`truncate migration_comparisons, migration_differences`.execute(db);
    // The server's clock can not be set: what it is compared with moves back instead.
    const passTime = async (milliseconds: number) => {
      const time = sql`${milliseconds}::integer * interval '1 millisecond'`;
      await sql`
        update migration_differences
        set first_seen = first_seen - ${time}, last_seen = last_seen - ${time}`.execute(db);
    };
    const [comparisons, other] = [createPostgresComparisons({ db }), createPostgresComparisons({ db })];
    return { comparisons, other, passTime };
  });
});
