import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Finding } from '../../domain/finding.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import { schemaFinding } from './checks/schema.ts';
import { tableFindings } from './checks/table-access.ts';
import { withStoreErrors } from './store-errors.ts';
import type { Database } from './tables.ts';

export interface CheckPostgresDeps {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
}

/** The oldest that PostgreSQL itself still mends (postgresql.org, versioning policy). */
const OLDEST_MAJOR = 14;
const TESTED_MAJOR = 18;
const SKEW_MS = 1000;

/** What an operator should know of a Postgres server. @throws the port's errors when it can not be reached. */
export async function checkPostgres(
  { db, clock }: CheckPostgresDeps,
  call: Call,
): Promise<readonly Finding[]> {
  const askedAt = clock.now();
  const server = await withStoreErrors(() => readServer(db, call));
  const answeredAt = clock.now();
  return [
    versionFinding(server.major, server.version),
    skewFinding(server.now_ms, askedAt, answeredAt),
    ...permissionFindings(server),
    ...isolationFindings(server.isolation),
    ...(await tableFindings(db, server, call)),
    await schemaFinding(db, server.user_name),
  ];
}

interface Server {
  readonly version: string;
  readonly major: number;
  readonly now_ms: number;
  readonly isolation: string;
  readonly user_name: string;
  readonly may_create: boolean;
  readonly in_recovery: boolean;
}

async function readServer(db: Kysely<Database>, call: Call): Promise<Server> {
  const statement = sql<Server>`
    select current_setting('server_version') as version,
           current_setting('server_version_num')::int / 10000 as major,
           (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms,
           current_setting('default_transaction_isolation') as isolation,
           current_user as user_name,
           has_schema_privilege(current_schema(), 'CREATE') as may_create,
           pg_is_in_recovery() as in_recovery`;
  const [server] = (await statement.execute(db, { signal: call.signal })).rows;
  if (server === undefined) throw new Error('Postgres answered a select of constants without a row');
  return server;
}

function versionFinding(major: number, version: string): Finding {
  if (major >= OLDEST_MAJOR) {
    const tested = major === TESTED_MAJOR ? '' : `; tests run on ${TESTED_MAJOR}`;
    return { level: 'ok', text: `PostgreSQL ${version}${tested}` };
  }
  const mend = `upgrade the server to PostgreSQL ${OLDEST_MAJOR} or newer`;
  return { level: 'fault', text: `PostgreSQL ${version} is too old`, mend };
}

/** The server read its clock between the two moments: what lies outside them is skew for certain. */
function skewFinding(serverMs: number, askedAt: number, answeredAt: number): Finding {
  const skewMs = Math.max(0, askedAt - serverMs, serverMs - answeredAt);
  if (skewMs <= SKEW_MS) return { level: 'ok', text: 'its clock agrees with ours' };
  const text = `its clock is ${(skewMs / 1000).toFixed(1)} s off ours`;
  return { level: 'warning', text, mend: 'synchronise the clocks of both machines (NTP)' };
}

function permissionFindings({ user_name, may_create, in_recovery }: Server): readonly Finding[] {
  if (in_recovery) {
    const mend = 'let DATABASE_URL name the primary; a replica goes into DATABASE_REPLICA_URL';
    return [{ level: 'fault', text: 'the server is a read-only replica', mend }];
  }
  if (may_create) return [{ level: 'ok', text: `${user_name} may create what migrations need` }];
  const mend = `GRANT CREATE ON SCHEMA public TO ${user_name}, or run "npx mediamesh db migrate" as another role`;
  return [{ level: 'warning', text: `${user_name} may not create tables, so it can not migrate`, mend }];
}

// A write reads what it is about to change under a lock: at a stricter level it would fail instead of waiting.
function isolationFindings(isolation: string): readonly Finding[] {
  if (isolation === 'read committed') return [];
  const text = `transactions are ${isolation} by default: concurrent writes would fail instead of waiting`;
  const mend = "ALTER ROLE ... SET default_transaction_isolation = 'read committed'";
  return [{ level: 'fault', text, mend }];
}
