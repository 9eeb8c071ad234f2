import { storeDecision } from '../../domain/limits/store-decision.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BasicCounterRequest, BasicCounterStore, Decision } from '../../ports/counter-store.ts';
import type { RedisClient } from './client.ts';
import { filedKey } from './counters/filed-key.ts';
import { consumeScript, peekScript } from './counters/scripts.ts';
import { readState } from './counters/state.ts';
import type { RedisKeys } from './keys.ts';
import { withStoreErrors } from './store-errors.ts';
import { untilAborted } from './until-aborted.ts';

export interface RedisCounterOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  /** How long counters stay in memory after they count nothing any more. Default: 1,000. */
  readonly slackMs?: number;
  /** Replaces the server's clock. Of all instances, so for tests only; `slackMs` covers the real time they take. */
  readonly clock?: Clock;
}

const DEFAULT_SLACK_MS = 1_000;

/**
 * A hash for each rate-limit key, with a field for each algorithm and window, changed by one script a call. So each call is one
 * round trip, the server's clock is the only one, and nothing is admitted twice from however many instances. Needs Redis 6.2.
 *
 * After a crash of the server the counts are those that its persistence brings back: by default those of the last snapshot,
 * with `appendonly yes` all but the last second's, without either none. A fail-over loses what the replica had not heard of. What
 * is lost may be taken again.
 */
export function createRedisCounterStore(options: RedisCounterOptions): BasicCounterStore {
  const { client, keys, slackMs = DEFAULT_SLACK_MS, clock } = options;
  const driven = () => (clock === undefined ? '' : Math.floor(clock.now()));
  const hashOf = (key: string) => keys.counters(filedKey(key));

  return {
    consume: (request, call) =>
      withStoreErrors(() => {
        const { algorithm, limit, windowMs } = request.policy;
        const args = [driven(), slackMs, nameOf(request), algorithm, limit, windowMs, request.cost];
        return consumeScript(client, [hashOf(request.key)], args, call).then(decisionOn(request));
      }),

    peek: (request, call) =>
      withStoreErrors(() => {
        const args = [driven(), nameOf(request)];
        return peekScript(client, [hashOf(request.key)], args, call).then(decisionOn(request));
      }),

    reset: (key, call) =>
      withStoreErrors(async () => {
        await untilAborted(call, () => client.unlink(hashOf(key)));
      }),
  };
}

function nameOf({ policy }: BasicCounterRequest): string {
  return `${policy.algorithm}:${policy.windowMs}`;
}

function decisionOn(request: BasicCounterRequest): (reply: unknown) => Decision {
  return (reply) => {
    const [nowMs, taken, ...numbers] = reply as readonly [number, number, ...number[]];
    const state = numbers.length === 0 ? undefined : readState(request.policy, numbers);
    return storeDecision(request, { nowMs, state, taken: taken === 1 });
  };
}
