import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createPostgresSearchLog } from '../../../src/adapters/postgres/search-log.ts';
import { LOG_KEPT_MS } from '../../../src/ports/search-log.ts';
import { searchLogContract } from '../../contracts/search-log/index.ts';
import { aCall } from '../../support/call.ts';
import { useDatabase } from '../../support/postgres.ts';
import { aSearch } from '../../support/search-builders.ts';

const database = useDatabase();

/** An empty log. The server owns time: instead of waiting, what is stored is moved into the past. */
async function anEmptyLog() {
  const { db } = database();
  await sql`TRUNCATE search_log`.execute(db);
  const advance = async (ms: number) => {
    await sql`UPDATE search_log SET at = at - ${ms} * interval '1 millisecond'`.execute(db);
  };
  const stored = async () => (await db.selectFrom('search_log').select('query_id').execute()).length;
  return { log: createPostgresSearchLog({ db }), now: Date.now, advance, stored };
}

searchLogContract(anEmptyLog);

describe('the table search_log', () => {
  it('loses old rows, a bounded number with each call that records', async () => {
    const { log, advance, stored } = await anEmptyLog();
    await log.record(
      Array.from({ length: 250 }, () => aSearch({ at: new Date() })),
      aCall(),
    );
    await advance(LOG_KEPT_MS + 60_000);
    const counts: number[] = [];
    for (let calls = 0; calls < 3; calls += 1) {
      await log.record([aSearch({ at: new Date() })], aCall());
      counts.push(await stored());
    }
    expect(counts).toEqual([149, 48, 3]);
  });

  it('loses old rows while 100 callers record', async () => {
    const { log, advance, stored } = await anEmptyLog();
    await log.record(
      Array.from({ length: 500 }, () => aSearch({ at: new Date() })),
      aCall(),
    );
    await advance(LOG_KEPT_MS + 60_000);
    await Promise.all(Array.from({ length: 100 }, () => log.record([aSearch({ at: new Date() })], aCall())));
    expect(await stored()).toBe(100);
  });
});
