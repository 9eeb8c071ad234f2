import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { storeDecision } from '../../domain/limits/store-decision.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import { runStatement } from './counters/run-statement.ts';
import { readState } from './counters/state.ts';
import { withStoreErrors } from './store-errors.ts';

export interface PostgresCounterOptions {
  readonly pool: Pool;
  /** Replaces the server's clock. Of all instances, so for tests only. */
  readonly clock?: Clock;
}

interface Answer {
  readonly now_ms: string;
  readonly state: readonly string[] | null;
  readonly taken: boolean;
}

/**
 * The table `counters`: a row for each key, algorithm and window, changed under its lock by the function `consume_counter`. So
 * each call is one statement, the server's clock is the only one, and nothing is admitted twice from however many instances.
 * Each row that is made takes a few away that count nothing any more.
 *
 * The table is UNLOGGED: after a crash of the server, or a fail-over to a standby, it is empty and every limit is whole again.
 * A clean restart keeps the counts.
 */
export function createPostgresCounterStore({ pool, clock }: PostgresCounterOptions): CounterStore {
  async function ask(
    text: string,
    request: CounterRequest,
    more: readonly number[],
    call: Call,
  ): Promise<Decision> {
    const { algorithm, windowMs } = request.policy;
    const parameters = [keyHash(request.key), algorithm, windowMs, drivenMs(clock), ...more];
    const rows = await runStatement<Answer>(pool, { text, parameters }, call);
    return toDecision(request, rows);
  }

  return {
    consume: (request, call) =>
      withStoreErrors(() => ask(CONSUME, request, [request.policy.limit, request.cost], call)),
    peek: (request, call) => withStoreErrors(() => ask(PEEK, request, [], call)),
    reset: (key, call) =>
      withStoreErrors(async () => {
        await runStatement(pool, { text: RESET, parameters: [keyHash(key)] }, call);
      }),
  };
}

const CONSUME = 'SELECT now_ms, state, taken FROM consume_counter($1, $2, $3, $5, $6, $4)';

const PEEK = `
  SELECT now_ms, state, false AS taken
  FROM (SELECT coalesce($4::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now_ms) AS at
  LEFT JOIN counters ON key_hash = $1 AND algorithm = $2 AND window_ms = $3`;

const RESET = 'DELETE FROM counters WHERE key_hash = $1';

function toDecision(request: CounterRequest, rows: readonly Answer[]): Decision {
  const [answer] = rows;
  if (answer === undefined) throw new Error('a counter statement answered no row');
  const { now_ms, state, taken } = answer;
  const algorithm = request.policy.algorithm;
  return storeDecision(request, {
    nowMs: Number(now_ms),
    state: state === null ? undefined : readState(algorithm, state),
    taken,
  });
}

// Postgres takes neither NUL nor lone surrogates in text, and as UTF-8 all lone surrogates would be the same.
function keyHash(key: string): Buffer {
  return hash('sha256', Buffer.from(key, 'utf16le'), 'buffer');
}

function drivenMs(clock: Clock | undefined): number | null {
  return clock === undefined ? null : Math.floor(clock.now());
}
