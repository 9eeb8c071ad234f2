import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Finding } from '../../../domain/finding.ts';
import type { Call } from '../../../ports/call.ts';
import { withStoreErrors } from '../store-errors.ts';
import type { Database } from '../tables.ts';
import { TABLE_NAMES } from '../tables.ts';

/** Whether the role may work with the tables that are there: it need not be the one that migrates. */
export async function tableFindings(
  db: Kysely<Database>,
  { user_name: user, in_recovery }: { readonly user_name: string; readonly in_recovery: boolean },
  call: Call,
): Promise<readonly Finding[]> {
  const rights = in_recovery ? ['SELECT'] : ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
  const statement = sql<{ readonly name: string; readonly may: boolean }>`
    select name, (select bool_and(has_table_privilege(found, "right")) from unnest(${rights}::text[]) as "right") as may
    from unnest(${TABLE_NAMES}::text[]) as name, to_regclass(quote_ident(name)) as found
    where found is not null order by name`;
  const { rows } = await withStoreErrors(() => statement.execute(db, { signal: call.signal }));
  if (rows.length === 0) return [];
  const denied = rows.filter(({ may }) => !may).map(({ name }) => name);
  const what = in_recovery ? 'read' : 'read and write';
  if (denied.length === 0) return [{ level: 'ok', text: `${user} may ${what} the tables` }];
  const names = denied.join(', ');
  const mend = `GRANT ${rights.join(', ')} ON ${names} TO ${user}`;
  return [{ level: 'fault', text: `${user} may not ${what} ${names}`, mend }];
}
