import type { FastifyInstance } from 'fastify';
import { fastify } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryCounterStore } from '../../../src/adapters/memory/counter-store.ts';
import { createApiGuard } from '../../../src/domain/limits/api-guard.ts';
import { readPolicies } from '../../../src/domain/limits/named-policy.ts';
import type { RateLimitOptions } from '../../../src/http/plugins/rate-limit.ts';
import { rateLimit } from '../../../src/http/plugins/rate-limit.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { resilient } from '../../support/resilient.ts';

const running: FastifyInstance[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

/** Counters in memory, and the same as if they were those of another process. */
const STORES = {
  'at once': () => createMemoryCounterStore({ clock: createFakeClock() }),
  'after waiting': () => {
    const { consumeNow: _consumeNow, ...store } = createMemoryCounterStore({ clock: createFakeClock() });
    return store;
  },
} satisfies Record<string, () => CounterStore>;

/** A bare Fastify with the guard, before any route. */
async function guarded(policies: string, options: Partial<RateLimitOptions> = {}, store = STORES['at once']) {
  const server = fastify();
  running.push(server);
  await server.register(rateLimit, {
    guard: createApiGuard({
      counters: resilient(store()),
      onStoreError: 'local',
      onDecision: () => undefined,
    }),
    policies: readPolicies(policies),
    ...options,
  });
  return server;
}

const hello = async () => 'hello';

describe.each(Object.keys(STORES) as (keyof typeof STORES)[])('a decision %s', (when) => {
  it('that can not be told is an error of the request', async () => {
    const refuse = () => {
      throw new Error('no such template');
    };
    const server = await guarded('all=1/h', { refuse }, STORES[when]);
    server.get('/', hello);
    expect((await server.inject('/')).statusCode).toBe(200);
    const failed = await server.inject('/');
    expect([failed.statusCode, failed.json()]).toEqual([
      500,
      expect.objectContaining({ message: 'no such template' }),
    ]);
  });

  it('whose fields can not be written is an error of the request', async () => {
    const broken = { outcome: 'admitted', violated: [], retryAfterMs: 0, degraded: false } as never;
    const gate = {
      admitNow: () => (when === 'at once' ? broken : undefined),
      admit: async () => broken,
    };
    const server = await guarded('all=1/h', { guard: { gate: () => gate } });
    server.get('/', hello);
    expect((await server.inject('/')).statusCode).toBe(500);
  });

  it('is kept by no cache when it refuses, and says when to come again', async () => {
    const server = await guarded('all=1/h', { random: () => 0 }, STORES[when]);
    server.get('/', hello);
    await server.inject('/');
    const { statusCode, headers } = await server.inject('/');
    expect(statusCode).toBe(429);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/problem+json; charset=utf-8',
    });
    expect(headers.ratelimit).toBe(`"all";r=0;t=${headers['retry-after']}`);
  });
});

describe('a call that costs more than the limit', () => {
  it.each([
    [0, 2_678_400],
    [1, 2_946_240],
  ])('is told to come again after the longest window (random %d)', async (random, seconds) => {
    const server = await guarded('small=2/h,large=9/31d', { random: () => random });
    server.get('/', { config: { rateLimit: { cost: 3 } } }, hello);
    const { statusCode, headers } = await server.inject('/');
    expect([statusCode, headers['retry-after']]).toEqual([429, String(seconds)]);
    expect(headers.ratelimit).toBe('"small";r=2, "large";r=9');
  });
});

describe('a route', () => {
  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1_000_000_001, '3' as never])(
    'can not cost %s',
    async (cost) => {
      const server = await guarded('all=9/h');
      expect(() => server.get('/dear', { config: { rateLimit: { cost } } }, hello)).toThrow(
        `the rate-limit cost of GET /dear must be a whole number from 1 to 1000000000, and is ${cost}`,
      );
    },
  );

  it('can cost as much as a limit can be', async () => {
    const server = await guarded('all=1000000000/h');
    server.get('/dear', { config: { rateLimit: { cost: 1_000_000_000 } } }, hello);
    expect((await server.inject('/dear')).headers.ratelimit).toMatch('"all";r=0');
  });

  const withId = (operationId: string) => ({ schema: { operationId } as object });

  it('that is not counted can have no policy', async () => {
    const server = await guarded('all=9/h,ping=1/s:routes=report+ping');
    server.get('/report', withId('report'), hello);
    server.get('/ping', { ...withId('ping'), config: { rateLimit: false } }, hello);
    await expect(server.ready()).rejects.toThrow(
      'the rate-limit policy ping is for ping, whose calls are not counted',
    );
  });

  it('that is not there can have no policy', async () => {
    const server = await guarded('search=1/s:routes=search');
    await expect(server.ready()).rejects.toThrow(
      'the rate-limit policy search is for search, which is the operationId of no route',
    );
  });
});
