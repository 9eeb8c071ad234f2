import type { CounterStore, Refund } from '../../ports/counter-store.ts';
import type { StartTimer } from './alarm.ts';
import { createLateRefunds, MOST_WAITING } from './late-refunds.ts';

export interface GiveBacksOptions {
  readonly store: Pick<CounterStore, 'refund'>;
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly startTimer: StartTimer;
  /** As of `withLeases`. */
  readonly onError: (error: unknown) => void;
}

/** Brings units of permits back to the store. By their permits they go back once, however often it is tried. */
export interface GiveBacks {
  /** Resolves when they are back, or wait to be tried again. `overAtMs`: when they are back by themselves. */
  giveBack(units: Refund, overAtMs: number): Promise<void>;
  /** To be called with every answer of the store: what waits is tried again. */
  storeAnswered(): void;
  /** Resolves when nothing is on its way any more. What waits is tried once more, and then given up. */
  close(): Promise<void>;
  /** `refunds`: calls to the store. */
  stats(): { readonly refunds: number; readonly unitsGivenBack: number };
}

export function createGiveBacks({ store, clock, startTimer, onError }: GiveBacksOptions): GiveBacks {
  const underWay = new Set<Promise<void>>();
  const told = new Set<'late' | 'lost'>();
  const counts = { refunds: 0, unitsGivenBack: 0 };
  const late = createLateRefunds({
    clock,
    startTimer,
    // Its units have been told of when they became late.
    attempt: (units) =>
      send(units).then(
        () => true,
        () => false,
      ),
  });

  async function send(units: Refund): Promise<void> {
    counts.refunds += 1;
    await store.refund(units, { signal: new AbortController().signal });
    counts.unitsGivenBack += units.cost;
    storeAnswered();
  }

  async function sendOrKeep(units: Refund, overAtMs: number): Promise<void> {
    try {
      await send(units);
    } catch (error) {
      tell('late', error);
      if (!late.add(units, overAtMs)) tell('lost', tooMany(error));
    }
  }

  function tell(what: 'late' | 'lost', error: unknown): void {
    if (told.has(what)) return;
    told.add(what);
    onError(error);
  }

  function storeAnswered(): void {
    told.clear();
    late.storeAnswered();
  }

  return {
    async giveBack(units, overAtMs) {
      const sending = sendOrKeep(units, overAtMs);
      underWay.add(sending);
      await sending;
      underWay.delete(sending);
    },
    storeAnswered,
    async close() {
      await Promise.all(underWay);
      await late.close();
    },
    stats: () => ({ ...counts }),
  };
}

function tooMany(cause: unknown): Error {
  const message = `more than ${MOST_WAITING} refunds wait: the units of the oldest are lost until their window ends`;
  return new Error(message, { cause });
}
