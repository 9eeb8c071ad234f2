import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createPostgresIdempotencyStore } from '../../../src/adapters/postgres/idempotency-store.ts';
import { ANSWER_KEPT_MS } from '../../../src/ports/idempotency-store.ts';
import { idempotencyStoreContract } from '../../contracts/idempotency-store/index.ts';
import { aCall } from '../../support/call.ts';
import { useDatabase } from '../../support/postgres.ts';

const database = useDatabase();

/** The server owns time: instead of waiting, what is stored is moved into the past. */
async function aFixture() {
  const { db } = database();
  const advance = async (ms: number) => {
    const past = sql`${ms} * interval '1 millisecond'`;
    await sql`
      UPDATE idempotency_keys SET lease_until = lease_until - ${past}, expires_at = expires_at - ${past}`.execute(
      db,
    );
  };
  return {
    store: createPostgresIdempotencyStore({ db }),
    elsewhere: createPostgresIdempotencyStore({ db }),
    advance,
  };
}

idempotencyStoreContract(aFixture);

describe('the table idempotency_keys', () => {
  it('loses rows whose time is over as new keys are taken, also when 100 callers take them at once', async () => {
    const { store, advance } = await aFixture();
    const begin = (key: string) => store.begin(key, 'print', 60_000, aCall());
    const old = Array.from({ length: 150 }, () => randomUUID());
    await Promise.all(old.map(begin));
    await advance(60_000 + ANSWER_KEPT_MS + 1_000);
    const states = await Promise.all(
      [...old.slice(0, 50), ...Array.from({ length: 50 }, () => randomUUID())].map(begin),
    );
    expect(states).toEqual(states.map(() => ({ state: 'fresh' })));
    expect((await database().db.selectFrom('idempotency_keys').select('key_hash').execute()).length).toBe(
      100,
    );
  });
});
