import { sql } from 'kysely';
import { describe } from 'vitest';
import { createPostgresOutbox } from '../../../src/adapters/postgres/outbox.ts';
import { createPostgresProgramCatalog } from '../../../src/adapters/postgres/program-catalog.ts';
import { programCatalogContract } from '../../contracts/program-catalog/index.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('the Postgres catalogue', () => {
  const database = useDatabase({ maxConnections: 20 });

  programCatalogContract(async () => {
    const { db } = database();
    await sql`truncate programs, outbox, counted_views`.execute(db);
    return {
      outbox: createPostgresOutbox({ db }),
      catalog: createPostgresProgramCatalog({ db, dataSets: ['search'] }),
    };
  });
});
