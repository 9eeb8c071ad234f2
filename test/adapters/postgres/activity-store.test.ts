import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createPostgresActivityStore } from '../../../src/adapters/postgres/activity-store.ts';
import { postgresDifferences } from '../../../src/adapters/postgres/differences.ts';
import { EVENT_MEMORY_MS } from '../../../src/ports/activity-store.ts';
import { aView, START_MS } from '../../contracts/activity-store/fixture.ts';
import { activityStoreContract } from '../../contracts/activity-store/index.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { useDatabase } from '../../support/postgres.ts';

describe('Postgres ActivityStore', () => {
  const database = useDatabase();

  async function emptyStore() {
    const { db } = database();
    await sql`truncate program_trends, seen_events, recent_views`.execute(db);
    const clock = createFakeClock(START_MS);
    const restart = () => createPostgresActivityStore({ db, clock });
    return { clock, store: restart(), restart, differences: postgresDifferences.activityStore };
  }

  activityStoreContract(emptyStore);

  test('drops events that are too old to matter, a bounded number at once', async () => {
    const { store, clock } = await emptyStore();
    const { db } = database();
    const record = (count: number) =>
      store.recordViews(
        Array.from({ length: count }, () => aView({ eventId: anId('e') })),
        aCall(),
      );
    const kept = async () => (await db.selectFrom('seen_events').select('event_id').execute()).length;
    for (let round = 0; round < 5; round += 1) await record(1000);
    clock.advance(EVENT_MEMORY_MS + 1);
    await record(1000);
    expect(await kept()).toBe(4000);
    for (let round = 0; round < 3; round += 1) await record(1000);
    expect(await kept()).toBe(4000);
  });

  test('instances of the service on one database are one source and see what the others count', async () => {
    const { store, clock } = await emptyStore();
    const other = createPostgresActivityStore({ db: database().db, clock });
    await store.recordViews([aView({ programId: 'a', eventId: 'e' })], aCall());
    expect(await other.recordViews([aView({ programId: 'a', eventId: 'e' })], aCall())).toEqual([
      'duplicate',
    ]);
    expect(await other.unconfirmedTotals(10, aCall())).toEqual(await store.unconfirmedTotals(10, aCall()));
  });

  test('a batch that the database refuses leaves nothing behind', async () => {
    const { store } = await emptyStore();
    const view = aView({ eventId: anId('e'), userId: anId('u') });
    const refused = aView({ userId: 'a\u0000b' });
    await expect(store.recordViews([view, refused], aCall())).rejects.toThrow();
    expect((await store.unconfirmedTotals(10, aCall())).totals).toEqual([]);
    expect(await store.recordViews([view], aCall())).toEqual(['counted']);
  });
});
