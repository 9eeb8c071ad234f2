import type { ColumnType, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export interface CounterTables {
  counters: {
    key_hash: Buffer;
    algorithm: string;
    window_ms: ColumnType<string, number, number>;
    /**
     * First from when on it counts nothing, then
     * - `fixed-window`: units taken in the window that ends then
     * - `sliding-window`: number of the first sub-window, units of each sub-window from there
     * - `token-bucket`: what is missing in units times `window_ms`, since when, limit
     */
    state: ColumnType<string[], readonly number[], readonly number[]>;
    /** As the first of `state`, or later. All times are Unix times in milliseconds. */
    kept_until_ms: ColumnType<string, number, number>;
  };
}

export const counters: Migration = {
  async up(db: Kysely<unknown>) {
    await createTable(db);
    await sql.raw(TAKE_FIXED_WINDOW).execute(db);
    await sql.raw(TAKE_SLIDING_WINDOW).execute(db);
    await sql.raw(TAKE_TOKEN_BUCKET).execute(db);
    await sql.raw(PRUNE_COUNTERS).execute(db);
    await sql.raw(CONSUME_COUNTER).execute(db);
  },
};

// UNLOGGED spares the write-ahead log and the wait for the disk. The free space lets a new version of a row stay in its page.
async function createTable(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE UNLOGGED TABLE counters (
      key_hash bytea NOT NULL,
      algorithm text COLLATE "C" NOT NULL,
      window_ms bigint NOT NULL,
      state bigint[] NOT NULL,
      kept_until_ms bigint NOT NULL,
      PRIMARY KEY (key_hash, algorithm, window_ms)
    ) WITH (fillfactor = 70)`.execute(db);
  await sql`CREATE INDEX counters_kept_until ON counters (kept_until_ms)`.execute(db);
}

/*
 * Each take_* is the domain's algorithm, step by step, on the state of a counter (NULL: none), moved to now when it lies in the
 * future: whether `cost` was taken, and the state to keep. A NULL state: keep what was there.
 */

const TAKE_FIXED_WINDOW = `
CREATE FUNCTION take_fixed_window(
  kept bigint[], max_units bigint, window_ms bigint, cost bigint, now_ms bigint,
  OUT taken boolean, OUT state bigint[]
) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  ends_ms bigint := least(kept[1], now_ms + window_ms);
  moved boolean := coalesce(kept[1] > ends_ms, false);
  used bigint := kept[2];
BEGIN
  IF kept IS NULL OR ends_ms <= now_ms THEN
    ends_ms := (now_ms / window_ms + 1) * window_ms;
    used := 0;
  END IF;
  taken := used + cost <= max_units;
  IF taken THEN used := used + cost; END IF;
  IF taken OR moved THEN state := ARRAY[ends_ms, used]; END IF;
END $$`;

const TAKE_SLIDING_WINDOW = `
CREATE FUNCTION take_sliding_window(
  kept bigint[], max_units bigint, window_ms bigint, cost bigint, now_ms bigint,
  OUT taken boolean, OUT state bigint[]
) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  this_part bigint := now_ms * 10 / window_ms;
  first_part bigint := kept[2];
  counts bigint[] := kept[3:];
  length integer := coalesce(cardinality(kept) - 2, 0);
  moved boolean := coalesce(first_part + length - 1 > this_part, false);
  used bigint := 0;
BEGIN
  IF moved THEN
    IF length > 1 THEN
      length := length - 1;
      counts := counts[:length - 1] || (counts[length] + counts[length + 1]);
    END IF;
    first_part := this_part - length + 1;
  END IF;
  WHILE length > 0 AND (counts[1] = 0 OR first_part < this_part - 10) LOOP
    counts := counts[2:];
    length := length - 1;
    first_part := first_part + 1;
  END LOOP;
  FOR part IN 1..length LOOP used := used + counts[part]; END LOOP;
  taken := used + cost <= max_units;
  IF NOT (taken OR moved) THEN RETURN; END IF;
  IF length = 0 THEN first_part := this_part; END IF;
  IF taken THEN
    FOR part IN length + 1..this_part - first_part + 1 LOOP counts[part] := 0; END LOOP;
    length := this_part - first_part + 1;
    counts[length] := counts[length] + cost;
  END IF;
  state := ARRAY[((first_part + length + 10) * window_ms + 9) / 10, first_part] || counts;
END $$`;

// What is missing, and what comes back in a window, is at most a limit of 10^9 times 31 days: 2.7 * 10^18, and 2^63 is 9.2 * 10^18.
const TAKE_TOKEN_BUCKET = `
CREATE FUNCTION take_token_bucket(
  kept bigint[], max_units bigint, window_ms bigint, cost bigint, now_ms bigint,
  OUT taken boolean, OUT state bigint[]
) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  moved boolean := coalesce(kept[3] > now_ms, false);
  rate bigint := kept[4];
  elapsed_ms bigint := greatest(0, least(now_ms - kept[3], window_ms));
  missing bigint := coalesce(greatest(0, kept[2] - elapsed_ms * rate), 0);
BEGIN
  taken := missing + cost * window_ms <= max_units * window_ms;
  IF taken THEN
    missing := missing + cost * window_ms;
    rate := max_units;
  END IF;
  IF taken OR moved THEN
    state := ARRAY[now_ms + (missing + rate - 1) / rate, missing, now_ms, rate];
  END IF;
END $$`;

// Rows are locked before they go, so `ctid` is where they are; SKIP LOCKED leaves a row to the caller that is at it already.
const PRUNE_COUNTERS = `
CREATE FUNCTION prune_counters(before_ms bigint, most integer) RETURNS void LANGUAGE sql AS $$
  DELETE FROM counters WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM counters WHERE kept_until_ms <= before_ms
    ORDER BY kept_until_ms LIMIT most FOR UPDATE SKIP LOCKED))
$$`;

/*
 * Takes units when all of them are there; answers the time, the state now (NULL: none) and whether they were taken.
 *
 * The clock is read under the row's lock: read before, it could be older than what another caller left there meanwhile. Each
 * statement of a volatile function at READ COMMITTED sees what was committed before it, so the state is the one under the lock.
 * A row that is made takes a few old ones away, so the table grows no further than what counts. `kept_until_ms` moves
 * in strides: it is indexed, and a row whose indexed columns stay the same is replaced without touching an index.
 */
const CONSUME_COUNTER = `
CREATE FUNCTION consume_counter(
  of_key bytea, by_algorithm text, of_window_ms bigint, max_units bigint, cost bigint, driven_ms bigint,
  OUT now_ms bigint, OUT state bigint[], OUT taken boolean
) LANGUAGE plpgsql AS $$
DECLARE
  until_ms bigint;
  is_there boolean;
  next record;
BEGIN
  LOOP
    SELECT c.state, c.kept_until_ms INTO state, until_ms FROM counters c
    WHERE c.key_hash = of_key AND c.algorithm = by_algorithm AND c.window_ms = of_window_ms
    FOR UPDATE;
    is_there := FOUND;
    now_ms := coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    next := CASE by_algorithm
      WHEN 'fixed-window' THEN take_fixed_window(state, max_units, of_window_ms, cost, now_ms)
      WHEN 'sliding-window' THEN take_sliding_window(state, max_units, of_window_ms, cost, now_ms)
      WHEN 'token-bucket' THEN take_token_bucket(state, max_units, of_window_ms, cost, now_ms)
    END;
    taken := next.taken;
    IF next.state IS NULL THEN RETURN; END IF;
    state := next.state;
    IF is_there THEN
      IF state[1] > until_ms THEN until_ms := state[1] + (state[1] - now_ms) / 8; END IF;
      UPDATE counters c SET state = next.state, kept_until_ms = until_ms
      WHERE c.key_hash = of_key AND c.algorithm = by_algorithm AND c.window_ms = of_window_ms;
      RETURN;
    END IF;
    INSERT INTO counters VALUES (of_key, by_algorithm, of_window_ms, state, state[1])
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
      PERFORM prune_counters(now_ms, 4);
      RETURN;
    END IF;
    -- Another caller has made the row meanwhile.
  END LOOP;
END $$`;
