import { sql } from 'kysely';
import { describe } from 'vitest';
import { createPostgresOutbox } from '../../../src/adapters/postgres/outbox.ts';
import { outboxContract } from '../../contracts/outbox/index.ts';
import { aPostgresCatalog } from '../../support/marked-catalogs.ts';
import { useNotifications } from '../../support/notifications.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('the Postgres outbox', () => {
  const database = useDatabase({ maxConnections: 20 });
  const notifications = useNotifications(database);

  outboxContract(async () => {
    const { db } = database();
    // The server's clock can not be set: what it is compared with moves back instead.
    const passTime = async (milliseconds: number) => {
      const time = sql`${milliseconds}::integer * interval '1 millisecond'`;
      await sql`update outbox set free_at = free_at - ${time}, enqueued_at = enqueued_at - ${time}`.execute(
        db,
      );
    };
    const fixture = await aPostgresCatalog({ db }, notifications());
    return { ...fixture, passTime, other: createPostgresOutbox({ db, notifications: notifications() }) };
  });
});
