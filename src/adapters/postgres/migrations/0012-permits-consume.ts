/** As of 0006, and it counts what is taken: so a permit knows how much was taken after it. */
export const TAKE_TOKEN_BUCKET = `
CREATE OR REPLACE FUNCTION take_token_bucket(
  kept bigint[], max_units bigint, window_ms bigint, cost bigint, now_ms bigint,
  OUT taken boolean, OUT state bigint[]
) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  moved boolean := coalesce(kept[3] > now_ms, false);
  rate bigint := kept[4];
  elapsed_ms bigint := greatest(0, least(now_ms - kept[3], window_ms));
  missing bigint := coalesce(greatest(0, kept[2] - elapsed_ms * rate), 0);
  total bigint := coalesce(kept[5], 0);
BEGIN
  taken := missing + cost * window_ms <= max_units * window_ms;
  IF taken THEN
    missing := missing + cost * window_ms;
    total := total + cost;
    rate := max_units;
  END IF;
  IF taken OR moved THEN
    state := ARRAY[now_ms + (missing + rate - 1) / rate, missing, now_ms, rate, total];
  END IF;
END $$`;

/**
 * As of 0006, for requests without a permit, and it knows blocks. What is whole begins a new book, and so does a clock that went
 * back: the times of its permits would be of a time that has yet to come.
 */
export const CONSUME_COUNTER = `
CREATE FUNCTION consume_counter(
  of_key bytea, by_algorithm text, of_window_ms bigint, max_units bigint, cost bigint, driven_ms bigint,
  OUT now_ms bigint, OUT state bigint[], OUT taken boolean, OUT blocked_until_ms bigint
) LANGUAGE plpgsql AS $$
DECLARE
  until_ms bigint;
  kept_book uuid;
  is_there boolean;
  next record;
BEGIN
  LOOP
    SELECT c.state, c.kept_until_ms, c.blocked_until_ms, c.book
    INTO state, until_ms, blocked_until_ms, kept_book FROM counters c
    WHERE c.key_hash = of_key AND c.algorithm = by_algorithm AND c.window_ms = of_window_ms
    FOR UPDATE;
    is_there := FOUND;
    now_ms := coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    IF state[1] <= now_ms THEN
      state := NULL;
      kept_book := NULL;
    END IF;
    taken := false;
    IF blocked_until_ms > now_ms THEN RETURN; END IF;
    next := CASE by_algorithm
      WHEN 'fixed-window' THEN take_fixed_window(state, max_units, of_window_ms, cost, now_ms)
      WHEN 'sliding-window' THEN take_sliding_window(state, max_units, of_window_ms, cost, now_ms)
      WHEN 'token-bucket' THEN take_token_bucket(state, max_units, of_window_ms, cost, now_ms)
    END;
    taken := next.taken;
    IF next.state IS NULL THEN RETURN; END IF;
    IF kept_book IS NOT NULL AND counter_is_ahead(by_algorithm, state, of_window_ms, now_ms) THEN
      kept_book := NULL;
    END IF;
    state := next.state;
    IF is_there THEN
      IF state[1] > until_ms THEN until_ms := state[1] + (state[1] - now_ms) / 8; END IF;
      UPDATE counters c SET state = next.state, kept_until_ms = until_ms, book = kept_book
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
