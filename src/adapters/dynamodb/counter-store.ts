import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Moment } from '../../domain/limits/algorithm.ts';
import { demandPermit } from '../../domain/limits/concurrency.ts';
import { demandDistinct } from '../../domain/limits/counter-name.ts';
import { createSteadyClock } from '../../domain/limits/steady-clock.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import { consumption, partialConsumption } from './counters/consume.ts';
import { counterOf } from './counters/counter.ts';
import { filedKey } from './counters/filed-key.ts';
import { blocking, returning } from './counters/give-back.ts';
import { createCounterItems } from './counters/items.ts';
import { judge } from './counters/judge.ts';
import type { Desk } from './counters/settle.ts';
import { settle } from './counters/settle.ts';
import { createSightings } from './counters/sightings.ts';
import { withStoreErrors } from './store-errors.ts';

export interface DynamodbCounterOptions {
  /** With one attempt a call: an increment that is sent again may count twice. */
  readonly client: DynamoDBDocumentClient;
  /** The rate-limit table. */
  readonly table: string;
  readonly clock: Clock;
  /** Of how many counters the last state is remembered, at some 500 bytes each: without it a check takes a call more. Default: 50,000. */
  readonly maxRemembered?: number;
}

const DEFAULT_MAX_REMEMBERED = 50_000;

/**
 * One item for each rate-limit key, with a map for each algorithm and window. Units are taken by one conditional update whose
 * condition admits or denies: what this instance believes of the counter only chooses the update. So a check, of one policy or of
 * several of a key, is one call and one write unit, allowed or denied; one call more where another instance has meanwhile begun a
 * window or changed the limit. Checks of several keys are a transaction and a read.
 *
 * Permits are kept with their counter, at some 20 to 120 bytes each: a write unit for each KB, and some 3,000 to 10,000 known at
 * once until DynamoDB takes no larger item. The units of several keys are at most 100 keys.
 *
 * DynamoDB has no clock to ask, so each instance measures by its own, which must agree to a small part of the window. A clock
 * that is behind counts into the windows of those ahead and never begins one again that has been.
 */
export function createDynamodbCounterStore(options: DynamodbCounterOptions): CounterStore {
  const { client, table, clock, maxRemembered = DEFAULT_MAX_REMEMBERED } = options;
  const items = createCounterItems(client, table);
  const desk = { items, sightings: createSightings(maxRemembered), now: createSharedClock(clock) };

  return {
    consume: (request, call) =>
      withStoreErrors(async () => {
        demandPermit(request);
        const [decision] = await settle(desk, consumption([request], request.chargeDenied === true), call);
        return decision as Decision;
      }, call),
    peek: (request, call) => withStoreErrors(() => peek(desk, request, call), call),
    consumeAll: (requests, call) =>
      withStoreErrors(async () => {
        for (const request of requests) demandPermit(request);
        demandDistinct(requests);
        return requests.length === 0 ? [] : settle(desk, consumption(requests, false), call);
      }, call),
    consumeUpTo: (request, least, call) =>
      withStoreErrors(async () => {
        demandPermit(request);
        return settle(desk, partialConsumption(request, least), call);
      }, call),
    refund: (refund, call) =>
      withStoreErrors(async () => {
        if (refund.policy.algorithm === 'concurrency' && refund.permitId === undefined) return;
        await settle(desk, returning(refund), call);
      }, call),
    block: (key, policy, forMs, call) =>
      withStoreErrors(async () => {
        await settle(desk, blocking(key, policy, forMs), call);
      }, call),
    reset: (key, call) => withStoreErrors(() => items.remove(filedKey(key), call), call),
  };
}

async function peek({ items, sightings, now }: Desk, request: CounterRequest, call: Call): Promise<Decision> {
  const counter = counterOf(request.key, request.policy);
  const item = await items.read([counter], call);
  const at = now();
  return judge(counter, request, sightings.note(counter, item, at.steadyMs), at).decision;
}

/** Windows are cut by the steady clock too: a clock that went back must not count into a window that has been. */
function createSharedClock(clock: Clock): () => Moment {
  const steady = createSteadyClock(clock);
  return () => {
    const { steadyMs } = steady();
    return { steadyMs, wallMs: steadyMs };
  };
}
