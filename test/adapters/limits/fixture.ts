import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { memoryDifferences } from '../../../src/adapters/memory/differences.ts';
import type { CounterStore, Decision } from '../../../src/ports/counter-store.ts';
import type { CounterFixture } from '../../contracts/counter-store/fixture.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

/** A decision without who made it, for comparisons of whole decisions. */
export function plainly({ decidedBy: _, ...decision }: Decision): Decision {
  return decision;
}

/** The same store, which does not say who decided. */
function withoutDeciders(store: CounterStore): CounterStore {
  return {
    ...store,
    consume: async (request, call) => plainly(await store.consume(request, call)),
    peek: async (request, call) => plainly(await store.peek(request, call)),
    consumeAll: async (requests, call) => (await store.consumeAll(requests, call)).map(plainly),
    consumeUpTo: async (request, least, call) => {
      const { taken, decision } = await store.consumeUpTo(request, least, call);
      return { taken, decision: plainly(decision) };
    },
  };
}

/** What a decorated memory store is to the contract. Where it keeps what others do not see, others come through it too. */
export async function decoratedMemory(
  decorate: (store: CounterStore, clock: FakeClock) => CounterStore,
): Promise<CounterFixture> {
  const clock = createFakeClock();
  const restart = () => withoutDeciders(decorate(createMemoryCounterStore({ clock }), clock));
  const store = restart();
  return { store, elsewhere: store, restart, clock, differences: memoryDifferences.counterStore };
}

type Operation = Exclude<keyof CounterStore, 'consumeNow' | 'knownDenial'>;

/** Counts the calls that reach a store. */
export function counted(store: CounterStore): CounterStore & { readonly calls: Record<Operation, number> } {
  const calls = { consume: 0, peek: 0, consumeAll: 0, consumeUpTo: 0, refund: 0, block: 0, reset: 0 };
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    (...args: never[]) => {
      calls[name as Operation] += 1;
      return (method as (...args: never[]) => unknown)(...args);
    },
  ]);
  return { ...(Object.fromEntries(entries) as CounterStore), calls };
}

/** Calls of `operations` wait until they are let go: before the store is asked, and again with its answer. */
export function gated(store: CounterStore, ...operations: readonly Operation[]) {
  const before: (() => void)[] = [];
  const after: (() => void)[] = [];
  const stop = (gate: (() => void)[]) => new Promise<void>((resolve) => gate.push(resolve));
  const entries = Object.entries(store).map(([name, method]) => [
    name,
    operations.includes(name as Operation)
      ? async (...args: never[]) => {
          await stop(before);
          const answer = await (method as (...args: never[]) => unknown)(...args);
          await stop(after);
          return answer;
        }
      : method,
  ]);
  const letGo = async (gate: (() => void)[]) => {
    for (const open of gate.splice(0)) open();
    await settled();
  };
  return {
    store: Object.fromEntries(entries) as CounterStore,
    /** Lets those that wait reach the store. */
    ask: () => letGo(before),
    /** Lets those that have an answer bring it. */
    answer: () => letGo(after),
  };
}

/** After everything that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Timers that go off as a fake clock passes them. */
export function timersOf(clock: FakeClock) {
  const timers = new Set<{ readonly atMs: number; readonly work: () => void }>();
  const due = (untilMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).toSorted((one, other) => one.atMs - other.atMs)[0];
  return {
    startTimer: (ms: number, work: () => void) => {
      const timer = { atMs: clock.elapsedMs() + ms, work };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    running: () => timers.size,
    pass(ms: number): void {
      const untilMs = clock.elapsedMs() + ms;
      for (let next = due(untilMs); next !== undefined; next = due(untilMs)) {
        clock.advance(Math.max(0, next.atMs - clock.elapsedMs()));
        timers.delete(next);
        next.work();
      }
      clock.advance(untilMs - clock.elapsedMs());
    },
  };
}
