import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { WriteCondition } from '../../ports/program-catalog.ts';

/** Whether the condition holds of a row of `programs`, deleted or not, under the name that the query gives it. */
export function holdsOfRow(condition: WriteCondition, row: string): RawBuilder<boolean> {
  const deletedAt = sql.ref(`${row}.deleted_at`);
  switch (condition.kind) {
    case 'any':
      return sql`true`;
    case 'absent':
      return sql`${deletedAt} is not null`;
    case 'present':
      return sql`${deletedAt} is null`;
    case 'version':
      return sql`${deletedAt} is null and ${sql.ref(`${row}.version`)} = any(${storable(condition.versions)}::bigint[])`;
  }
}

// A number that is no version would not fit the column's type either.
function storable(versions: readonly number[]): readonly number[] {
  return versions.filter((version) => Number.isSafeInteger(version));
}
