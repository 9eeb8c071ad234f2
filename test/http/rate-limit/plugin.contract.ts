import type { FastifyInstance } from 'fastify';
import { fastify } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { createApiGuard } from '../../../src/domain/limits/api-guard.ts';
import { readPolicies } from '../../../src/domain/limits/named-policy.ts';
import type { RateLimitOptions } from '../../../src/http/plugins/rate-limit.ts';
import { rateLimit } from '../../../src/http/plugins/rate-limit.ts';
import type { CounterStore } from '../../../src/ports/counter-store.ts';
import { anId } from '../../support/builders.ts';
import { resilient } from '../../support/resilient.ts';

/** The guard in a Fastify that has nothing else of ours, on any counters. */
export function pluginContract(counters: () => CounterStore): void {
  const running: FastifyInstance[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.close();
  });

  async function aService(policies: string, options: Partial<RateLimitOptions> = {}) {
    const client = anId('client');
    const server = fastify();
    running.push(server);
    await server.register(rateLimit, {
      guard: createApiGuard({
        counters: resilient(counters()),
        onStoreError: 'local',
        onDecision: () => undefined,
      }),
      policies: readPolicies(policies),
      identify: () => client,
      ...options,
    });
    server.get('/', async () => 'hello');
    server.get('/dear', { config: { rateLimit: { cost: 3 } } }, async () => 'hello');
    server.get('/free', { config: { rateLimit: false } }, async () => 'hello');
    return (url = '/') => server.inject(url);
  }

  it('admits exactly the limit of the strictest policy, and takes nothing for a refusal', async () => {
    const ask = await aService('minute=5/31d,all=100/30d');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    const passed = answers.filter(({ statusCode }) => statusCode === 200);
    expect(passed).toHaveLength(5);
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect(refused).toHaveLength(15);
    expect(refused.at(-1)?.headers.ratelimit).toMatch(/^"minute";r=0;t=\d+, "all";r=95$/);
    expect(refused.at(-1)?.json()).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Too many requests',
      status: 429,
      detail: 'no more requests for now, by minute',
      'violated-policies': ['minute'],
    });
    expect(refused.at(-1)?.headers['cache-control']).toBe('no-store');
    const [, wait] = /t=(\d+)/.exec(String(refused.at(-1)?.headers.ratelimit)) ?? [];
    expect(Number(refused.at(-1)?.headers['retry-after'])).toBeGreaterThanOrEqual(Number(wait));
  });

  it('takes the cost of a route, and nothing for one that is free', async () => {
    const ask = await aService('all=10/31d:sliding-window');
    expect((await ask('/dear')).headers.ratelimit).toMatch('"all";r=7');
    expect((await ask('/free')).headers.ratelimit).toBeUndefined();
    expect((await ask()).headers.ratelimit).toMatch('"all";r=6');
  });

  it('counts addresses that are not there', async () => {
    const ask = await aService('all=2/31d:token-bucket');
    const statuses = [await ask('/a'), await ask('/b'), await ask('/c')].map(({ statusCode }) => statusCode);
    expect(statuses).toEqual([404, 404, 429]);
  });

  it('refuses as it is told to', async () => {
    const ask = await aService('all=1/31d', {
      refuse: ({ status, retryAfter }, _request, reply) => void reply.code(status).send(`in ${retryAfter} s`),
      random: () => 0,
    });
    await ask();
    expect((await ask()).body).toMatch(/^in \d+ s$/);
  });

  it('lets nobody wait for the same moment as all others', async () => {
    const [soon, late] = await Promise.all(
      [0, 1].map(async (random) => {
        const ask = await aService('all=1/10d:token-bucket', { random: () => random });
        await ask();
        return Number((await ask()).headers['retry-after']);
      }),
    );
    expect(soon).toBeGreaterThan(863_000);
    expect(late).toBeGreaterThan((soon ?? 0) * 1.09);
    expect(late).toBeLessThanOrEqual(Math.ceil(864_000 * 1.1));
  });
}
