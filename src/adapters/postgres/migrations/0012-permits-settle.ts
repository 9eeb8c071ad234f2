/** Ends a lease, and those that have ended: the state after it, NULL when nothing is held. Without the lease, the state as it was. */
export const END_LEASE = `
CREATE FUNCTION end_lease(kept counters, of_permit bytea, now_ms bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  ended bigint;
  until_ms bigint;
BEGIN
  DELETE FROM counter_leases l
  WHERE l.book = kept.book AND l.permit_hash = of_permit AND l.until_ms > now_ms
  RETURNING l.units INTO ended;
  IF NOT FOUND THEN RETURN kept.state; END IF;
  WITH gone AS (
    DELETE FROM counter_leases l WHERE l.book = kept.book AND l.until_ms <= now_ms RETURNING l.units
  ) SELECT ended + coalesce(sum(gone.units), 0) INTO ended FROM gone;
  SELECT max(l.until_ms) INTO until_ms FROM counter_leases l WHERE l.book = kept.book;
  RETURN CASE WHEN until_ms IS NOT NULL THEN ARRAY[until_ms, kept.state[2] - ended] END;
END $$`;

/** A permit that is not known, and a counter that is not there, are no faults. */
export const REFUND_COUNTER = `
CREATE FUNCTION refund_counter(
  of_key bytea, by_algorithm text, of_window_ms bigint, units bigint, of_permit bytea, driven_ms bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  kept counters;
  permit counter_permits;
  now_ms bigint;
  next bigint[];
BEGIN
  SELECT c.* INTO kept FROM counters c
  WHERE c.key_hash = of_key AND c.algorithm = by_algorithm AND c.window_ms = of_window_ms
  FOR UPDATE;
  now_ms := coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
  IF NOT coalesce((kept.state)[1] > now_ms, false) THEN RETURN; END IF;
  IF by_algorithm = 'concurrency' THEN
    next := end_lease(kept, of_permit, now_ms);
  ELSE
    IF of_permit IS NOT NULL THEN
      IF counter_is_ahead(by_algorithm, kept.state, of_window_ms, now_ms) THEN RETURN; END IF;
      DELETE FROM counter_permits p
      WHERE p.book = kept.book AND p.permit_hash = of_permit AND p.until_ms > now_ms
      RETURNING p.* INTO permit;
      IF NOT FOUND THEN RETURN; END IF;
    END IF;
    next := give_back(kept, least(units, permit.units), permit, now_ms);
  END IF;
  IF next = kept.state THEN RETURN; END IF;
  IF next IS NULL THEN
    DELETE FROM counter_permits p WHERE p.book = kept.book;
    kept.book := NULL;
  END IF;
  UPDATE counters c SET state = coalesce(next, '{0}'), book = kept.book
  WHERE c.key_hash = of_key AND c.algorithm = by_algorithm AND c.window_ms = of_window_ms;
END $$`;

/** `for_ms` NULL: for ever. */
export const BLOCK_COUNTER = `
CREATE FUNCTION block_counter(
  of_key bytea, by_algorithm text, of_window_ms bigint, for_ms bigint, driven_ms bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now_ms bigint := coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
  until_ms bigint := coalesce(now_ms + for_ms, 9223372036854775807);
BEGIN
  INSERT INTO counters AS c VALUES (of_key, by_algorithm, of_window_ms, '{0}', until_ms, until_ms)
  ON CONFLICT (key_hash, algorithm, window_ms) DO UPDATE SET
    blocked_until_ms = greatest(c.blocked_until_ms, excluded.blocked_until_ms),
    kept_until_ms = greatest(c.kept_until_ms, excluded.kept_until_ms);
  PERFORM prune_counters(now_ms, 4);
END $$`;

/** In the order in which `consume_counters` locks them too. */
export const RESET_COUNTERS = `
CREATE FUNCTION reset_counters(of_key bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  kept counters;
BEGIN
  FOR kept IN
    SELECT c.* FROM counters c WHERE c.key_hash = of_key ORDER BY c.algorithm, c.window_ms FOR UPDATE
  LOOP
    DELETE FROM counters c
    WHERE c.key_hash = kept.key_hash AND c.algorithm = kept.algorithm AND c.window_ms = kept.window_ms;
    DELETE FROM counter_permits p WHERE p.book = kept.book;
    DELETE FROM counter_leases l WHERE l.book = kept.book;
  END LOOP;
END $$`;
