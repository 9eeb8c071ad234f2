import type { Call } from '../../ports/call.ts';
import type { CounterRequest, CounterStore } from '../../ports/counter-store.ts';
import { mapAtOnce } from '../map-at-once.ts';
import { counterName } from './counter-name.ts';
import { RATE_LIMIT_LIMITS } from './policy.ts';
import { isStoreTrouble } from './store-trouble.ts';

/** What this instance admitted by itself, to be told to the store when that is back. */
export interface Replay {
  /** Says that units of the counter were taken locally. */
  note(request: CounterRequest): void;
  /** Says that the store has answered: what was noted is told to it, beside the callers. */
  storeAnswered(): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export interface ReplayDeps {
  readonly counters: Pick<CounterStore, 'consumeUpTo'>;
  readonly local: Pick<CounterStore, 'peek' | 'refund'>;
  /** The most counters noted at once; those beyond are not told. Default: 10,000. */
  readonly maxCounters?: number;
  /** Hears how many units the store was charged with, together. */
  readonly onReplayed: (units: number) => void;
  readonly onFailed: (error: unknown) => void;
}

const MAX_COUNTERS = 10_000;
const AT_ONCE = 8;
const TIMEOUT_MS = 5_000;

/**
 * Charges the store with what the local counters still count, as far as it has room: units that have come back by themselves are
 * of the past. What it was charged with is given back locally, so that a next outage does not count it twice. What fails waits for the
 * next answer of the store.
 */
export function createReplay(deps: ReplayDeps): Replay {
  const { maxCounters = MAX_COUNTERS } = deps;
  const noted = new Map<string, CounterRequest>();
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    const call = { signal: AbortSignal.timeout(TIMEOUT_MS) };
    const taken = [...noted];
    noted.clear();
    let isBack = true;
    let units = 0;
    await mapAtOnce(AT_ONCE, taken, async ([name, request]) => {
      try {
        if (!isBack) throw new Error('not tried');
        const told = await tell(deps, request, call);
        units += told;
      } catch (error) {
        if (isBack && !isStoreTrouble(error)) deps.onFailed(error);
        isBack = false;
        if (!noted.has(name)) noted.set(name, request);
      }
    });
    if (units > 0) deps.onReplayed(units);
  };

  return {
    note(request) {
      const name = `${counterName(request.policy)} ${request.key}`;
      if (noted.size < maxCounters || noted.has(name)) noted.set(name, request);
    },
    storeAnswered() {
      if (noted.size === 0 || running !== undefined) return;
      running = run().finally(() => {
        running = undefined;
      });
    },
    settled: () => running ?? Promise.resolve(),
  };
}

/** Answers how many units the store was told of. */
async function tell(
  { counters, local }: ReplayDeps,
  { key, policy }: CounterRequest,
  call: Call,
): Promise<number> {
  // Under the largest limit, what is missing is what is counted, whatever share it was taken under.
  const { max } = RATE_LIMIT_LIMITS.limit;
  const { remaining } = await local.peek({ key, policy: { ...policy, limit: max }, cost: 1 }, call);
  const cost = max - remaining;
  if (cost === 0) return 0;
  const { taken } = await counters.consumeUpTo({ key, policy, cost }, 1, call);
  await local.refund({ key, policy, cost }, call);
  return taken;
}
