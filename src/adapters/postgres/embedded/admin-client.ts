import { Client } from 'pg';
import { servicePassword } from './password.ts';

/** How the superuser of the cluster gets in. */
export interface AdminAccess {
  readonly port: number;
  readonly password: string;
}

/** The role and the database of the service have the same name. */
const SERVICE = 'mediamesh';

/** Nothing asked here takes more than milliseconds; a server that is stopped or stuck must not hold up the start. */
const PATIENCE_MS = 3000;

/** Where the service finds its database. The role owns it and may make others; it is no superuser. */
export function serviceUrl(access: AdminAccess): string {
  return `postgres://${SERVICE}:${servicePassword(access.password)}@127.0.0.1:${access.port}/${SERVICE}`;
}

export interface ServerFacts {
  readonly dataDirectory: string;
  readonly fingerprint: string | null;
}

export async function askServer(access: AdminAccess): Promise<ServerFacts> {
  return withAdmin(access, async (client) => {
    const { rows } = await client.query<ServerFacts>(
      `SELECT current_setting('data_directory') AS "dataDirectory",
              current_setting('mediamesh.fingerprint', true) AS "fingerprint"`,
    );
    const [facts] = rows;
    if (!facts) throw new Error('the server gave no answer');
    return facts;
  });
}

/** Makes the role and the database if they are not there: a start may have been killed between two of these steps. */
export async function ensureDatabase(access: AdminAccess): Promise<void> {
  await withAdmin(access, async (client) => {
    if (!(await exists(client, 'SELECT 1 FROM pg_roles WHERE rolname = $1'))) {
      const password = client.escapeLiteral(servicePassword(access.password));
      await client.query(`CREATE ROLE ${SERVICE} LOGIN CREATEDB PASSWORD ${password}`);
    }
    if (!(await exists(client, 'SELECT 1 FROM pg_database WHERE datname = $1'))) {
      await client.query(`CREATE DATABASE ${SERVICE} OWNER ${SERVICE}`);
    }
  });
}

async function exists(client: Client, sql: string): Promise<boolean> {
  return (await client.query(sql, [SERVICE])).rows.length > 0;
}

async function withAdmin<T>(access: AdminAccess, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: '127.0.0.1',
    port: access.port,
    user: 'postgres',
    password: access.password,
    database: 'postgres',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS * 10,
  });
  // A connection that breaks between two queries would end the process if nobody listened; the next query tells.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
