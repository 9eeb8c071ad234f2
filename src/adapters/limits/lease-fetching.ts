import { randomUUID } from 'node:crypto';
import { StoreNotAsked } from '../../domain/errors.ts';
import type { Call } from '../../ports/call.ts';
import type { CounterRequest, CounterStore, Decision, Taken } from '../../ports/counter-store.ts';
import type { Lease } from './lease.ts';
import { drawFrom, leaseOf, lostLeaseOf } from './lease.ts';
import type { Tracked } from './lease-book.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Waiter, Waiters } from './waiters.ts';
import { createWaiters } from './waiters.ts';

export interface LeaseFetchingOptions {
  readonly store: Pick<CounterStore, 'consumeUpTo'>;
  readonly clock: () => number;
  readonly keeper: LeaseKeeper;
  readonly leaseMs: number;
}

/** Gets leases, one at a time for a counter; who checks it meanwhile waits for it by `Tracked.fetch`. */
export interface LeaseFetching {
  /** Takes the units of the request and `more`. `undefined`: the answer gave this caller nothing, it is to ask again. */
  start(tracked: Tracked, request: CounterRequest, call: Call, more: number): Promise<Decision | undefined>;
  /** Resolves when nothing is being fetched. */
  idle(): Promise<void>;
}

type Queue = Waiters<Decision | undefined>;

export function createLeaseFetching({ store, clock, keeper, leaseMs }: LeaseFetchingOptions): LeaseFetching {
  const fetches = new Set<Promise<void>>();

  async function fetchLease(tracked: Tracked, queue: Queue, taking: CounterRequest, least: number) {
    const [first] = queue.waiting;
    const askedMs = clock();
    try {
      const taken = await store.consumeUpTo(taking, least, queue.call());
      tracked.fetch = undefined;
      tracked.remaining = taken.decision.remaining;
      const lease = leaseOf(taking, taken, { askedMs, arrivedMs: clock(), leaseMs });
      answerFirst(queue, first, lease, taken);
      for (const waiter of queue.waiting) waiter.answer(drawFrom(lease, waiter.request.cost, clock()));
      keep(tracked, lease);
    } catch (error) {
      tracked.fetch = undefined;
      tracked.fetchFailedAtMs = clock();
      // It may have been taken, and nobody has any of it.
      if (!(error instanceof StoreNotAsked)) void keeper.giveBack(lostLeaseOf(taking, clock()));
      queue.failAll(error);
    }
  }

  function keep(tracked: Tracked, lease: Lease): void {
    if (tracked.isRetired || clock() >= lease.endsAtMs) void keeper.giveBack(lease);
    else if (lease.left > 0) {
      tracked.lease = lease;
      keeper.hold(lease);
    }
  }

  return {
    start(tracked, request, call, more) {
      const { key, policy, cost } = request;
      const queue: Queue = createWaiters();
      tracked.fetch = queue;
      const answer = queue.join(request, call);
      const taking = { key, policy, cost: cost + more, permitId: randomUUID() };
      const fetching = fetchLease(tracked, queue, taking, cost);
      fetches.add(fetching);
      void fetching.then(() => fetches.delete(fetching));
      return answer;
    },
    async idle() {
      await Promise.all(fetches);
    },
  };
}

/** The first has its units as if it had asked for them alone, also when the answer took longer than a lease may. */
function answerFirst(
  { waiting }: Queue,
  first: Waiter<Decision | undefined> | undefined,
  lease: Lease,
  { taken, decision }: Taken,
): void {
  if (first === undefined || !waiting.has(first)) return;
  if (taken > 0) lease.left -= first.request.cost;
  first.answer({ ...decision, remaining: decision.remaining + lease.left });
}
