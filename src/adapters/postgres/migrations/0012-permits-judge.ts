/*
 * Whether a request passes at a counter, and the state to keep when it does. They change nothing, and are STABLE: called under the
 * lock of the counter's row they see what is there now, called by a look they see what its statement sees.
 */

export const JUDGE_UNITS = `
CREATE FUNCTION judge_units(
  look counter_look, by_algorithm text, of_window_ms bigint, max_units bigint, cost bigint, at_least bigint,
  of_permit bytea
) RETURNS counter_look LANGUAGE plpgsql STABLE AS $$
DECLARE
  is_blocked boolean := coalesce(look.blocked_until_ms > look.now_ms, false);
  step record;
BEGIN
  IF look.book IS NOT NULL THEN
    IF counter_is_ahead(by_algorithm, look.state, of_window_ms, look.now_ms) THEN
      look.book := NULL;
    ELSIF of_permit IS NOT NULL THEN
      SELECT p.units INTO look.units FROM counter_permits p
      WHERE p.book = look.book AND p.permit_hash = of_permit AND p.until_ms > look.now_ms;
    END IF;
  END IF;
  IF look.units IS NOT NULL THEN
    look.taken := NOT is_blocked;
  ELSE
    look.units := cost;
    IF at_least < cost THEN
      look.units := greatest(at_least,
        least(cost, max_units - used_units(by_algorithm, look.state, of_window_ms, look.now_ms)));
    END IF;
    step := CASE by_algorithm
      WHEN 'fixed-window' THEN take_fixed_window(look.state, max_units, of_window_ms, look.units, look.now_ms)
      WHEN 'sliding-window' THEN take_sliding_window(look.state, max_units, of_window_ms, look.units, look.now_ms)
      WHEN 'token-bucket' THEN take_token_bucket(look.state, max_units, of_window_ms, look.units, look.now_ms)
    END;
    look.taken := step.taken AND NOT is_blocked;
    IF look.taken OR NOT step.taken THEN look.next := step.state; END IF;
  END IF;
  IF NOT look.taken THEN look.units := 0; END IF;
  RETURN look;
END $$`;

export const JUDGE_LEASES = `
CREATE FUNCTION judge_leases(
  look counter_look, of_window_ms bigint, max_units bigint, cost bigint, at_least bigint, of_permit bytea
) RETURNS counter_look LANGUAGE plpgsql STABLE AS $$
DECLARE
  held bigint := coalesce(look.state[2], 0);
  room bigint;
  room_at_ms bigint;
  more bigint := 0;
BEGIN
  IF look.book IS NOT NULL THEN
    held := held - coalesce((
      SELECT sum(l.units) FROM counter_leases l WHERE l.book = look.book AND l.until_ms <= look.now_ms), 0);
    look.state := CASE WHEN held > 0 THEN ARRAY[look.state[1], held] END;
    SELECT l.units INTO look.units FROM counter_leases l
    WHERE l.book = look.book AND l.permit_hash = of_permit AND l.until_ms > look.now_ms;
  END IF;
  room := max_units - held;
  IF look.units IS NULL AND room >= at_least THEN
    more := least(cost, room);
    look.units := more;
  END IF;
  look.taken := look.units IS NOT NULL AND NOT coalesce(look.blocked_until_ms > look.now_ms, false);
  IF look.taken THEN
    look.next := ARRAY[greatest(look.state[1], look.now_ms + of_window_ms), held + more];
    RETURN look;
  END IF;
  look.units := 0;
  IF at_least > room AND at_least <= max_units THEN
    SELECT ending.until_ms INTO room_at_ms FROM (
      SELECT l.until_ms, sum(l.units) OVER (ORDER BY l.until_ms) AS freed
      FROM counter_leases l WHERE l.book = look.book AND l.until_ms > look.now_ms
    ) AS ending WHERE ending.freed >= at_least - room ORDER BY ending.until_ms LIMIT 1;
    look.state := look.state || room_at_ms;
  END IF;
  RETURN look;
END $$`;

export const JUDGE_COUNTER = `
CREATE FUNCTION judge_counter(
  kept counters, by_algorithm text, of_window_ms bigint, max_units bigint, cost bigint, at_least bigint,
  of_permit bytea, at_ms bigint
) RETURNS counter_look LANGUAGE plpgsql STABLE AS $$
DECLARE
  look counter_look;
BEGIN
  look.now_ms := at_ms;
  look.blocked_until_ms := kept.blocked_until_ms;
  IF (kept.state)[1] > at_ms THEN
    look.state := kept.state;
    look.book := kept.book;
  END IF;
  IF by_algorithm = 'concurrency' THEN
    RETURN judge_leases(look, of_window_ms, max_units, cost, at_least, of_permit);
  END IF;
  RETURN judge_units(look, by_algorithm, of_window_ms, max_units, cost, at_least, of_permit);
END $$`;
