import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { DataSet } from '../../../ports/outbox.ts';

export function interval(milliseconds: number): RawBuilder<unknown> {
  return sql`${milliseconds}::double precision * interval '1 millisecond'`;
}

/** Whether `mark` is among the keys that a sub-select gives. As an array, they are looked up one by one whatever the statistics. */
export function isOneOf(dataSet: DataSet, keys: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`mark.data_set = ${dataSet} and mark.key = any(array(${keys}))`;
}
