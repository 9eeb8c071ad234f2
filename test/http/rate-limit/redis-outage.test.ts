import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRedisCounterStore } from '../../../src/adapters/redis/counter-store.ts';
import { createRedisKeys } from '../../../src/adapters/redis/keys.ts';
import { anId } from '../../support/builders.ts';
import { aCall } from '../../support/call.ts';
import type { TestServer } from '../../support/http.ts';
import { aServer } from '../../support/http.ts';
import { useRedis } from '../../support/redis.ts';
import type { ProxyMode } from '../../support/tcp-proxy/proxy-mode.ts';
import type { TcpProxy } from '../../support/tcp-proxy/tcp-proxy.ts';
import { startTcpProxy } from '../../support/tcp-proxy/tcp-proxy.ts';

const redis = useRedis();
const popular = '/v1/discovery/popular';
const LIMIT = 40;
const INSTANCES = 4;
const AWAY: readonly ProxyMode[] = [{ kind: 'cut' }, { kind: 'drop' }];

let proxy: TcpProxy;
let http: TestServer;
let prefix: string;

async function start(policies: string, env: Record<string, string> = {}): Promise<void> {
  prefix = anId('limits');
  http = await aServer({
    env: {
      COUNTER_STORE: 'redis',
      REDIS_URL: proxy.url,
      REDIS_KEY_PREFIX: prefix,
      RATE_LIMIT_INSTANCES: String(INSTANCES),
      RATE_LIMIT_POLICIES: policies,
      ...env,
    },
  });
  // The client connects in the background, and a busy machine may be late with a first answer.
  await vi.waitFor(async () => expect(await check('warm up')).toMatchObject({ degraded: false }), PATIENT);
}

const PATIENT = { timeout: 20_000, interval: 50 };

beforeEach(async () => {
  proxy = await startTcpProxy(redis().url);
});
afterEach(async () => {
  await proxy.set({ kind: 'pass' });
  await http.dispose();
  await proxy.close();
});

async function check(key: string, limit = LIMIT) {
  const reply = await http.ask({
    method: 'POST',
    // Not the client whom the guard is asked about.
    remoteAddress: '192.0.2.99',
    url: '/v1/rate-limits/check',
    payload: { key, limit, windowSeconds: 2_678_400 },
  });
  expect(reply.status).toBe(200);
  return reply.json;
}

const isBack = () =>
  vi.waitFor(async () => expect(await check(anId('probe'))).toMatchObject({ decidedBy: 'store' }), PATIENT);

describe.each(AWAY)('while Redis is away ($kind)', (mode) => {
  it('a check is answered, by this instance with its share, and says so', async () => {
    await start('all=1000000/h');
    const key = anId('key');
    expect(await check(key)).toMatchObject({ decidedBy: 'store', degraded: false });
    await proxy.set(mode);
    const answers: Record<string, unknown>[] = [];
    for (let call = 0; call < LIMIT; call += 1) answers.push(await check(key));
    expect(answers.every((answer) => answer.degraded && answer.decidedBy === 'local')).toBe(true);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(LIMIT / INSTANCES);
  });

  it('the guard lets its share pass, and then it is a 503 and no 429', async () => {
    await start(`all=${LIMIT}/31d`);
    await proxy.set(mode);
    const statuses: number[] = [];
    for (let call = 0; call < LIMIT; call += 1) {
      const reply = await http.ask(popular);
      statuses.push(reply.status);
      expect(reply.headers.ratelimit).toContain(';mediamesh-degraded=local');
      if (reply.status === 503) {
        expect(reply.json).toMatchObject({
          code: 'temporary-reduced-capacity',
          type: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity',
          'violated-policies': ['all'],
        });
        expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
      }
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(LIMIT / INSTANCES);
    expect(statuses.filter((status) => status === 503)).toHaveLength(LIMIT - LIMIT / INSTANCES);
  });

  it('open lets all pass and closed none, by policy', async () => {
    await start('open=1/31d:open,closed=1000/31d:closed:routes=search');
    await proxy.set(mode);
    for (let call = 0; call < 3; call += 1) expect((await http.ask(popular)).status).toBe(200);
    const refused = await http.ask('/v1/search?q=star');
    expect([refused.status, refused.headers.ratelimit]).toEqual([
      503,
      '"open";r=1;mediamesh-degraded=open, "closed";r=0;t=1;mediamesh-degraded=closed',
    ]);
  });

  it('and back, it decides again and is charged with what passed without it', async () => {
    await start('all=1000000/h');
    const key = anId('key');
    await check(key);
    await proxy.set(mode);
    const passed = [await check(key), await check(key), await check(key)];
    expect(passed.map(({ decidedBy }) => decidedBy)).toEqual(['local', 'local', 'local']);
    await proxy.set({ kind: 'pass' });
    await isBack();
    const store = createRedisCounterStore({
      client: redis().client,
      keys: createRedisKeys(prefix),
    });
    const policy = { algorithm: 'fixed-window', limit: LIMIT, windowMs: 2_678_400_000 } as const;
    // A call that hung may have taken its unit in the end.
    await vi.waitFor(async () => {
      const { remaining } = await store.peek({ key, policy, cost: 1 }, aCall());
      expect(remaining).toBeLessThanOrEqual(LIMIT - 4);
      expect(remaining).toBeGreaterThanOrEqual(LIMIT - 7);
    }, PATIENT);
  });
});

it('metrics tell of an outage', async () => {
  await start('all=1000000/h');
  await proxy.set({ kind: 'cut' });
  for (let call = 0; call < 6; call += 1) await check(anId('key'));
  const during = (await http.ask('/metrics')).body;
  expect(during).toMatch(/mediamesh_rate_limit_degraded_total\{rule="local"\} \d+/);
  expect(during).toContain('mediamesh_rate_limit_breaker{state="open"} 1');
  expect(during).toMatch(/decisions_total\{policy="all",outcome="allowed",decided_by="local"\} \d+/);
  await proxy.set({ kind: 'pass' });
  await isBack();
  await vi.waitFor(async () => {
    // On a busy machine a call may be late once more, and the breaker closes by calls alone.
    await check(anId('probe'));
    const after = (await http.ask('/metrics')).body;
    expect(after).toContain('mediamesh_rate_limit_breaker{state="closed"} 1');
    expect(after).toMatch(/mediamesh_rate_limit_replayed_units_total [1-9]/);
  }, PATIENT);
});
