import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';

/** A table of no more pages is read whole; of a larger one at least so many, and so many for each part. */
const LEAST_PAGES = 4096;
const PAGES_FOR_A_PART = 256;

/**
 * The keys that cut a table's keys into parts of about the same size, each the last of its part.
 *
 * Counting a million keys takes as long as reading them all, so the keys of some pages, taken at random, stand for the others.
 * Neighbours on a page may be neighbours in order: at 256 pages for a part, parts differ in size by a tenth or so.
 */
export function splitKeysStatement(
  table: string,
  column: string,
  parts: number,
): RawBuilder<{ readonly key: string }> {
  const pages = Math.max(LEAST_PAGES, parts * PAGES_FOR_A_PART);
  return sql`
    with sampled as materialized (
      select ${sql.ref(column)} as key from ${sql.table(table)}
      tablesample system (least(100, 100.0 * ${pages}::integer * current_setting('block_size')::integer
        / greatest(1, pg_relation_size(${table}))))
    ),
    numbered as (
      select key, row_number() over (order by key) as place, (select count(*) from sampled) as total from sampled
    )
    select key from numbered
    where place < total and place * ${parts}::bigint / total > (place - 1) * ${parts}::bigint / total
    order by key`;
}
