import { Kysely, PostgresDialect } from 'kysely';
import type { PoolConfig } from 'pg';
import { Pool } from 'pg';
import type { Database } from './tables.ts';

export interface PostgresOptions {
  readonly connectionString: string;
  readonly maxConnections: number;
  /** How long a connection may take, and how long a call may wait for a free one. */
  readonly connectTimeoutMs: number;
  /** The server gives a statement up after this; the client a little later, in case the server does not answer at all. */
  readonly statementTimeoutMs: number;
  /** Hears of connections that break while idle. */
  readonly onIdleError: (error: Error) => void;
}

/** Opens a pool; connections are made on first use. `destroy()` closes it. */
export function openDatabase(options: PostgresOptions): Kysely<Database> {
  const pool = new Pool(poolConfig(options));
  // Without a listener an idle connection that the server ends (a restart, a shutdown) would end the process. A pool that
  // ends does not wait for its connections to be closed: that the server ends them first is no news then.
  pool.on('error', (error) => {
    if (!pool.ending) options.onIdleError(error);
  });
  // The pool does not listen to a connection that is in use. When that one breaks, its query rejects, and the connection
  // raises the same error as an event, which would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

// pg waits for ever by default. `query_timeout` does not cover connecting, and without `statement_timeout` the server
// would go on with a statement that nobody waits for: all three are needed.
function poolConfig(options: PostgresOptions): PoolConfig {
  return {
    connectionString: options.connectionString,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + 500,
    application_name: 'mediamesh',
  };
}
