import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';

export function interval(milliseconds: number): RawBuilder<unknown> {
  return sql`${milliseconds}::double precision * interval '1 millisecond'`;
}
