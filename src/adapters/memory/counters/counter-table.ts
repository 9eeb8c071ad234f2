import type { LimitState, Moment } from '../../../domain/limits/algorithm.ts';
import type { Permit } from '../../../domain/limits/permit.ts';
import type { Counter } from './counter.ts';
import { createCounter, NOT_QUEUED } from './counter.ts';
import { createCounterIndex } from './counter-index.ts';
import { createExpiryQueue } from './expiry-queue.ts';
import { createPermitBook } from './permit-book.ts';

export interface CounterStats {
  /** Counters kept, those that have expired and wait to be dropped included. */
  readonly counters: number;
  /** Permits kept, those that have ended and wait to be dropped included. */
  readonly permits: number;
  /** Counters dropped although they still counted, since the store began: each may have let units pass twice. */
  readonly evictedLive: number;
}

/** A bounded set of counters with their permits. */
export interface CounterTable {
  readonly find: (key: string, name: string) => Counter | undefined;
  /** Makes room for so many counters and permits: in a full table, the counters that expire first go. */
  readonly makeRoom: (entries: number, at: Moment) => void;
  /** A new counter, which is given a state or a block at once. */
  readonly add: (key: string, name: string) => Counter;
  /** `undefined`: nothing is taken, so the permits go too. */
  readonly setState: (counter: Counter, state: LimitState | undefined) => void;
  readonly block: (counter: Counter, untilMs: number) => void;
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

export function createCounterTable(maxEntries: number): CounterTable {
  const index = createCounterIndex();
  const queue = createExpiryQueue();
  const { size: permitCount, ...permits } = createPermitDesk();
  let evictedLive = 0;

  function drop(counter: Counter): void {
    permits.revokeAll(counter);
    index.remove(counter);
    queue.remove(counter);
  }

  function settle(counter: Counter): void {
    const expiresAtMs = expiryOf(counter);
    if (expiresAtMs === counter.expiresAtMs) return;
    counter.expiresAtMs = expiresAtMs;
    if (counter.position === NOT_QUEUED) queue.add(counter);
    else queue.update(counter);
  }

  return {
    find: index.get,
    makeRoom: (entries, at) => {
      for (let first = queue.first(); first !== undefined; first = queue.first()) {
        if (queue.size() + permitCount() + entries <= maxEntries) return;
        if (!hasExpired(first, at)) evictedLive += 1;
        drop(first);
      }
    },
    add: (key, name) => {
      const counter = createCounter(key, name);
      index.add(counter);
      return counter;
    },
    setState: (counter, state) => {
      counter.state = state;
      if (state === undefined) permits.revokeAll(counter);
      settle(counter);
    },
    block: (counter, untilMs) => {
      counter.blockedUntilMs = untilMs;
      settle(counter);
    },
    ...permits,
    dropExpired: (at) => {
      for (let dropped = 0; dropped < DROPPED_AT_ONCE; dropped += 1) {
        const first = queue.first();
        if (first !== undefined && hasExpired(first, at)) drop(first);
      }
    },
    dropKey: (key) => {
      for (const counter of index.all(key)) drop(counter);
    },
    stats: () => ({ counters: queue.size(), permits: permitCount(), evictedLive }),
  };
}

/** Gives counters their permits, and counts them. */
function createPermitDesk(): Pick<CounterTable, 'grant' | 'revoke' | 'revokeAll'> & { size: () => number } {
  let size = 0;

  function change(counter: Counter, by: (book: NonNullable<Counter['permits']>) => void): void {
    const book = counter.permits ?? createPermitBook();
    size -= book.size();
    by(book);
    size += book.size();
    counter.permits = book.size() === 0 ? undefined : book;
  }

  return {
    size: () => size,
    grant: (counter, id, permit, at) =>
      change(counter, (book) => {
        book.removeEnded(at.steadyMs);
        book.remove(id);
        book.add(id, permit);
      }),
    revoke: (counter, id) => change(counter, (book) => book.remove(id)),
    revokeAll: (counter) => {
      size -= counter.permits?.size() ?? 0;
      counter.permits = undefined;
    },
  };
}

const NEVER = Number.NEGATIVE_INFINITY;

function expiryOf({ state, blockedUntilMs }: Counter): number {
  return Math.max(state?.expiresAtMs ?? NEVER, blockedUntilMs ?? NEVER);
}

function hasExpired(counter: Counter, at: Moment): boolean {
  return counter.expiresAtMs <= at.steadyMs;
}
