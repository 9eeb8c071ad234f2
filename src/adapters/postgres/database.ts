import type { RawBuilder } from 'kysely';
import { Kysely, PostgresDialect } from 'kysely';
import type { PoolClient, PoolConfig } from 'pg';
import { Pool } from 'pg';
import type { Call } from '../../ports/call.ts';
import { runStatement } from './run-statement.ts';
import { isReadTimeout } from './store-errors.ts';
import type { Database } from './tables.ts';

export interface PostgresOptions {
  readonly connectionString: string;
  readonly maxConnections: number;
  /** How long a connection may take, and how long a call may wait for a free one. */
  readonly connectTimeoutMs: number;
  /** The server gives a statement up after this; the client a little later, in case the server does not answer at all. */
  readonly statementTimeoutMs: number;
  /** Whether connections keep the plans of frequent statements; not behind a pooler that gives each transaction another connection. Default: true. */
  readonly preparesStatements?: boolean;
  /** Hears of connections that break while idle. */
  readonly onIdleError: (error: Error) => void;
}

/** The database, and the pool under it for the few statements for which a query builder would be a good part of the cost. */
export class PooledDatabase extends Kysely<Database> {
  readonly pool: Pool;
  /** Whether connections keep the plans of frequent statements. */
  readonly preparesStatements: boolean;
  readonly #names = new Map<string, string>();

  constructor(pool: Pool, preparesStatements: boolean) {
    super({ dialect: new PostgresDialect({ pool }) });
    this.pool = pool;
    this.preparesStatements = preparesStatements;
  }

  /**
   * Runs a statement that is asked for often, and whose text is always one of a few. To parse and plan one costs the server more than
   * to write a row (`bench/README.md`), so each connection does it once.
   */
  runPrepared<Row>(statement: RawBuilder<Row>, call: Call): Promise<readonly Row[]> {
    const { sql: text, parameters } = statement.compile(this);
    return runStatement(this.pool, { name: this.#nameOf(text), text, parameters }, call);
  }

  #nameOf(text: string): string | undefined {
    if (!this.preparesStatements) return undefined;
    const name = this.#names.get(text) ?? `mediamesh-${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    // Kysely ends no pool that it has not used.
    if (!this.pool.ending) await this.pool.end();
  }
}

/** Opens a pool; connections are made on first use. `destroy()` closes it. */
export function openDatabase(options: PostgresOptions): PooledDatabase {
  const pool = new Pool(poolConfig(options));
  // Without a listener an idle connection that the server ends (a restart, a shutdown) would end the process. A pool that
  // ends does not wait for its connections to be closed: that the server ends them first is no news then.
  pool.on('error', (error) => {
    if (!pool.ending) options.onIdleError(error);
  });
  // The pool does not listen to a connection that is in use. When that one breaks, its query rejects, and the connection
  // raises the same error as an event, which would end the process as well.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    closeWhenSilent(client);
  });
  return new PooledDatabase(pool, options.preparesStatements ?? true);
}

/**
 * Ends a connection whose query got no answer in time. pg rejects the query and keeps the connection, which waits on: were it
 * given back to the pool, every later query would queue behind the lost one (pg 8.23, lib/client.js). `end` cuts the socket
 * of a connection that has a query under way, and the pool takes back none that is ending.
 */
function closeWhenSilent(client: PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const connection = client as unknown as { end(): Promise<void> };
  const watched = (...args: unknown[]): unknown => {
    const result = query(...args);
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        if (isReadTimeout(error)) void connection.end();
      });
    }
    return result;
  };
  Object.assign(client, { query: watched });
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
    keepAlive: true,
    // A host that vanishes between two statements of a transaction would hold its row locks for hours.
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
  };
}
