import type { Pool } from 'pg';
import { isPlain } from '../../../domain/limits/plain-request.ts';
import type { Call } from '../../../ports/call.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CounterRequest, Refund } from '../../../ports/counter-store.ts';
import { runStatement } from '../run-statement.ts';
import type { Answer, UnitsAnswer } from './answers.ts';
import { digest } from './digest.ts';
import { inLockOrder, inPlace, listed } from './lists.ts';
import * as statements from './statements.ts';

export interface ConsumeOptions {
  /** What is enough of the cost. Default: all of it. */
  readonly least?: number;
  /** Whether a denied request, a single one, takes what is there. Default: false. */
  readonly charges?: boolean;
}

/** The functions on `counters`, each one statement. */
export interface CounterServer {
  /** As the next, for {@link isPlain} requests, and faster. */
  readonly consumePlain: (request: CounterRequest, call: Call) => Promise<Answer | undefined>;
  /** As the former for each, one after the other; answers in the order of the requests. */
  readonly consumeEach: (
    requests: readonly CounterRequest[],
    call: Call,
  ) => Promise<readonly (Answer | undefined)[]>;
  /** All or none; answers in the order of the requests. */
  readonly consume: (
    requests: readonly CounterRequest[],
    options: ConsumeOptions,
    call: Call,
  ) => Promise<readonly (UnitsAnswer | undefined)[]>;
  readonly look: (request: CounterRequest, call: Call) => Promise<Answer | undefined>;
  readonly refund: (refund: Refund, call: Call) => Promise<void>;
  /** `undefined`: for ever. */
  readonly block: (
    counter: Pick<Refund, 'key' | 'policy'>,
    forMs: number | undefined,
    call: Call,
  ) => Promise<void>;
  readonly reset: (key: string, call: Call) => Promise<void>;
}

/** Connections keep the plan of each under its name. */
const NAMES = new Map(Object.entries(statements).map(([name, text]) => [text, `counters ${name}`]));

export interface CounterServerOptions {
  readonly pool: Pool;
  readonly preparesStatements?: boolean;
  readonly clock?: Clock;
}

export function createCounterServer(options: CounterServerOptions): CounterServer {
  const { pool, preparesStatements = true, clock } = options;
  const nowMs = () => (clock === undefined ? null : Math.floor(clock.now()));
  const run = <Row>(text: string, parameters: readonly unknown[], call: Call) =>
    runStatement<Row>(
      pool,
      { name: preparesStatements ? NAMES.get(text) : undefined, text, parameters },
      call,
    );
  const runOne = async (text: string, parameters: readonly unknown[], call: Call) =>
    (await run<Answer>(text, parameters, call))[0];

  return {
    consumePlain: (request, call) => {
      const { limit } = request.policy;
      return runOne(statements.CONSUME, [...named(request), nowMs(), limit, request.cost], call);
    },
    consumeEach: async (requests, call) => {
      const asked = inLockOrder(requests);
      const parameters = [...listed(asked).slice(0, 5), nowMs()];
      return inPlace(asked, await run<Answer>(statements.CONSUME_EACH, parameters, call));
    },
    consume: async (requests, { least = null, charges = false }, call) => {
      const asked = inLockOrder(requests);
      const parameters = [...listed(asked), least, charges, nowMs()];
      return inPlace(asked, await run<UnitsAnswer>(statements.CONSUME_LISTED, parameters, call));
    },
    look: (request, call) => {
      if (isPlain(request)) return runOne(statements.PEEK, [...named(request), nowMs()], call);
      return runOne(statements.LOOK, [...listed(inLockOrder([request])), null, nowMs()], call);
    },
    refund: async (refund, call) => {
      const permit = refund.permitId === undefined ? null : digest(refund.permitId);
      await run(statements.REFUND, [...named(refund), refund.cost, permit, nowMs()], call);
    },
    block: async (counter, forMs, call) => {
      await run(statements.BLOCK, [...named(counter), forMs ?? null, nowMs()], call);
    },
    reset: async (key, call) => {
      await run(statements.RESET, [digest(key)], call);
    },
  };
}

function named({ key, policy: { algorithm, windowMs } }: Pick<Refund, 'key' | 'policy'>): readonly unknown[] {
  return [digest(key), algorithm, windowMs];
}
