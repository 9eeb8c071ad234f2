/** Parameters: key, algorithm, window, driven time, limit, cost. */
export const CONSUME =
  'SELECT now_ms, state, taken, blocked_until_ms FROM consume_counter($1, $2, $3, $5, $6, $4)';

/** Parameters: key, algorithm, window, limit and cost, each a list as of `listed`, driven time. */
export const CONSUME_EACH =
  'SELECT now_ms, state, taken, blocked_until_ms FROM consume_each($1, $2, $3, $4, $5, $6)';

/** Parameters: key, algorithm, window, driven time. For plain requests. */
export const PEEK = `
  SELECT now_ms, CASE WHEN state[1] > now_ms THEN state END AS state, false AS taken, blocked_until_ms
  FROM (SELECT coalesce($4::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now_ms) AS at
  LEFT JOIN counters ON key_hash = $1 AND algorithm = $2 AND window_ms = $3`;

/** Parameters: as of `listed`, the least that is enough, driven time. */
export const LOOK = `
  SELECT now_ms, state, taken, blocked_until_ms
  FROM unnest(look_at_counters($1, $2, $3, $4, $5, $6, $7, $8))`;

/** Parameters: as of `listed`, the least that is enough, whether a denial takes what is there, driven time. */
export const CONSUME_LISTED = `
  SELECT now_ms, state, taken, units, blocked_until_ms
  FROM consume_counters($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/** Parameters: key, algorithm, window, units, permit, driven time. */
export const REFUND = 'SELECT FROM refund_counter($1, $2, $3, $4, $5, $6)';

/** Parameters: key, algorithm, window, duration, driven time. */
export const BLOCK = 'SELECT FROM block_counter($1, $2, $3, $4, $5)';

/** Parameter: key. */
export const RESET = 'SELECT FROM reset_counters($1)';
