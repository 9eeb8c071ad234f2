import { hash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { JsonValue } from '../../domain/json.ts';
import type { Call } from '../../ports/call.ts';
import type { IdempotencyState, IdempotencyStore } from '../../ports/idempotency-store.ts';
import { ANSWER_KEPT_MS } from '../../ports/idempotency-store.ts';
import type { RequestTables } from './migrations/0004-requests.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<RequestTables>;

/** One call of `begin` in so many prunes, and prunes at most so many rows: more than came since. */
const PRUNE_EVERY = 50;
const PRUNED_AT_ONCE = 200;

/** How often `begin` looks again when a key that it found taken was freed before it could see by whom. */
const MAX_TRIES = 10;

/** Keys in the table `idempotency_keys`, timed by the server's clock, so that instances agree on what is over. */
export function createPostgresIdempotencyStore({ db }: { readonly db: Db }): IdempotencyStore {
  let begun = 0;
  return {
    begin: (key, fingerprint, leaseMs, call) =>
      withStoreErrors(async () => {
        // Before the reservation, because a failure after it would leave the key taken; in a statement of its own,
        // because one that also takes a key could deadlock with another caller's.
        if (begun % PRUNE_EVERY === 0) await prune(db, call);
        begun += 1;
        return begin(db, { keyHash: hashOf(key), fingerprint, leaseMs }, call);
      }),
    complete: (key, answer, call) => withStoreErrors(() => complete(db, hashOf(key), answer, call)),
    abandon: (key, call) => withStoreErrors(() => abandon(db, hashOf(key), call)),
  };
}

// UTF-16 keeps apart what UTF-8 can not: unpaired surrogates would all become the same replacement character.
function hashOf(key: string): Buffer {
  return hash('sha256', Buffer.from(key, 'utf16le'), 'buffer');
}

interface Request {
  readonly keyHash: Buffer;
  readonly fingerprint: string;
  readonly leaseMs: number;
}

async function begin(db: Db, request: Request, call: Call): Promise<IdempotencyState> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const state = (await reserve(db, request, call)) ?? (await look(db, request, call));
    if (state !== undefined) return state;
  }
  return { state: 'in-flight' };
}

// The upsert locks the row before it judges it, so of many callers one gets a row back and the others nothing.
async function reserve(db: Db, request: Request, call: Call): Promise<IdempotencyState | undefined> {
  const { keyHash, fingerprint, leaseMs } = request;
  const { rows } = await sql<{ attempt: number }>`
    INSERT INTO idempotency_keys AS stored (key_hash, fingerprint, attempt, lease_until, expires_at)
    VALUES (${keyHash}, ${fingerprint}, 1, clock_timestamp() + ${leaseMs} * interval '1 millisecond',
      clock_timestamp() + ${leaseMs + ANSWER_KEPT_MS} * interval '1 millisecond')
    ON CONFLICT (key_hash) DO UPDATE SET
      fingerprint = excluded.fingerprint, answer = NULL,
      attempt = CASE WHEN stored.expires_at <= clock_timestamp() THEN 1 ELSE stored.attempt + 1 END,
      lease_until = excluded.lease_until, expires_at = excluded.expires_at
    WHERE stored.expires_at <= clock_timestamp()
      OR (stored.answer IS NULL AND stored.lease_until <= clock_timestamp()
        AND stored.fingerprint = excluded.fingerprint)
    RETURNING attempt`.execute(db, call);
  const [reserved] = rows;
  return reserved && { state: reserved.attempt === 1 ? 'fresh' : 'retry' };
}

/** Who has the key; `undefined` when it became free since it was found taken. */
async function look(db: Db, request: Request, call: Call): Promise<IdempotencyState | undefined> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'answer', sql<boolean>`lease_until > clock_timestamp()`.as('leased')])
    .where('key_hash', '=', request.keyHash)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .executeTakeFirst(call);
  if (row === undefined) return undefined;
  if (row.fingerprint !== request.fingerprint) return { state: 'mismatch' };
  if (row.answer !== null) return { state: 'replay', answer: JSON.parse(row.answer) as JsonValue };
  return row.leased ? { state: 'in-flight' } : undefined;
}

async function complete(db: Db, keyHash: Buffer, answer: JsonValue, call: Call): Promise<void> {
  await sql`
    UPDATE idempotency_keys
    SET answer = ${JSON.stringify(answer)}, expires_at = clock_timestamp() + ${ANSWER_KEPT_MS} * interval '1 millisecond'
    WHERE key_hash = ${keyHash} AND answer IS NULL`.execute(db, call);
}

async function abandon(db: Db, keyHash: Buffer, call: Call): Promise<void> {
  await sql`DELETE FROM idempotency_keys WHERE key_hash = ${keyHash} AND answer IS NULL`.execute(db, call);
}

// SKIP LOCKED leaves a row to the caller that is deleting it, or taking its key, already; as an array the rows are picked
// once, where a join may run the LIMIT again and again. `clock_timestamp()` is volatile, so no index could be used.
async function prune(db: Db, call: Call): Promise<void> {
  await sql`
    DELETE FROM idempotency_keys WHERE key_hash = ANY(ARRAY(
      SELECT key_hash FROM idempotency_keys WHERE expires_at <= statement_timestamp()
      ORDER BY expires_at LIMIT ${PRUNED_AT_ONCE} FOR UPDATE SKIP LOCKED
    ))`.execute(db, call);
}
