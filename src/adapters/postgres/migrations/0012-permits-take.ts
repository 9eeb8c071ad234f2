/*
 * Takes away permits that have ended, whatever became of their counter. A lease is in the sum of its counter until that is next asked, so it
 * stays until `kept_until_ms`, by when the counter has expired if nobody has asked. Called last: a caller that holds rows here
 * waits for no other.
 *
 * A plan that was made while the tables were small would read them from end to end until they are next analyzed: so none may.
 */
export const PRUNE_PERMITS = `
CREATE FUNCTION prune_permits(before_ms bigint, most integer) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_sort = off AS $$
BEGIN
  DELETE FROM counter_permits WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM counter_permits WHERE until_ms <= before_ms
    ORDER BY until_ms LIMIT most FOR UPDATE SKIP LOCKED));
  DELETE FROM counter_leases WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM counter_leases WHERE kept_until_ms <= before_ms
    ORDER BY kept_until_ms LIMIT most FOR UPDATE SKIP LOCKED));
END $$`;

/** Writes what was judged to the counter, whose row is locked, and to its book. */
export const KEEP_COUNTER = `
CREATE FUNCTION keep_counter(kept counters, judged counter_look, of_permit bytea)
RETURNS counter_look LANGUAGE plpgsql AS $$
DECLARE
  expires_ms bigint := (judged.next)[1];
BEGIN
  IF judged.next IS NULL THEN RETURN judged; END IF;
  IF judged.taken AND of_permit IS NOT NULL THEN
    judged.book := coalesce(judged.book, gen_random_uuid());
  END IF;
  IF expires_ms > kept.kept_until_ms THEN
    kept.kept_until_ms := expires_ms + (expires_ms - judged.now_ms) / 8;
  END IF;
  UPDATE counters c SET state = judged.next, kept_until_ms = kept.kept_until_ms, book = judged.book
  WHERE c.key_hash = kept.key_hash AND c.algorithm = kept.algorithm AND c.window_ms = kept.window_ms;
  IF kept.algorithm = 'concurrency' THEN
    DELETE FROM counter_leases l WHERE l.book = judged.book AND l.until_ms <= judged.now_ms;
    INSERT INTO counter_leases VALUES (
      judged.book, of_permit, judged.units, judged.now_ms + kept.window_ms,
      greatest(expires_ms, judged.now_ms + 2 * kept.window_ms))
    ON CONFLICT (book, permit_hash) DO UPDATE SET
      until_ms = excluded.until_ms, kept_until_ms = excluded.kept_until_ms;
  ELSIF judged.taken AND of_permit IS NOT NULL THEN
    INSERT INTO counter_permits VALUES (
      judged.book, of_permit, judged.units, judged.now_ms,
      CASE kept.algorithm WHEN 'token-bucket' THEN judged.now_ms + kept.window_ms ELSE expires_ms END,
      CASE kept.algorithm WHEN 'token-bucket' THEN judged.next[5] END,
      CASE kept.algorithm WHEN 'token-bucket' THEN judged.next[4] END)
    ON CONFLICT (book, permit_hash) DO UPDATE SET
      units = excluded.units, at_ms = excluded.at_ms, until_ms = excluded.until_ms,
      taken = excluded.taken, rate = excluded.rate;
  END IF;
  judged.state := judged.next;
  RETURN judged;
END $$`;

/*
 * Takes units from all counters or from none. `at_least`: what is enough of the cost; NULL: all of it. `charges`: a denied request
 * of a single counter takes what is there.
 *
 * The counters come in the order of their primary key and are locked in it, so that no two callers wait for each other. A row that
 * is not there can only be locked by making it, in its place in that order; so that a denial makes none, the first one that is
 * missing asks for a look at all of them, which locks nothing. How long a made row is kept covers whatever is taken now: a row
 * whose indexed columns stay the same is replaced without touching an index.
 */
export const CONSUME_COUNTERS = `
CREATE FUNCTION consume_counters(
  of_keys bytea[], algorithms text[], windows_ms bigint[], limits bigint[], costs bigint[], permits bytea[],
  at_least bigint, charges boolean, driven_ms bigint
) RETURNS SETOF counter_look LANGUAGE plpgsql AS $$
DECLARE
  kept counters[];
  one counters;
  judged counter_look[];
  look counter_look;
  made integer[] := '{}';
  all_pass boolean := true;
  at_ms bigint;
  room bigint;
BEGIN
  FOR i IN 1..cardinality(of_keys) LOOP
    LOOP
      SELECT c.* INTO one FROM counters c
      WHERE c.key_hash = of_keys[i] AND c.algorithm = algorithms[i] AND c.window_ms = windows_ms[i]
      FOR UPDATE;
      EXIT WHEN FOUND;
      IF made = '{}' AND NOT charges THEN
        judged := look_at_counters(of_keys, algorithms, windows_ms, limits, costs, permits, at_least, driven_ms);
        IF EXISTS (SELECT FROM unnest(judged) AS j WHERE NOT j.taken)
          AND NOT EXISTS (SELECT FROM unnest(judged) AS j WHERE NOT j.taken AND j.next IS NOT NULL)
        THEN
          RETURN QUERY SELECT * FROM unnest(judged);
          RETURN;
        END IF;
      END IF;
      at_ms := coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
      INSERT INTO counters AS c VALUES (
        of_keys[i], algorithms[i], windows_ms[i], '{0}', at_ms + windows_ms[i] + windows_ms[i] / 8)
      ON CONFLICT DO NOTHING RETURNING c.* INTO one;
      IF FOUND THEN
        made := made || i;
        EXIT;
      END IF;
      -- Another caller has made the row meanwhile.
    END LOOP;
    kept[i] := one;
  END LOOP;

  at_ms := coalesce(driven_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
  FOR i IN 1..cardinality(of_keys) LOOP
    look := judge_counter(
      kept[i], algorithms[i], windows_ms[i], limits[i], costs[i], coalesce(at_least, costs[i]), permits[i], at_ms);
    all_pass := all_pass AND look.taken;
    judged[i] := look;
  END LOOP;

  IF all_pass THEN
    FOR i IN 1..cardinality(of_keys) LOOP
      judged[i] := keep_counter(kept[i], judged[i], permits[i]);
    END LOOP;
    IF array_remove(permits, NULL) <> '{}' THEN
      PERFORM prune_permits(at_ms, 4 * cardinality(of_keys));
    END IF;
  ELSIF charges AND algorithms[1] <> 'concurrency' AND NOT coalesce(look.blocked_until_ms > at_ms, false) THEN
    room := limits[1] - used_units(algorithms[1], look.state, windows_ms[1], at_ms);
    IF room > 0 THEN
      look := judge_counter(kept[1], algorithms[1], windows_ms[1], limits[1], room, room, NULL, at_ms);
    END IF;
    look := keep_counter(kept[1], look, NULL);
    look.taken := false;
    judged[1] := look;
  ELSE
    FOR i IN 1..cardinality(of_keys) LOOP
      IF i = ANY(made) THEN
        DELETE FROM counters c
        WHERE c.key_hash = of_keys[i] AND c.algorithm = algorithms[i] AND c.window_ms = windows_ms[i];
      ELSIF NOT (judged[i]).taken THEN
        judged[i] := keep_counter(kept[i], judged[i], NULL);
      END IF;
    END LOOP;
  END IF;
  IF made <> '{}' THEN PERFORM prune_counters(at_ms, 4 * cardinality(made)); END IF;
  RETURN QUERY SELECT * FROM unnest(judged);
END $$`;
