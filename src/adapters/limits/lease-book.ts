import { LRUCache } from 'lru-cache';
import { counterName } from '../../domain/limits/counter-name.ts';
import type { CounterRequest, Decision } from '../../ports/counter-store.ts';
import type { Demand } from './demand.ts';
import { createDemand } from './demand.ts';
import type { CounterId } from './flights.ts';
import type { Lease } from './lease.ts';
import type { Waiters } from './waiters.ts';

/** What is known of a counter under one limit. */
export interface Tracked {
  readonly key: string;
  readonly limit: number;
  readonly demand: Demand;
  /** Units that the store had left when it was asked last. */
  remaining: number;
  lease: Lease | undefined;
  /** Those who wait for a lease that was asked for; `undefined` as their answer: ask again. */
  fetch: Waiters<Decision | undefined> | undefined;
  /** Since when it is to have no lease, until the store is known to answer again; `undefined`: it may have one. */
  fetchFailedAtMs: number | undefined;
  /** Whether it is to have no lease any more. */
  isRetired: boolean;
}

export interface LeaseBookOptions {
  readonly clock: () => number;
  readonly leaseMs: number;
  readonly maxCounters: number;
  readonly giveBack: (lease: Lease) => Promise<void>;
}

/** The counters that may have leases, each under the limit it was checked with last. */
export interface LeaseBook {
  /** `undefined`: it is not tracked under the limit of the request. */
  find(request: CounterRequest): Tracked | undefined;
  /** Anew, under the limit of the request. */
  track(request: CounterRequest): Tracked;
  /** Gives back what is in hand of a counter, under whatever limit. */
  settle(counter: CounterId): Promise<void>;
  /** Does the work, and then has nothing of the key in hand, neither what was there before nor what came meanwhile or is on its way. */
  dropAfter<Answer>(key: string, work: () => Promise<Answer>): Promise<Answer>;
  /** Gives all back. What is tracked from then on has no leases. */
  close(): void;
}

export function createLeaseBook({ clock, leaseMs, maxCounters, giveBack }: LeaseBookOptions): LeaseBook {
  let isClosed = false;
  const counters = new LRUCache<string, Tracked>({
    max: maxCounters,
    dispose: (tracked) => {
      tracked.isRetired = true;
      if (tracked.lease !== undefined) void giveBack(tracked.lease);
    },
  });

  // Seldom enough to look at all that are tracked.
  function drop(key: string): void {
    const dropped = [...counters.entries()].filter(([, tracked]) => tracked.key === key);
    for (const [name] of dropped) counters.delete(name);
  }

  return {
    find(request) {
      const tracked = counters.get(nameOf(request));
      return tracked?.limit === request.policy.limit ? tracked : undefined;
    },

    track(request) {
      const tracked: Tracked = {
        key: request.key,
        limit: request.policy.limit,
        demand: createDemand(leaseMs, clock),
        remaining: 0,
        lease: undefined,
        fetch: undefined,
        fetchFailedAtMs: undefined,
        isRetired: isClosed,
      };
      counters.set(nameOf(request), tracked);
      return tracked;
    },

    async settle(counter) {
      const lease = counters.peek(nameOf(counter))?.lease;
      if (lease !== undefined) await giveBack(lease);
    },

    async dropAfter(key, work) {
      try {
        return await work();
      } finally {
        drop(key);
      }
    },

    close() {
      isClosed = true;
      counters.clear();
    },
  };
}

function nameOf({ key, policy }: CounterId): string {
  return `${counterName(policy)}:${key}`;
}
