import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { Counter } from './counter.ts';
import { createCounterIndex } from './counter-index.ts';
import { createExpiryQueue } from './expiry-queue.ts';

export interface CounterStats {
  /** Counters kept, those that have expired and wait to be dropped included. */
  readonly counters: number;
  /** Counters dropped although they still counted, since the store began: each may have let units pass twice. */
  readonly evictedLive: number;
}

/** A bounded set of counters. */
export interface CounterTable {
  readonly find: (key: string, name: string) => Counter | undefined;
  /** Adds a counter. In a full table, the one that expires first makes room. */
  readonly add: (key: string, name: string, state: LimitState, at: Moment) => void;
  readonly update: (counter: Counter, state: LimitState) => void;
  /** Drops a few counters that have expired. */
  readonly dropExpired: (at: Moment) => void;
  /** Drops every counter of a key. */
  readonly dropKey: (key: string) => void;
  readonly stats: () => CounterStats;
}

/** More than one, so that the expired go faster than new counters come. */
const DROPPED_AT_ONCE = 2;

export function createCounterTable(maxCounters: number): CounterTable {
  const index = createCounterIndex();
  const queue = createExpiryQueue();
  let evictedLive = 0;

  function drop(counter: Counter): void {
    index.remove(counter);
    queue.remove(counter);
  }

  function makeRoom(at: Moment): void {
    const first = queue.first();
    if (first === undefined || queue.size() < maxCounters) return;
    if (!hasExpired(first, at)) evictedLive += 1;
    drop(first);
  }

  return {
    find: index.get,
    add: (key, name, state, at) => {
      makeRoom(at);
      const counter = { key, name, state, position: 0 };
      index.add(counter);
      queue.add(counter);
    },
    update: (counter, state) => {
      const moves = counter.state.expiresAtMs !== state.expiresAtMs;
      counter.state = state;
      if (moves) queue.update(counter);
    },
    dropExpired: (at) => {
      for (let dropped = 0; dropped < DROPPED_AT_ONCE; dropped += 1) {
        const first = queue.first();
        if (first !== undefined && hasExpired(first, at)) drop(first);
      }
    },
    dropKey: (key) => {
      for (const counter of index.all(key)) drop(counter);
    },
    stats: () => ({ counters: queue.size(), evictedLive }),
  };
}

function hasExpired(counter: Counter, at: Moment): boolean {
  return counter.state.expiresAtMs <= at.steadyMs;
}
