/**
 * What a request finds at a counter: its first columns are answered, the others say what to keep.
 * - `state`, NULL: nothing is taken. `concurrency`: without leases that have ended, and third, when denied, from when on there is room
 * - `units`: of the permit when it is known, else those to take; 0 when denied
 * - `next`, NULL: as it was. After a denial, what a clock that went back makes of it
 */
export const COUNTER_LOOK = `
CREATE TYPE counter_look AS (
  now_ms bigint,
  state bigint[],
  taken boolean,
  units bigint,
  blocked_until_ms bigint,
  book uuid,
  next bigint[]
)`;

export const COUNTER_IS_AHEAD = `
CREATE FUNCTION counter_is_ahead(by_algorithm text, state bigint[], of_window_ms bigint, now_ms bigint)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE by_algorithm
    WHEN 'fixed-window' THEN state[1] > now_ms + of_window_ms
    WHEN 'sliding-window' THEN state[2] + cardinality(state) - 3 > now_ms * 10 / of_window_ms
    WHEN 'token-bucket' THEN state[3] > now_ms
  END
$$`;

/** Units of a state that counts, rounded up; what is left of a limit are whole units then. */
export const USED_UNITS = `
CREATE FUNCTION used_units(by_algorithm text, state bigint[], of_window_ms bigint, now_ms bigint)
RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce(CASE by_algorithm
    WHEN 'fixed-window' THEN state[2]
    WHEN 'sliding-window' THEN (
      SELECT sum(units)::bigint FROM unnest(state[3:]) WITH ORDINALITY AS part (units, number)
      WHERE state[2] + number - 1 >= now_ms * 10 / of_window_ms - 10)
    WHEN 'token-bucket' THEN (
      greatest(0, state[2] - greatest(0, least(now_ms - state[3], of_window_ms)) * state[4])
        + of_window_ms - 1) / of_window_ms
  END, 0);
END $$`;

// STABLE: what it calls sees the same moment of all tables, that of the statement which calls it.
export const LOOK_AT_COUNTERS = `
CREATE FUNCTION look_at_counters(
  of_keys bytea[], algorithms text[], windows_ms bigint[], limits bigint[], costs bigint[], permits bytea[],
  at_least bigint, driven_ms bigint
) RETURNS counter_look[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  looks counter_look[];
BEGIN
  SELECT array_agg(
    judge_counter(
      c, asked.algorithm, asked.window_ms, asked.max_units, asked.cost, coalesce(at_least, asked.cost),
      asked.permit, at.now_ms)
    ORDER BY asked.number)
  INTO looks FROM unnest(of_keys, algorithms, windows_ms, limits, costs, permits)
    WITH ORDINALITY AS asked (key_hash, algorithm, window_ms, max_units, cost, permit, number)
  CROSS JOIN (
    SELECT coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now_ms
  ) AS at
  LEFT JOIN counters c
    ON c.key_hash = asked.key_hash AND c.algorithm = asked.algorithm AND c.window_ms = asked.window_ms;
  RETURN looks;
END $$`;
