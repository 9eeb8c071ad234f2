import type { Call } from '../../ports/call.ts';
import type { CounterRequest, CounterStore, Decision } from '../../ports/counter-store.ts';
import { drawFrom } from './lease.ts';
import type { Tracked } from './lease-book.ts';
import type { LeaseFetchingOptions } from './lease-fetching.ts';
import { createLeaseFetching } from './lease-fetching.ts';

export interface LeaseDeskOptions extends LeaseFetchingOptions {
  readonly store: Pick<CounterStore, 'consume' | 'consumeUpTo'>;
  readonly hotChecks: number;
  readonly instances: () => number;
}

/** Decides checks: by the lease of their counter, or by the store. */
export interface LeaseDesk {
  check(tracked: Tracked, request: CounterRequest, call: Call): Promise<Decision>;
  /** `asked`: calls to the store. */
  stats(): { readonly checks: number; readonly asked: number; readonly leaseHits: number };
  /** Resolves when no lease is being fetched. */
  idle(): Promise<void>;
}

export function createLeaseDesk(options: LeaseDeskOptions): LeaseDesk {
  const { store, clock, keeper, leaseMs } = options;
  const counts = { checks: 0, asked: 0, leaseHits: 0 };
  const fetching = createLeaseFetching(options);

  const draw = ({ lease }: Tracked, { cost }: CounterRequest) => lease && drawFrom(lease, cost, clock());

  async function ask(tracked: Tracked, request: CounterRequest, call: Call): Promise<Decision> {
    const decision = await store.consume(request, call);
    tracked.remaining = decision.remaining;
    const { fetchFailedAtMs: failedAtMs } = tracked;
    if (failedAtMs !== undefined && clock() - failedAtMs >= leaseMs) tracked.fetchFailedAtMs = undefined;
    // Others may have given units back meanwhile, and this instance got them.
    return decision.allowed ? decision : (draw(tracked, request) ?? decision);
  }

  /** `undefined`: there may be a lease now. */
  async function attempt(
    tracked: Tracked,
    request: CounterRequest,
    call: Call,
  ): Promise<Decision | undefined> {
    const { fetch, lease } = tracked;
    if (fetch !== undefined) return fetch.join(request, call);
    if (lease !== undefined && lease.left > 0) {
      // Too little, or out of time: so that no check is denied by units that its own instance has.
      await keeper.giveBack(lease);
      return undefined;
    }
    const more = wanted(tracked, options);
    counts.asked += 1;
    return more === 0 ? ask(tracked, request, call) : fetching.start(tracked, request, call, more);
  }

  return {
    async check(tracked, request, call) {
      counts.checks += 1;
      for (;;) {
        const decision = draw(tracked, request) ?? (await attempt(tracked, request, call));
        if (decision?.decidedBy === 'lease') counts.leaseHits += 1;
        if (decision !== undefined) return decision;
      }
    },
    stats: () => ({ ...counts }),
    idle: fetching.idle,
  };
}

/** How many units to take beside those of the request; 0: no lease. */
function wanted(
  { demand, remaining, fetchFailedAtMs, isRetired }: Tracked,
  { hotChecks, instances }: Pick<LeaseDeskOptions, 'hotChecks' | 'instances'>,
): number {
  if (isRetired || fetchFailedAtMs !== undefined) return 0;
  const { checks, units } = demand.recent();
  return checks < hotChecks ? 0 : Math.floor(Math.min(units, remaining / (2 * Math.max(1, instances()))));
}
