import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Counter, CounterId } from './counter.ts';
import { createCounterIndex } from './counter-index.ts';
import type { CounterRecords } from './counter-records.ts';
import { createCounterRecords, INTEGER, NONE } from './counter-records.ts';
import type { CounterStates } from './counter-states.ts';
import { createCounterStates } from './counter-states.ts';
import type { QueuedCounters } from './expiry-queue.ts';
import { createExpiryQueue } from './expiry-queue.ts';
import type { PermitBook } from './permit-book.ts';
import { createPermitDesk } from './permit-desk.ts';

export interface CounterStats {
  /** Counters kept, those that have expired and wait to be dropped included. */
  readonly counters: number;
  /** Permits kept, those that have ended and wait to be dropped included. */
  readonly permits: number;
  /** Counters dropped although they still counted, since the store began: each may have let units pass twice. */
  readonly evictedLive: number;
}

/** A bounded set of counters with their permits. */
export interface CounterTable extends Pick<CounterStates, 'addToWindow' | 'blockedUntilMs'> {
  readonly find: (id: CounterId) => Counter | undefined;
  /** One for each id, in their order. */
  readonly findEach: (ids: readonly CounterId[]) => readonly (Counter | undefined)[];
  /** Makes room for so many counters and permits: in a full table, the counters that expire first go. */
  readonly makeRoom: (entries: number, at: Moment) => void;
  /** A new counter, for which room was made and which is given a state or a block at once. */
  readonly add: (id: CounterId) => Counter;
  /** `undefined`: nothing is taken. */
  readonly state: (counter: Counter) => LimitState | undefined;
  /** `undefined`: nothing is taken, so the permits go too. */
  readonly setState: (counter: Counter, state: LimitState | undefined) => void;
  readonly block: (counter: Counter, untilMs: number) => void;
  readonly permits: (counter: Counter) => PermitBook | undefined;
  /** Drops the permits that have ended, and adds one that ends no sooner than any other. */
  readonly grant: (counter: Counter, id: string, permit: Permit, at: Moment) => void;
  readonly revoke: (counter: Counter, id: string) => void;
  readonly revokeAll: (counter: Counter) => void;
  /** Drops a few counters that have expired. */
  readonly dropExpired: (at: Moment) => void;
  /** Drops every counter of a key. */
  readonly dropKey: (key: string) => void;
  readonly stats: () => CounterStats;
}

/** More than one, so that the expired go faster than new counters come. */
const DROPPED_AT_ONCE = 2;

/**
 * It keeps the memory of the most counters that it has had: outside of the heap some 150 bytes for each with a key of up to 29 characters,
 * 500 with one of 128; on it, 100 to 150 more for a bucket or a sliding window.
 */
export function createCounterTable(maxEntries: number): CounterTable {
  const records = createCounterRecords();
  const index = createCounterIndex(records, maxEntries);
  const states = createCounterStates(records);
  const queue = createExpiryQueue(queued(records, states));
  const { size: permitCount, ...permits } = createPermitDesk(records);
  let evictedLive = 0;

  function drop(counter: Counter): void {
    permits.revokeAll(counter);
    index.remove(counter);
    queue.remove(counter);
    records.remove(counter);
  }

  /** Moves a counter to where it belongs, if a change has made it expire at another time. */
  function settle(counter: Counter, formerMs: number): void {
    if (records.integer(counter, INTEGER.position) === NONE) queue.add(counter);
    else if (states.expiresAtMs(counter) !== formerMs) queue.update(counter);
  }

  const hasExpired = (counter: Counter, { steadyMs }: Moment) => states.expiresAtMs(counter) <= steadyMs;

  return {
    ...createChanges(states, permits.revokeAll, settle),
    find: index.find,
    findEach: index.findEach,
    makeRoom: (entries, at) => {
      for (let first = queue.first(); first !== undefined; first = queue.first()) {
        if (queue.size() + permitCount() + entries <= maxEntries) return;
        if (!hasExpired(first, at)) evictedLive += 1;
        drop(first);
      }
    },
    add: (id) => {
      const counter = records.add();
      states.begin(counter);
      index.add(counter, id);
      return counter;
    },
    permits: records.permits,
    ...permits,
    dropExpired: (at) => {
      for (let dropped = 0; dropped < DROPPED_AT_ONCE; dropped += 1) {
        const first = queue.first();
        if (first === undefined || !hasExpired(first, at)) return;
        drop(first);
      }
    },
    dropKey: (key) => {
      for (const counter of index.all(key)) drop(counter);
    },
    stats: () => ({ counters: queue.size(), permits: permitCount(), evictedLive }),
  };
}

function queued(records: CounterRecords, { expiresAtMs }: CounterStates): QueuedCounters {
  return {
    expiryOf: expiresAtMs,
    positionOf: (counter) => records.integer(counter, INTEGER.position),
    setPosition: (counter, position) => records.setInteger(counter, INTEGER.position, position),
  };
}

type Changes = 'state' | 'setState' | 'addToWindow' | 'blockedUntilMs' | 'block';

function createChanges(
  states: CounterStates,
  revokeAll: (counter: Counter) => void,
  settle: (counter: Counter, formerMs: number) => void,
): Pick<CounterTable, Changes> {
  return {
    state: states.get,
    setState: (counter, state) => {
      const formerMs = states.expiresAtMs(counter);
      states.set(counter, state);
      if (state === undefined) revokeAll(counter);
      settle(counter, formerMs);
    },
    addToWindow: states.addToWindow,
    blockedUntilMs: states.blockedUntilMs,
    block: (counter, untilMs) => {
      const formerMs = states.expiresAtMs(counter);
      states.block(counter, untilMs);
      settle(counter, formerMs);
    },
  };
}
