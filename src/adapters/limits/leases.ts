import { isPlain } from '../../domain/limits/plain-request.ts';
import type { Call } from '../../ports/call.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import type { StartTimer } from './alarm.ts';
import { tellingAnswers } from './answers.ts';
import { createGiveBacks } from './give-backs.ts';
import type { Lease } from './lease.ts';
import type { LeaseBook, Tracked } from './lease-book.ts';
import { createLeaseBook } from './lease-book.ts';
import { createLeaseDesk } from './lease-desk.ts';
import { createLeaseKeeper } from './lease-keeper.ts';

export interface LeasesOptions {
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  /**
   * Hears that units could not be given back, which is tried again: of the first since the store answered last. And when too many
   * wait for it: then those that have waited longest are lost until their window ends.
   */
  readonly onError: (error: unknown) => void;
  /** How many instances share the counters: each leaves the others their part. Default: 1. */
  readonly instances?: () => number;
  /** Counters with a lower limit have no leases. Default: {@link LEASE_DEFAULTS}. */
  readonly minLimit?: number;
  /** A counter is leased that was checked so often here within `leaseMs`. Default: 20. */
  readonly hotChecks?: number;
  /** The longest that units are held. Default: 100 milliseconds. */
  readonly leaseMs?: number;
  /** The most counters tracked at once; those checked longest ago go. Default: 10,000. */
  readonly maxCounters?: number;
  /** Default: a timer of Node that keeps no process alive. */
  readonly startTimer?: StartTimer;
}

export interface LeaseStats {
  /** Those that may be answered from a lease. */
  readonly checks: number;
  /** What was asked of the store for them, units that went back included. */
  readonly storeCalls: number;
  readonly leaseHits: number;
  readonly unitsGivenBack: number;
  /** With units in hand. */
  readonly leases: number;
}

export type LeasingStore = CounterStore & {
  stats(): LeaseStats;
  /**
   * Gives all units back, those that could not go back before in a last attempt, and takes no more in advance; checks are answered
   * by the store from then on.
   */
  close(): Promise<void>;
};

export const LEASE_DEFAULTS = { minLimit: 100, hotChecks: 20, leaseMs: 100, maxCounters: 10_000 } as const;

/**
 * Takes units of hot counters in pieces and admits from them without asking: few calls to the store, and the limit stays exact.
 *
 * Exact, because a unit in hand counts at the store since it was taken, and is admitted only while that means the same. In a
 * `fixed-window` that is to the end of the window: the time before the store was asked and `resetAfterMs` of its answer. In a
 * `sliding-window` it is to the end of the sub-window of the taking, for all units of a sub-window leave together, one window
 * after its end: so the same less one window. A `token-bucket` has no such span, as each unit comes back by its own time from the
 * taking: units held back and admitted in a burst with those that came back meanwhile would be more than the policy lets pass.
 * Those of `concurrency` belong to a permit each.
 *
 * A piece is at most what was asked for here in the last `leaseMs`, and half of this instance's part of what is left. It is held
 * for at most `leaseMs`; the rest goes back by its permit. So while the store answers nobody is denied by units that lie unused
 * elsewhere for longer than `leaseMs` and a round trip, if they ask again. A block or a reset made through another instance is seen
 * when the piece in hand is used up or over; made through this one, at once. A step of the store's clock counts for a piece in
 * hand as for requests that are on their way.
 *
 * What can not be given back, a taking whose answer is lost among it, goes back when the store answers again: with its first answer,
 * or by a try each second while nobody asks. After a taking that failed a counter has no leases until the store has answered one of
 * its checks `leaseMs` later: so an outage keeps few units, and only until it is over. An instance that crashes loses its pieces,
 * and what was to go back, until their window ends.
 *
 * Whatever is asked of a counter beside plain checks under the same limit makes its piece go back first: decisions are those of the
 * store alone. Nothing between this and the store may repeat a call: the answer would be of another time than the taking.
 */
export function withLeases(bare: CounterStore, options: LeasesOptions): LeasingStore {
  const { clock, instances = () => 1, startTimer = startNodeTimer } = options;
  const settings = { ...LEASE_DEFAULTS, ...options, instances, startTimer };
  const giveBacks = createGiveBacks({ ...settings, store: bare });
  const store = tellingAnswers(bare, giveBacks.storeAnswered);
  const keeper = createLeaseKeeper({ ...settings, giveBacks });
  const desk = createLeaseDesk({ ...settings, store, keeper });
  const book = createLeaseBook({ ...settings, giveBack: keeper.giveBack });

  const inHand = (request: CounterRequest): Lease | undefined => {
    const lease = isLeasable(request, settings) ? book.find(request)?.lease : undefined;
    return lease !== undefined && clock() < lease.endsAtMs ? lease : undefined;
  };
  const peek = async (request: CounterRequest, call: Call): Promise<Decision> => {
    const lease = inHand(request);
    if (lease !== undefined) return lookBeyond(store, lease, request, call);
    await book.settle(request);
    return store.peek(request, call);
  };
  const trackAnew = async (request: CounterRequest): Promise<Tracked> => {
    await book.settle(request);
    return book.find(request) ?? book.track(request);
  };
  const consume = async (request: CounterRequest, call: Call): Promise<Decision> => {
    call.signal.throwIfAborted();
    if (!isLeasable(request, settings)) {
      await book.settle(request);
      return store.consume(request, call);
    }
    // What never passes takes nothing, as a look.
    if (request.cost > request.policy.limit) return peek(request, call);
    const tracked = book.find(request) ?? (await trackAnew(request));
    tracked.demand.add(request.cost);
    return desk.check(tracked, request, call);
  };

  return {
    consume,
    peek,
    ...settled(store, book),
    stats() {
      const { refunds, unitsGivenBack } = giveBacks.stats();
      const { asked, ...counts } = desk.stats();
      return { ...counts, storeCalls: asked + refunds, unitsGivenBack, leases: keeper.leases() };
    },
    async close() {
      book.close();
      await desk.idle();
      await giveBacks.close();
    },
  };
}

/** Whether a request may be answered from a lease. */
export function isLeasable(request: CounterRequest, { minLimit }: { readonly minLimit: number }): boolean {
  const { algorithm, limit } = request.policy;
  return isPlain(request) && algorithm !== 'token-bucket' && limit >= minLimit;
}

/** The calls that are decided by the store, without anything of their counters in hand. */
function settled(store: CounterStore, book: LeaseBook): Omit<CounterStore, 'consume' | 'peek'> {
  return {
    async consumeAll(requests, call) {
      await Promise.all(requests.map(book.settle));
      return store.consumeAll(requests, call);
    },
    async consumeUpTo(request, least, call) {
      await book.settle(request);
      return store.consumeUpTo(request, least, call);
    },
    async refund(refund, call) {
      await book.settle(refund);
      return store.refund(refund, call);
    },
    block: (key, policy, forMs, call) => book.dropAfter(key, () => store.block(key, policy, forMs, call)),
    reset: (key, call) => book.dropAfter(key, () => store.reset(key, call)),
  };
}

/** What is in hand is there too. */
async function lookBeyond(
  store: CounterStore,
  { left }: Lease,
  request: CounterRequest,
  call: Call,
): Promise<Decision> {
  const { cost, policy } = request;
  const more = cost > policy.limit ? cost : Math.max(1, cost - left);
  const seen = await store.peek({ ...request, cost: more }, call);
  const remaining = seen.remaining + left;
  return cost <= left ? { ...seen, allowed: true, remaining, retryAfterMs: 0 } : { ...seen, remaining };
}

function startNodeTimer(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}
