import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCounterFront } from '../../../src/adapters/limits/front.ts';
import type { RedisClient } from '../../../src/adapters/redis/client.ts';
import { createRedisCounterStore } from '../../../src/adapters/redis/counter-store.ts';
import { aRequest } from '../../contracts/counter-store/fixture.ts';
import { aCall } from '../../support/call.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openTestRedis, useRedis } from '../../support/redis.ts';
import { counted, settled, timersOf } from './fixture.ts';

const redis = useRedis();
const INSTANCES = 4;
let clients: readonly RedisClient[] = [];

beforeAll(async () => {
  clients = await Promise.all(Array.from({ length: INSTANCES }, () => openTestRedis(redis().url)));
});

afterAll(() => {
  for (const client of clients) client.disconnect();
});

/** Four instances of the service, each with its own connection; their clock and the counters' is driven. */
function aFleet(switches: { readonly blockCache: boolean; readonly coalescing: boolean }) {
  const clock = createFakeClock();
  const timers = timersOf(clock);
  const stores = clients.map((client) =>
    counted(createRedisCounterStore({ client, keys: redis().keys, clock, slackMs: 3_600_000 })),
  );
  const fronts = stores.map((store) =>
    createCounterFront(store, {
      ...switches,
      leases: true,
      clock: clock.elapsedMs,
      startTimer: timers.startTimer,
      instances: () => INSTANCES,
      onError: (error) => {
        throw error;
      },
    }),
  );
  const calls = () =>
    stores.reduce(
      (sum, store) => sum + store.calls.consume + store.calls.consumeUpTo + store.calls.refund,
      0,
    );
  return { timers, fronts, calls };
}

describe('leases over Redis', () => {
  test.each([
    { algorithm: 'fixed-window', blockCache: false, coalescing: false },
    { algorithm: 'sliding-window', blockCache: false, coalescing: true },
    { algorithm: 'sliding-window', blockCache: true, coalescing: true },
  ] as const)(
    '$algorithm, block cache $blockCache, coalescing $coalescing: four instances let exactly the limit pass, within the bound',
    async ({ algorithm, ...switches }) => {
      const { timers, fronts, calls } = aFleet(switches);
      const request = aRequest({ algorithm, limit: 1_000, windowMs: 3_600_000 });
      let [admitted, checks, deniedForMs] = [0, 0, 0];
      // The first instance is asked most, and the more of the quota is used the less the others are.
      while (admitted < 1_000) {
        const busy = admitted < 700 ? 60 : 5;
        const asked = fronts.flatMap((front, index) =>
          Array.from({ length: index === 0 ? 100 : busy }, () => front.consume(request, aCall())),
        );
        const passed = (await Promise.all(asked)).filter(({ allowed }) => allowed).length;
        checks += asked.length;
        admitted += passed;
        timers.pass(5);
        await settled();
        deniedForMs = passed === 0 ? deniedForMs + 5 : 0;
        expect(deniedForMs).toBeLessThanOrEqual(210);
      }
      expect(admitted).toBe(1_000);
      await Promise.all(fronts.map((front) => front.close()));
      const last = await Promise.all(fronts.map((front) => front.consume(request, aCall())));
      expect(last.map(({ allowed }) => allowed)).toEqual(Array(INSTANCES).fill(false));
      if (switches.coalescing) expect(calls() / checks).toBeLessThanOrEqual(0.1);
    },
  );
});
