import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createPostgresRankedLists } from '../../../src/adapters/postgres/ranked-lists.ts';
import { rankedListsContract } from '../../contracts/ranked-lists/index.ts';
import { aCall } from '../../support/call.ts';
import { useDatabase } from '../../support/postgres.ts';
import { aRanking } from '../../support/search-builders.ts';

const database = useDatabase();

/** The server owns time: instead of waiting, what is stored is moved into the past. */
async function aFixture() {
  const { db } = database();
  const ids = { next: randomUUID };
  const advance = async (ms: number) => {
    await sql`UPDATE ranked_lists SET expires_at = expires_at - ${ms} * interval '1 millisecond'`.execute(db);
  };
  const [lists, elsewhere] = [createPostgresRankedLists({ db, ids }), createPostgresRankedLists({ db, ids })];
  return { lists, elsewhere, advance };
}

rankedListsContract(aFixture);

describe('the table ranked_lists', () => {
  it('loses lists whose time is over, a bounded number with each one saved', async () => {
    const { lists, advance } = await aFixture();
    const { db } = database();
    await sql`TRUNCATE ranked_lists`.execute(db);
    const save = () => lists.save(aRanking(3), {}, 60_000, aCall());
    await Promise.all(Array.from({ length: 50 }, save));
    await advance(61_000);
    const counts: number[] = [];
    for (let saves = 0; saves < 3; saves += 1) {
      await save();
      counts.push((await db.selectFrom('ranked_lists').select('list_id').execute()).length);
    }
    expect(counts).toEqual([31, 12, 3]);
  });
});
