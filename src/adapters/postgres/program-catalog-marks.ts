import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { DataSet } from '../../ports/outbox.ts';

/**
 * The part of a writing statement that leaves the marks of what the part called `written` wrote.
 *
 * A newer mark takes the place of the older one and is free to be claimed, whoever holds the older: that holder settles
 * a version that is no longer there. Marks are locked by key, as `settle` and `putOff` do, so neither waits for the other
 * in a circle.
 */
export function markWritten(dataSets: readonly DataSet[]): RawBuilder<unknown> {
  return sql`
    insert into outbox as mark (data_set, key, version, enqueued_at, free_at, attempts)
    select data_set, written.program_id, written.version, clock_timestamp(), clock_timestamp(), 0
    from written cross join unnest(${dataSets}::text[]) as data_set
    order by written.program_id, data_set collate "C"
    on conflict (data_set, key) do update
    set version = excluded.version, free_at = excluded.free_at, attempts = 0, last_error = null`;
}
