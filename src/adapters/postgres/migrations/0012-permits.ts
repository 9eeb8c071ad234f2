import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { CONSUME_COUNTER, TAKE_TOKEN_BUCKET } from './0012-permits-consume.ts';
import { JUDGE_COUNTER, JUDGE_LEASES, JUDGE_UNITS } from './0012-permits-judge.ts';
import { COUNTER_IS_AHEAD, COUNTER_LOOK, LOOK_AT_COUNTERS, USED_UNITS } from './0012-permits-look.ts';
import {
  GIVE_BACK,
  GIVE_BACK_FIXED_WINDOW,
  GIVE_BACK_SLIDING_WINDOW,
  GIVE_BACK_TOKEN_BUCKET,
} from './0012-permits-return.ts';
import { BLOCK_COUNTER, END_LEASE, REFUND_COUNTER, RESET_COUNTERS } from './0012-permits-settle.ts';
import { CONSUME_COUNTERS, KEEP_COUNTER, PRUNE_PERMITS } from './0012-permits-take.ts';

type Int8 = { readonly book: string; units: string; until_ms: string };

export interface PermitTables {
  /**
   * `state` also has
   * - `token-bucket`: fifth, the units taken since the bucket was last whole
   * - `concurrency`: until when the last lease is, units of all leases
   * - where nothing is taken: 0 alone
   */
  counters: {
    /** The largest bigint: for ever. */
    blocked_until_ms: string | null;
    /** Names the permits or leases of what is taken now; those of any other book are unknown. */
    book: string | null;
  };
  /** What was taken under a permit from a counter that forgets by itself. */
  counter_permits: Int8 & {
    permit_hash: Buffer;
    at_ms: string;
    /** `token-bucket`: `taken` and limit of the state right after. */
    taken: string | null;
    rate: string | null;
  };
  /** What is held of a counter of `concurrency`. */
  counter_leases: Int8 & {
    permit_hash: Buffer;
    kept_until_ms: string;
  };
}

/** Permits, refunds, blocks, leases, and checks of several counters at once. */
export const permits: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      ALTER TABLE counters ADD COLUMN blocked_until_ms bigint, ADD COLUMN book uuid`.execute(db);
    await createPermits(db);
    await createLeases(db);
    for (const statement of FUNCTIONS) await sql.raw(statement).execute(db);
  },
};

// In the order in which they need each other. `consume_counter` answers a column more, which takes a new one; callers that know the
// former columns alone find them by name. What the other functions call is in plpgsql, which keeps the plans of its statements.
const FUNCTIONS = [
  COUNTER_LOOK,
  COUNTER_IS_AHEAD,
  USED_UNITS,
  TAKE_TOKEN_BUCKET,
  'DROP FUNCTION consume_counter(bytea, text, bigint, bigint, bigint, bigint)',
  CONSUME_COUNTER,
  JUDGE_UNITS,
  JUDGE_LEASES,
  JUDGE_COUNTER,
  LOOK_AT_COUNTERS,
  PRUNE_PERMITS,
  KEEP_COUNTER,
  CONSUME_COUNTERS,
  GIVE_BACK_FIXED_WINDOW,
  GIVE_BACK_SLIDING_WINDOW,
  GIVE_BACK_TOKEN_BUCKET,
  GIVE_BACK,
  END_LEASE,
  REFUND_COUNTER,
  BLOCK_COUNTER,
  RESET_COUNTERS,
];

// Rows of a book are only touched under the lock of its counter's row, but for those that `prune_permits` takes away.
async function createPermits(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE UNLOGGED TABLE counter_permits (
      book uuid NOT NULL,
      permit_hash bytea NOT NULL,
      units bigint NOT NULL,
      at_ms bigint NOT NULL,
      until_ms bigint NOT NULL,
      taken bigint,
      rate bigint,
      PRIMARY KEY (book, permit_hash)
    )`.execute(db);
  await sql`CREATE INDEX counter_permits_until ON counter_permits (until_ms)`.execute(db);
}

async function createLeases(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE UNLOGGED TABLE counter_leases (
      book uuid NOT NULL,
      permit_hash bytea NOT NULL,
      units bigint NOT NULL,
      until_ms bigint NOT NULL,
      kept_until_ms bigint NOT NULL,
      PRIMARY KEY (book, permit_hash)
    )`.execute(db);
  await sql`CREATE INDEX counter_leases_until ON counter_leases (book, until_ms)`.execute(db);
  await sql`CREATE INDEX counter_leases_kept_until ON counter_leases (kept_until_ms)`.execute(db);
}
