import type { Call } from '../../ports/call.ts';
import type { MonotonicClock } from '../../ports/clock.ts';
import type { CounterRequest, CounterStore } from '../../ports/counter-store.ts';
import { mapAtOnce } from '../map-at-once.ts';
import type { OwedCounter } from './owed-units.ts';
import { createOwedUnits } from './owed-units.ts';
import type { Policy } from './policy.ts';
import { isStoreTrouble } from './store-trouble.ts';

/** What this instance admitted by itself, to be told to the store when that is back. */
export interface Replay {
  /** Says that units of the counter were taken here, under this part of its limit. */
  note(request: CounterRequest, share: Policy, call: Call): Promise<void>;
  /** Says that the store has answered: what was noted is told to it, beside the callers. */
  storeAnswered(): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export interface ReplayDeps {
  readonly counters: Pick<CounterStore, 'consumeUpTo'>;
  /** Counters of this process, for the replay alone. */
  readonly owed: Pick<CounterStore, 'consume' | 'peek' | 'refund'>;
  readonly clock: MonotonicClock;
  readonly newPermitId: () => string;
  /** The most counters noted at once; those beyond are not told. Default: {@link REPLAYED_COUNTERS}. */
  readonly maxCounters?: number;
  /** Hears how many units the store was charged with, together. */
  readonly onReplayed: (units: number) => void;
  /** Hears of what is no trouble of the store. It is tried again. */
  readonly onFailed: (error: unknown) => void;
}

export const REPLAYED_COUNTERS = 10_000;
const AT_ONCE = 8;
const TIMEOUT_MS = 5_000;
/** After a failure. */
const PAUSE_MS = 1_000;

/**
 * Charges the store with what was admitted without it, as far as that still counts and the store has room. What fails waits for a
 * later answer of the store. What decides while the store is away is not touched: a store that comes and goes gives no instance
 * its share anew.
 */
export function createReplay(deps: ReplayDeps): Replay {
  const { clock, maxCounters = REPLAYED_COUNTERS } = deps;
  const owed = createOwedUnits({ ...deps, maxCounters });
  let running: Promise<void> | undefined;
  let notBeforeMs = Number.NEGATIVE_INFINITY;

  const run = async (): Promise<void> => {
    const call = { signal: AbortSignal.timeout(TIMEOUT_MS) };
    let isBack = true;
    let units = 0;
    await mapAtOnce(AT_ONCE, owed.all(), async (counter) => {
      if (!isBack) return;
      try {
        const told = await tell(counter, call);
        units += told;
      } catch (error) {
        if (isBack && !isStoreTrouble(error)) deps.onFailed(error);
        isBack = false;
      }
    });
    if (!isBack) notBeforeMs = clock.elapsedMs() + PAUSE_MS;
    if (units > 0) deps.onReplayed(units);
  };

  /** Answers how many units the store was charged with. */
  async function tell(counter: OwedCounter, call: Call): Promise<number> {
    const charge = await owed.chargeOf(counter, call);
    if (charge === undefined) return 0;
    const { permitId, cost } = charge;
    const { key, policy } = counter.request;
    const { taken } = await deps.counters.consumeUpTo({ key, policy, cost, permitId }, 1, call);
    counter.charge = undefined;
    return taken;
  }

  return {
    note: owed.add,
    storeAnswered() {
      if (owed.size() === 0 || running !== undefined || clock.elapsedMs() < notBeforeMs) return;
      running = run().finally(() => {
        running = undefined;
      });
    },
    settled: () => running ?? Promise.resolve(),
  };
}
