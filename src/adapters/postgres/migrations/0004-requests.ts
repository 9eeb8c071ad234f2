import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { JsonObject } from '../../../domain/json.ts';

export interface RequestTables {
  ranked_lists: {
    list_id: string;
    /** `ids[n]` has `scores[n]`, best first. */
    ids: string[];
    scores: number[];
    meta: JsonObject;
    expires_at: Date;
  };
  idempotency_keys: {
    key_hash: Buffer;
    fingerprint: string;
    /** 1 for the first try of a request, one more for each try after one that died. */
    attempt: number;
    lease_until: Date;
    /** JSON; `null` while the request is worked on. */
    answer: string | null;
    expires_at: Date;
  };
}

export const requests: Migration = {
  async up(db: Kysely<unknown>) {
    await createRankedLists(db);
    await createIdempotencyKeys(db);
  },
};

// UNLOGGED spares the write-ahead log. A crash of the server empties the table, which costs a caller who pages a list
// an expired cursor: the same answer as when the list's time is over.
async function createRankedLists(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE UNLOGGED TABLE ranked_lists (
      list_id uuid PRIMARY KEY,
      ids text[] NOT NULL,
      scores double precision[] NOT NULL,
      meta json NOT NULL,
      expires_at timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX ranked_lists_expires_at ON ranked_lists (expires_at)`.execute(db);
}

// Logged: an answer lost in a crash would let a repeated request be done twice. The key is kept as a hash, so any text is
// a key, NUL and unpaired surrogates included, and the index stays small. The answer is text, not jsonb, because a
// replay gives the names in the order they had.
async function createIdempotencyKeys(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE idempotency_keys (
      key_hash bytea PRIMARY KEY,
      fingerprint text NOT NULL,
      attempt integer NOT NULL,
      lease_until timestamptz NOT NULL,
      answer text,
      expires_at timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at)`.execute(db);
}
