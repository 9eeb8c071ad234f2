import { demandPermit } from '../../domain/limits/concurrency.ts';
import { counterName, demandDistinct } from '../../domain/limits/counter-name.ts';
import type { PlainRequest } from '../../domain/limits/plain-request.ts';
import { isPlain } from '../../domain/limits/plain-request.ts';
import type { Call } from '../../ports/call.ts';
import type { CounterStore, Decision, Refund } from '../../ports/counter-store.ts';
import { createConsumeAcrossSlots } from './counters/across-slots.ts';
import type { AnswerCode } from './counters/answer.ts';
import { FOR_EVER_MS, readDecision } from './counters/answer.ts';
import { createConsumePlain } from './counters/plain.ts';
import { blockScript, peekScript, refundScript } from './counters/scripts.ts';
import type { CounterServer, RedisCounterOptions } from './counters/server.ts';
import { createCounterServer } from './counters/server.ts';
import type { Answered, Take } from './counters/taking.ts';
import { createTake, filedPermit } from './counters/taking.ts';
import { withStoreErrors } from './store-errors.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * A hash for each rate-limit key, with a field for each algorithm and window and one for each permit, changed by one script a call.
 * So each call is one round trip, the server's clock is the only one, and nothing is admitted twice from however many instances.
 * Only `consumeAll` of several keys in a cluster takes more: no script reaches all of them. Needs Redis 6.2.
 *
 * After a crash of the server the counts are those that its persistence brings back: by default those of the last snapshot,
 * with `appendonly yes` all but the last second's, without either none. A fail-over loses what the replica had not heard of. What
 * is lost may be taken again.
 */
export function createRedisCounterStore(options: RedisCounterOptions): CounterStore {
  const server = createCounterServer(options);
  const { client, hashOf } = server;
  const take = createTake(server);
  const consumePlain = createConsumePlain(server);
  const consumeAll = createConsumeAll(server, take);

  return {
    consume: (request, call) => {
      if (isPlain(request)) return consumePlain(request, call);
      return withStoreErrors(() => {
        demandPermit(request);
        return take('take', [request], call).then(firstDecision);
      });
    },

    peek: (request, call) =>
      withStoreErrors(() => {
        if (isPlain(request)) return peekPlain(server, request, call);
        return take('look', [request], call).then(firstDecision);
      }),

    consumeAll: (requests, call) => withStoreErrors(() => consumeAll(requests, call)),

    consumeUpTo: (request, least, call) =>
      withStoreErrors(async () => {
        demandPermit(request);
        const { count, decision } = first(
          await take('take', [{ ...request, least, chargeDenied: false }], call),
        );
        return { taken: decision.allowed ? count : 0, decision };
      }),

    refund: (refund, call) => withStoreErrors(() => giveBack(server, refund, call)),

    block: (key, { algorithm, windowMs }, forMs, call) =>
      withStoreErrors(async () => {
        const lasts = Number.isFinite(forMs) ? forMs : 'inf';
        const args = [server.driven(), server.slackMs, '', algorithm, windowMs, lasts, FOR_EVER_MS];
        await blockScript(client, [hashOf(key)], args, call);
      }),

    reset: (key, call) =>
      withStoreErrors(async () => {
        await untilAborted(call, () => client.unlink(hashOf(key)));
      }),
  };
}

function createConsumeAll(server: CounterServer, take: Take): CounterStore['consumeAll'] {
  const refund = (each: Refund, call: Call) => giveBack(server, each, call);
  const consumeAcrossSlots = createConsumeAcrossSlots({ take, refund });
  return async (requests, call) => {
    call.signal.throwIfAborted();
    for (const request of requests) demandPermit(request);
    demandDistinct(requests);
    if (requests.length === 0) return [];
    const isOfOneKey = requests.every(({ key }) => key === requests[0]?.key);
    if (server.client.isCluster && !isOfOneKey) return consumeAcrossSlots(requests, call);
    const uncharged = requests.map((request) => ({ ...request, chargeDenied: false }));
    return (await take('take', uncharged, call)).map(({ decision }) => decision);
  };
}

function peekPlain(server: CounterServer, request: PlainRequest, call: Call): Promise<Decision> {
  const args = [server.driven(), counterName(request.policy)];
  return peekScript(server.client, [server.hashOf(request.key)], args, call).then(decisionOn(request));
}

function decisionOn(request: PlainRequest): (reply: unknown) => Decision {
  return (reply) => {
    const [nowMs, code, ...rest] = reply as readonly [number, AnswerCode, ...number[]];
    return readDecision(request, nowMs, code, rest);
  };
}

async function giveBack(server: CounterServer, refund: Refund, call: Call): Promise<void> {
  const { key, policy, cost, permitId } = refund;
  const { algorithm, windowMs } = policy;
  const args = [server.driven(), server.slackMs, '', algorithm, windowMs, cost, filedPermit(permitId)];
  await refundScript(server.client, [server.hashOf(key)], args, call);
}

function first([answered]: readonly Answered[]): Answered {
  if (answered === undefined) throw new Error('a counter did not answer');
  return answered;
}

function firstDecision(answers: readonly Answered[]): Decision {
  return first(answers).decision;
}
