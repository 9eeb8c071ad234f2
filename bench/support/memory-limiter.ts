import type { PerformanceEntry } from 'node:perf_hooks';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryCounterStore } from '../../src/adapters/memory/counter-store.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { admits, onMemory } from './flexible-limiter.ts';
import { rateOf } from './race.ts';

/**
 * A process with a limiter in memory, of which the first argument says which: `ours`, `theirs`, or `none`, which only answers. Asked
 * for `checks` it checks each of so many keys once and tells how many a second; asked for `inserts` it checks new keys one by one and
 * tells how many milliseconds each took.
 */
export type LimiterKind = 'ours' | 'theirs' | 'none';
export type LimiterQuestion =
  | { readonly what: 'checks'; readonly keys: number; readonly concurrency: number }
  | { readonly what: 'inserts'; readonly keys: number };

const HOUR = 3600;
const policy = { algorithm: 'fixed-window', limit: 1_000_000_000, windowMs: HOUR * 1000 } as const;
// One for all checks, as a request with many has one.
const call = { signal: new AbortController().signal };

const LIMITERS: Readonly<Record<LimiterKind, () => (key: string) => Promise<unknown>>> = {
  ours: () => {
    const store = createMemoryCounterStore({ clock: createSystemClock(), maxKeys: 1_100_000 });
    return (key) => store.consume({ key, policy, cost: 1 }, call);
  },
  theirs: () => {
    const limiter = onMemory({ points: policy.limit, duration: HOUR });
    return (key) => admits(limiter, key);
  },
  none: () => async (key) => ({ key }),
};

const check = LIMITERS[process.argv[2] as LimiterKind]();

/** The compiler has seen the code before: what it does meanwhile would be measured with the first thousands. */
const WARM_UP = 100_000;

/** Milliseconds of each, and how many took more than one with no garbage collection in them. */
async function timeInserts(keys: number): Promise<{ readonly times: Float64Array; readonly alone: number }> {
  const collections: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const times = new Float64Array(keys);
  const slow: { readonly from: number; readonly to: number }[] = [];
  for (let index = 0; index < keys; index += 1) {
    const from = performance.now();
    await check(`client-${index}`);
    const to = performance.now();
    times[index] = to - from;
    if (to - from > 1) slow.push({ from, to });
  }
  // They are told a little later.
  await sleep(100);
  observer.disconnect();
  const wasIn = ({ from, to }: (typeof slow)[number]) =>
    collections.some(({ startTime }) => from <= startTime && startTime <= to);
  return { times: times.sort(), alone: slow.filter((each) => !wasIn(each)).length };
}

async function answer(question: LimiterQuestion): Promise<unknown> {
  const { what, keys } = question;
  if (what === 'checks') {
    const run = (index: number) => check(`client-${index}`);
    return { perSecond: await rateOf({ run }, { count: keys, concurrency: question.concurrency }) };
  }
  for (let index = 0; index < WARM_UP; index += 1) await check(`warm-up-${index}`);
  const before = process.memoryUsage().rss;
  const { times, alone } = await timeInserts(keys);
  return {
    longestMs: times.at(-1),
    above1Ms: times.filter((each) => each > 1).length,
    alone,
    p999Ms: times[Math.floor(0.999 * keys)],
    megabytes: (process.memoryUsage().rss - before - times.byteLength) / 2 ** 20,
  };
}

process.once('disconnect', () => process.exit());
process.on('message', (question: LimiterQuestion) => {
  void answer(question).then((told) => process.send?.(told));
});
