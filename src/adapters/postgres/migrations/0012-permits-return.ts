/*
 * Each give_back_* is the domain's algorithm, step by step, on the state of a counter that counts something: the state after units
 * came back, of a permit or (NULL) the latest ones. NULL: the whole limit is there.
 */

export const GIVE_BACK_FIXED_WINDOW = `
CREATE FUNCTION give_back_fixed_window(kept bigint[], units bigint) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kept[2] > units THEN ARRAY[kept[1], kept[2] - units] END
$$`;

export const GIVE_BACK_SLIDING_WINDOW = `
CREATE FUNCTION give_back_sliding_window(
  kept bigint[], window_ms bigint, units bigint, permit counter_permits, now_ms bigint
) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  this_part bigint := now_ms * 10 / window_ms;
  first_part bigint := kept[2];
  counts bigint[] := kept[3:];
  length integer := cardinality(kept) - 2;
  place bigint := permit.at_ms * 10 / window_ms - first_part + 1;
BEGIN
  IF place IS NULL THEN
    FOR part IN REVERSE length..1 LOOP
      place := least(units, counts[part]);
      counts[part] := counts[part] - place;
      units := units - place;
    END LOOP;
  ELSIF place BETWEEN 1 AND length THEN
    counts[place] := greatest(0, counts[place] - units);
  END IF;
  WHILE length > 0 AND counts[length] = 0 LOOP length := length - 1; END LOOP;
  counts := counts[:length];
  WHILE length > 0 AND (counts[1] = 0 OR first_part < this_part - 10) LOOP
    counts := counts[2:];
    length := length - 1;
    first_part := first_part + 1;
  END LOOP;
  IF length = 0 THEN RETURN NULL; END IF;
  RETURN ARRAY[((first_part + length + 10) * window_ms + 9) / 10, first_part] || counts;
END $$`;

// Units given back and taken again add up without end within a window, so how many came later is cut off where it says no more.
export const GIVE_BACK_TOKEN_BUCKET = `
CREATE FUNCTION give_back_token_bucket(
  kept bigint[], window_ms bigint, units bigint, permit counter_permits, now_ms bigint
) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  rate bigint := kept[4];
  missing bigint := greatest(0, kept[2] - greatest(0, least(now_ms - kept[3], window_ms)) * rate);
  back bigint := least(units, missing / window_ms + 1) * window_ms;
  later bigint;
  came_back bigint;
BEGIN
  IF permit.units IS NOT NULL THEN
    later := least(coalesce(kept[5], 0) - permit.taken, missing / window_ms + 1) * window_ms;
    came_back := greatest(0, now_ms - permit.at_ms) * greatest(rate, permit.rate);
    back := least(back, greatest(missing - later, permit.units * window_ms - came_back));
  END IF;
  IF back <= 0 THEN RETURN kept; END IF;
  IF back >= missing THEN RETURN NULL; END IF;
  missing := missing - back;
  RETURN ARRAY[now_ms + (missing + rate - 1) / rate, missing, now_ms, rate, kept[5]];
END $$`;

export const GIVE_BACK = `
CREATE FUNCTION give_back(
  kept counters, units bigint, permit counter_permits, now_ms bigint
) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE (kept).algorithm
    WHEN 'fixed-window' THEN give_back_fixed_window((kept).state, units)
    WHEN 'sliding-window' THEN
      give_back_sliding_window((kept).state, (kept).window_ms, units, permit, now_ms)
    WHEN 'token-bucket' THEN give_back_token_bucket((kept).state, (kept).window_ms, units, permit, now_ms)
  END
$$`;
