import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Call } from '../../ports/call.ts';
import type { Leases } from '../../ports/leases.ts';
import type { InstanceTables } from './migrations/0009-instances.ts';
import { withStoreErrors } from './store-errors.ts';

type Db = Kysely<InstanceTables>;

/** Leases in the table `leases`, timed by the server's clock. */
export function createPostgresLeases({ db }: { readonly db: Db }): Leases {
  return {
    acquire: (name, holder, ttlMs, call) => withStoreErrors(() => acquire(db, { name, holder, ttlMs }, call)),
    release: (name, holder, call) =>
      withStoreErrors(async () => {
        await sql`delete from leases where name = ${name} and holder = ${holder}`.execute(db, {
          signal: call.signal,
        });
      }),
  };
}

interface Wish {
  readonly name: string;
  readonly holder: string;
  readonly ttlMs: number;
}

// The upsert locks the row before it judges it, so of many callers one gets a row back. Who waited for that lock has its full
// time: the clock is read again then.
async function acquire(db: Db, { name, holder, ttlMs }: Wish, call: Call): Promise<boolean> {
  const end = sql`clock_timestamp() + ${ttlMs} * interval '1 millisecond'`;
  const { rows } = await sql`
    insert into leases as held (name, holder, expires_at) values (${name}, ${holder}, ${end})
    on conflict (name) do update set holder = excluded.holder, expires_at = ${end}
    where held.holder = excluded.holder or held.expires_at <= clock_timestamp()
    returning name`.execute(db, { signal: call.signal });
  return rows.length === 1;
}
