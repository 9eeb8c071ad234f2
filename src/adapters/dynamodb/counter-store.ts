import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreUnavailable } from '../../domain/errors.ts';
import type { Moment } from '../../domain/limits/algorithm.ts';
import { whenTaken } from '../../domain/limits/algorithm.ts';
import { createSteadyClock } from '../../domain/limits/steady-clock.ts';
import type { Call } from '../../ports/call.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BasicCounterRequest, BasicCounterStore, Decision } from '../../ports/counter-store.ts';
import { counterOf } from './counters/counter.ts';
import { filedKey } from './counters/filed-key.ts';
import { createCounterItems } from './counters/items.ts';
import { judge } from './counters/judge.ts';
import type { Attributes } from './counters/layout.ts';
import { createSightings } from './counters/sightings.ts';
import { sweepOf } from './counters/sweep.ts';
import { updateOf } from './counters/update.ts';
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

/** Each attempt but the first knows what the one before has found, so only changes of others in between make it more than two. */
const MAX_ATTEMPTS = 10;

/**
 * One item for each rate-limit key, with a map for each algorithm and window. Units are taken by one conditional update whose
 * condition admits or denies: what this instance believes of the counter only chooses the update. So a check is one call and
 * one write unit, allowed or denied; one call more where another instance has meanwhile begun a window or changed the limit.
 *
 * DynamoDB has no clock to ask, so each instance measures by its own, which must agree to a small part of the window. A clock
 * that is behind counts into the windows of those ahead and never begins one again that has been.
 */
export function createDynamodbCounterStore(options: DynamodbCounterOptions): BasicCounterStore {
  const { client, table, clock, maxRemembered = DEFAULT_MAX_REMEMBERED } = options;
  const items = createCounterItems(client, table);
  const sightings = createSightings(maxRemembered);
  const now = createSharedClock(clock);

  async function consume(request: BasicCounterRequest, call: Call): Promise<Decision> {
    if (request.cost > request.policy.limit) return peek(request, call);
    const counter = counterOf(request.key, request.policy);
    let sighting = sightings.find(counter);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const at = now();
      const believed = judge(counter, request, sighting, at);
      const { applied, item } = await items.update(updateOf(counter, request, sighting, believed, at), call);
      sighting = sightings.note(counter, item, at.steadyMs);
      const { decision } = judge(counter, request, sighting, at);
      if (applied) {
        await sweep(counter.itemKey, item, at, call);
        return whenTaken(decision);
      }
      if (!decision.allowed) return decision;
    }
    const cause = new Error(`others changed the counter during each of ${MAX_ATTEMPTS} attempts`);
    throw new StoreUnavailable('DynamoDB', cause);
  }

  /** The units are taken whatever becomes of this, and the next one tries again. */
  async function sweep(
    itemKey: string,
    item: Attributes | undefined,
    { steadyMs }: Moment,
    call: Call,
  ): Promise<void> {
    const update = item && sweepOf(itemKey, item, steadyMs);
    if (update !== undefined) await items.update(update, call).catch(() => undefined);
  }

  async function peek(request: BasicCounterRequest, call: Call): Promise<Decision> {
    const counter = counterOf(request.key, request.policy);
    const item = await items.read(counter, call);
    const at = now();
    return judge(counter, request, sightings.note(counter, item, at.steadyMs), at).decision;
  }

  return {
    consume: (request, call) => withStoreErrors(() => consume(request, call), call),
    peek: (request, call) => withStoreErrors(() => peek(request, call), call),
    reset: (key, call) => withStoreErrors(() => items.remove(filedKey(key), call), call),
  };
}

/** Windows are cut by the steady clock too: a clock that went back must not count into a window that has been. */
function createSharedClock(clock: Clock): () => Moment {
  const steady = createSteadyClock(clock);
  return () => {
    const { steadyMs } = steady();
    return { steadyMs, wallMs: steadyMs };
  };
}
