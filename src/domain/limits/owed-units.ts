import type { Call } from '../../ports/call.ts';
import type { MonotonicClock } from '../../ports/clock.ts';
import type { CounterRequest, CounterStore } from '../../ports/counter-store.ts';
import { counterName } from './counter-name.ts';
import type { Policy } from './policy.ts';

/** Units that were taken here of a limit that is counted elsewhere. */
export interface OwedCounter {
  /** As the limit is counted elsewhere. */
  readonly request: CounterRequest;
  /** Under which they were taken here: the same with a part of the limit. */
  share: Policy;
  /** When nothing of it counts any more. Elapsed milliseconds. */
  untilMs: number;
  /** What is on its way to where it is counted; the same until that has answered, so that a lost answer charges nothing twice. */
  charge: Charge | undefined;
}

export interface Charge {
  readonly permitId: string;
  readonly cost: number;
  readonly untilMs: number;
}

export interface OwedUnits {
  /** Adds the units of a request. In a full book, those of counters that have room in it already. */
  add(request: CounterRequest, share: Policy, call: Call): Promise<void>;
  all(): readonly OwedCounter[];
  /** What there is to charge; `undefined`: nothing any more, and the counter is forgotten. */
  chargeOf(counter: OwedCounter, call: Call): Promise<Charge | undefined>;
  size(): number;
}

export interface OwedUnitsDeps {
  /** Counters of this process, for nothing else: units leave them as they come back by themselves, or are charged. */
  readonly owed: Pick<CounterStore, 'consume' | 'peek' | 'refund'>;
  readonly clock: MonotonicClock;
  readonly newPermitId: () => string;
  readonly maxCounters: number;
}

/** With each counter that is added, so many others are looked at, in turn: those that are over make room. */
const LOOKED_AT = 4;

export function createOwedUnits({ owed, clock, newPermitId, maxCounters }: OwedUnitsDeps): OwedUnits {
  const counters = new Map<string, OwedCounter>();

  function dropEnded(): void {
    let looks = 0;
    for (const [name, counter] of counters) {
      if (looks === LOOKED_AT) return;
      looks += 1;
      counters.delete(name);
      if (counter.untilMs > clock.elapsedMs()) counters.set(name, counter);
    }
  }

  return {
    async add(request, share, call) {
      const name = nameOf(request);
      if (counters.size >= maxCounters && !counters.has(name)) dropEnded();
      const known = counters.get(name);
      if (known === undefined && counters.size >= maxCounters) return;
      const { resetAfterMs } = await owed.consume(plain(request, share), call);
      const counter = known ?? { request, share, untilMs: 0, charge: undefined };
      counter.share = share;
      counter.untilMs = clock.elapsedMs() + resetAfterMs;
      counters.set(name, counter);
    },
    all: () => [...counters.values()],
    async chargeOf(counter, call) {
      const { request, share } = counter;
      const isOver = counter.charge !== undefined && counter.charge.untilMs <= clock.elapsedMs();
      if (counter.charge !== undefined && !isOver) return counter.charge;
      const { remaining, resetAfterMs } = await owed.peek({ ...plain(request, share), cost: 1 }, call);
      const cost = share.limit - remaining;
      if (cost === 0) {
        if (counters.get(nameOf(request)) === counter) counters.delete(nameOf(request));
        return undefined;
      }
      counter.charge = { permitId: newPermitId(), cost, untilMs: clock.elapsedMs() + resetAfterMs };
      await owed.refund({ key: request.key, policy: share, cost }, call);
      return counter.charge;
    },
    size: () => counters.size,
  };
}

function nameOf({ key, policy }: CounterRequest): string {
  return `${counterName(policy)} ${key}`;
}

function plain({ key, cost }: CounterRequest, policy: Policy): CounterRequest {
  return { key, policy, cost };
}
