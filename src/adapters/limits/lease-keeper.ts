import type { CounterStore, Refund } from '../../ports/counter-store.ts';
import type { Lease } from './lease.ts';

/** Does the work after so many milliseconds, unless it is stopped before. Keeps no process alive. */
export type StartTimer = (ms: number, work: () => void) => () => void;

export interface LeaseKeeperOptions {
  readonly store: Pick<CounterStore, 'refund'>;
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly startTimer: StartTimer;
  /** Hears that units could not be given back. They come back with their window. */
  readonly onError: (error: unknown) => void;
}

/** Sees to it that units which nobody asks for go back in time. */
export interface LeaseKeeper {
  hold(lease: Lease): void;
  /** Nothing can be drawn from it any more. Resolves when its units are back, or can not be brought back. */
  giveBack(lease: Lease): Promise<void>;
  /** Resolves when nothing is on its way back. */
  idle(): Promise<void>;
  stats(): { readonly leases: number; readonly refunds: number; readonly unitsGivenBack: number };
}

export function createLeaseKeeper({ store, clock, startTimer, onError }: LeaseKeeperOptions): LeaseKeeper {
  const held = new Set<Lease>();
  const returning = new Set<Promise<void>>();
  const counts = { refunds: 0, unitsGivenBack: 0 };
  const alarm = createAlarm(clock, startTimer, () => {
    const nowMs = clock();
    for (const lease of held) if (lease.endsAtMs <= nowMs) void giveBack(lease);
    for (const lease of held) alarm.setFor(lease.endsAtMs);
  });

  async function giveBack(lease: Lease): Promise<void> {
    const { taking, left: units } = lease;
    lease.left = 0;
    held.delete(lease);
    if (held.size === 0) alarm.stop();
    if (units === 0) return;
    const refunding = refund({ ...taking, cost: units });
    returning.add(refunding);
    await refunding;
    returning.delete(refunding);
  }

  async function refund(units: Refund): Promise<void> {
    counts.refunds += 1;
    try {
      await store.refund(units, { signal: new AbortController().signal });
      counts.unitsGivenBack += units.cost;
    } catch (error) {
      onError(error);
    }
  }

  return {
    hold(lease) {
      held.add(lease);
      alarm.setFor(lease.endsAtMs);
    },
    giveBack,
    async idle() {
      await Promise.all(returning);
    },
    stats: () => ({ ...counts, leases: [...held].filter(({ left }) => left > 0).length }),
  };
}

/** One timer, for the earliest of all times that it is set for. */
function createAlarm(clock: () => number, startTimer: StartTimer, work: () => void) {
  let atMs = Number.POSITIVE_INFINITY;
  let stopTimer: (() => void) | undefined;

  function stop(): void {
    stopTimer?.();
    stopTimer = undefined;
    atMs = Number.POSITIVE_INFINITY;
  }

  return {
    setFor(nextMs: number): void {
      if (nextMs >= atMs) return;
      stop();
      atMs = nextMs;
      stopTimer = startTimer(Math.ceil(nextMs - clock()), () => {
        stop();
        work();
      });
    },
    stop,
  };
}
