import type { Pool } from 'pg';
import { demandPermit } from '../../domain/limits/concurrency.ts';
import { demandDistinct } from '../../domain/limits/counter-name.ts';
import { isPlain } from '../../domain/limits/plain-request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CounterStore } from '../../ports/counter-store.ts';
import { toDecision, toTaken } from './counters/answers.ts';
import { createConsumePlain } from './counters/plain.ts';
import { createCounterServer } from './counters/server.ts';
import { withStoreErrors } from './store-errors.ts';

export interface PostgresCounterOptions {
  readonly pool: Pool;
  /** Whether connections keep the plans of the statements; default: true. */
  readonly preparesStatements?: boolean;
  /** Replaces the server's clock. Of all instances, so for tests only. */
  readonly clock?: Clock;
  /** Whether the plain requests of one turn of the event loop go in one statement; default: true. */
  readonly batching?: boolean;
}

/**
 * The table `counters`: a row for each key, algorithm and window, changed under its lock by functions of the database. So each call
 * is one statement, the server's clock is the only one, and nothing is admitted twice from however many instances. Several rows
 * are locked in the order of their keys. What was taken under a permit is a row of `counter_permits`, what is held one of
 * `counter_leases`. Each row that is made takes a few away that count nothing any more.
 *
 * The tables are UNLOGGED: after a crash of the server, or a fail-over to a standby, they are empty, every limit is whole again and
 * no block is in force. A clean restart keeps them.
 */
export function createPostgresCounterStore(options: PostgresCounterOptions): CounterStore {
  const server = createCounterServer(options);
  const consumePlain = createConsumePlain(server, options.batching ?? true);

  return {
    consume: (request, call) => {
      if (isPlain(request)) return consumePlain(request, call);
      return withStoreErrors(async () => {
        demandPermit(request);
        const options = { charges: request.chargeDenied === true };
        const [answer] = await server.consume([request], options, call);
        return toDecision(request, answer);
      });
    },

    peek: (request, call) =>
      withStoreErrors(async () => toDecision(request, await server.look(request, call))),

    consumeAll: (requests, call) =>
      withStoreErrors(async () => {
        for (const request of requests) demandPermit(request);
        demandDistinct(requests);
        call.signal.throwIfAborted();
        if (requests.length === 0) return [];
        const answers = await server.consume(requests, {}, call);
        return requests.map((request, place) => toDecision(request, answers[place]));
      }),

    consumeUpTo: (request, least, call) =>
      withStoreErrors(async () => {
        demandPermit(request);
        const [answer] = await server.consume([request], { least }, call);
        return toTaken(request, least, answer);
      }),

    refund: (refund, call) => withStoreErrors(() => server.refund(refund, call)),

    block: (key, policy, forMs, call) =>
      withStoreErrors(() => server.block({ key, policy }, wholeMs(forMs), call)),

    reset: (key, call) => withStoreErrors(() => server.reset(key, call)),
  };
}

function wholeMs(ms: number): number | undefined {
  return ms === Number.POSITIVE_INFINITY ? undefined : Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER);
}
