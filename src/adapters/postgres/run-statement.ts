import type { Pool, PoolClient } from 'pg';
import { enterAbort, leaveAbort } from '../../domain/abort-waiters.ts';
import type { Call } from '../../ports/call.ts';
import { isReadTimeout } from './store-errors.ts';

/** A text and its parameters. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Each connection parses and plans the text once and keeps it under this name, which no other text may have. */
  readonly name?: string | undefined;
}

/**
 * Runs a statement, or rejects with the signal's reason when the call is aborted first; one that still waits for a connection by
 * then is not sent. It goes through pg's callbacks, past Kysely: the dozen promises there would be a good part of the cost of
 * statements that take the server so little.
 */
export function runStatement<Row>(
  pool: Pool,
  statement: Statement,
  { signal }: Call,
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const waiter = enterAbort(signal, reject);
    const settle: Settle<Row> = (error, rows) => {
      leaveAbort(waiter);
      if (rows === undefined) reject(error);
      else resolve(rows);
    };
    pool.connect((error, client) => {
      if (client === undefined) settle(error);
      else if (signal.aborted) {
        client.release();
        settle(signal.reason);
      } else query(client, statement, settle);
    });
  });
}

type Settle<Row> = (error: unknown, rows?: readonly Row[]) => void;

function query<Row>(client: PoolClient, { name, text, parameters }: Statement, settle: Settle<Row>): void {
  const prepared = { ...(name !== undefined && { name }), text, values: [...parameters] };
  client.query(prepared, (error: Error | null, result) => {
    // The lost query holds its connection; every later one would queue behind it.
    client.release(isReadTimeout(error));
    settle(error, error ? undefined : (result.rows as readonly Row[]));
  });
}
