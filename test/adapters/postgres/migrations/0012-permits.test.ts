import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { createPostgresCounterStore } from '../../../../src/adapters/postgres/counter-store.ts';
import { counters } from '../../../../src/adapters/postgres/migrations/0006-counters.ts';
import { permits } from '../../../../src/adapters/postgres/migrations/0012-permits.ts';
import { COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { aRequest, DAY_MS } from '../../../contracts/counter-store/fixture.ts';
import { anId } from '../../../support/builders.ts';
import { aCall } from '../../../support/call.ts';
import { useDatabase } from '../../../support/postgres.ts';

const database = useDatabase({ migrated: false });

it('0012 keeps what was taken before it, and callers of the version before go on', async () => {
  const { db } = database();
  const requests = COUNTING_ALGORITHMS.map((algorithm) =>
    aRequest({ key: anId('key'), algorithm, windowMs: 31 * DAY_MS }),
  );
  const consumeAsBefore = async () => {
    for (const { key, policy, cost } of requests) {
      const of = hash('sha256', Buffer.from(key, 'utf16le'), 'buffer');
      await sql`
        SELECT now_ms, state, taken FROM consume_counter(
          ${of}, ${policy.algorithm}, ${policy.windowMs}, ${policy.limit}, ${cost}, NULL)`.execute(db);
    }
  };
  await counters.up(db);
  await consumeAsBefore();
  await permits.up(db);
  await consumeAsBefore();

  const store = createPostgresCounterStore(db);
  for (const request of requests) {
    const permitted = { ...request, cost: 5, permitId: 'mine' };
    expect(await store.consume(permitted, aCall())).toMatchObject({ allowed: true, remaining: 3 });
    await store.refund(permitted, aCall());
    expect(await store.peek(request, aCall())).toMatchObject({ remaining: 8 });
  }
});
