import { sql } from 'kysely';
import { describe } from 'vitest';
import { createPostgresOutbox } from '../../../src/adapters/postgres/outbox.ts';
import { createPostgresProgramCatalog } from '../../../src/adapters/postgres/program-catalog.ts';
import { outboxContract } from '../../contracts/outbox/index.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('the Postgres outbox', () => {
  const database = useDatabase({ maxConnections: 20 });

  outboxContract(async () => {
    const { db } = database();
    await sql`truncate programs, outbox, counted_views`.execute(db);
    // The server's clock can not be set: what it is compared with moves back instead.
    const passTime = async (milliseconds: number) => {
      const time = sql`${milliseconds}::integer * interval '1 millisecond'`;
      await sql`update outbox set free_at = free_at - ${time}, enqueued_at = enqueued_at - ${time}`.execute(
        db,
      );
    };
    const catalog = createPostgresProgramCatalog({ db, dataSets: ['search'] });
    return { outbox: createPostgresOutbox({ db }), catalog, passTime };
  });
});
