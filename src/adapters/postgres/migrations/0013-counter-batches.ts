import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Requests without a permit, several in one statement. */
export const counterBatches: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(CONSUME_EACH).execute(db);
  },
};

/*
 * As `consume_counter` of each request, one after the other; answers in their order. The requests come in the order of the primary key of
 * `counters`, and those of one counter next to each other: rows are locked in that order, made in it where they are missing, and held
 * to the end, so that no two callers wait for each other. `prune_counters` takes rows in another order but waits for none: it is
 * called last, when this caller waits for none either.
 *
 * A row is written once, after the last request of it. The fixed window that goes on, which is what most requests meet, is reckoned
 * here: to call a function takes longer.
 */
const CONSUME_EACH = `
CREATE FUNCTION consume_each(
  of_keys bytea[], algorithms text[], windows_ms bigint[], limits bigint[], costs bigint[], driven_ms bigint
) RETURNS TABLE (now_ms bigint, state bigint[], taken boolean, blocked_until_ms bigint) LANGUAGE plpgsql AS $$
DECLARE
  last integer := cardinality(of_keys);
  until_ms bigint;
  kept_book uuid;
  is_there boolean;
  is_changed boolean;
  is_first boolean := true;
  is_last boolean;
  made integer := 0;
  next record;
BEGIN
  FOR i IN 1..last LOOP
    is_last := i = last OR of_keys[i + 1] <> of_keys[i]
      OR algorithms[i + 1] <> algorithms[i] OR windows_ms[i + 1] <> windows_ms[i];
    LOOP
      IF is_first THEN
        SELECT c.state, c.kept_until_ms, c.blocked_until_ms, c.book
        INTO state, until_ms, blocked_until_ms, kept_book FROM counters c
        WHERE c.key_hash = of_keys[i] AND c.algorithm = algorithms[i] AND c.window_ms = windows_ms[i]
        FOR UPDATE;
        is_there := FOUND;
        is_changed := false;
        now_ms := coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
        IF state[1] <= now_ms THEN
          state := NULL;
          kept_book := NULL;
        END IF;
      END IF;
      taken := false;
      EXIT WHEN blocked_until_ms > now_ms;
      IF algorithms[i] = 'fixed-window' AND state[1] <= now_ms + windows_ms[i] THEN
        EXIT WHEN state[2] + costs[i] > limits[i];
        taken := true;
        state[2] := state[2] + costs[i];
        is_changed := true;
        EXIT;
      END IF;
      next := CASE algorithms[i]
        WHEN 'fixed-window' THEN take_fixed_window(state, limits[i], windows_ms[i], costs[i], now_ms)
        WHEN 'sliding-window' THEN take_sliding_window(state, limits[i], windows_ms[i], costs[i], now_ms)
        WHEN 'token-bucket' THEN take_token_bucket(state, limits[i], windows_ms[i], costs[i], now_ms)
      END;
      taken := next.taken;
      EXIT WHEN next.state IS NULL;
      IF kept_book IS NOT NULL AND counter_is_ahead(algorithms[i], state, windows_ms[i], now_ms) THEN
        kept_book := NULL;
      END IF;
      IF is_there THEN
        state := next.state;
        is_changed := true;
        EXIT;
      END IF;
      INSERT INTO counters VALUES (of_keys[i], algorithms[i], windows_ms[i], next.state, next.state[1])
      ON CONFLICT DO NOTHING;
      IF FOUND THEN
        state := next.state;
        until_ms := state[1];
        is_there := true;
        made := made + 1;
        EXIT;
      END IF;
      -- Another caller has made the row meanwhile: it is there to be locked now.
      is_first := true;
    END LOOP;
    IF is_last AND is_changed THEN
      IF state[1] > until_ms THEN until_ms := state[1] + (state[1] - now_ms) / 8; END IF;
      UPDATE counters c SET state = consume_each.state, kept_until_ms = until_ms, book = kept_book
      WHERE c.key_hash = of_keys[i] AND c.algorithm = algorithms[i] AND c.window_ms = windows_ms[i];
    END IF;
    is_first := is_last;
    RETURN NEXT;
  END LOOP;
  IF made > 0 THEN PERFORM prune_counters(now_ms, 4 * made); END IF;
END $$`;
