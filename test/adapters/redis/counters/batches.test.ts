import { describe, expect, it } from 'vitest';
import { createRedisCounterStore } from '../../../../src/adapters/redis/counter-store.ts';
import { createRedisKeys } from '../../../../src/adapters/redis/keys.ts';
import { COUNTING_ALGORITHMS } from '../../../../src/domain/limits/policy.ts';
import { batchContract, consumeAtOnce, times } from '../../../contracts/counter-store/batches.contract.ts';
import { aRequest } from '../../../contracts/counter-store/fixture.ts';
import { aCall } from '../../../support/call.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { useOwnRedis } from '../../../support/own-redis.ts';
import { aReadyRedisClient } from '../../../support/redis-client.ts';

const redis = useOwnRedis();
const keys = createRedisKeys('batches:');

async function aStore({ batching }: { readonly batching?: boolean } = {}) {
  const client = await aReadyRedisClient(redis().url);
  const clock = createFakeClock();
  const options = { client, keys, clock, slackMs: 3_600_000, ...(batching !== undefined && { batching }) };
  const scripts = async () => {
    const stats = await client.info('commandstats');
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1];
    return Number(calls ?? 0);
  };
  const scriptsOf = async (work: () => Promise<unknown>) => {
    const before = await scripts();
    await work();
    return (await scripts()) - before;
  };
  return { store: createRedisCounterStore(options), client, clock, scriptsOf };
}

describe('plain requests of one tick', () => {
  it('go in one script for every 32, and one by one without batching', async () => {
    const requests = times(65, () => aRequest());
    const [batching, single] = [await aStore(), await aStore({ batching: false })];
    for (const { store } of [batching, single]) await consumeAtOnce(store, requests);
    expect(await batching.scriptsOf(() => consumeAtOnce(batching.store, requests))).toBe(3);
    expect(await single.scriptsOf(() => consumeAtOnce(single.store, requests))).toBe(65);
    expect(await batching.store.peek(requests[64] ?? aRequest(), aCall())).toMatchObject({ remaining: 6 });
  });

  batchContract(async () => (await aStore()).store);

  it.each(COUNTING_ALGORITHMS)('%s: 50 of 200 pass a limit of 50', async (algorithm) => {
    const { store } = await aStore();
    const request = aRequest({ algorithm, limit: 50 });
    const decisions = await consumeAtOnce(
      store,
      times(200, () => request),
    );
    expect(decisions.map(({ allowed }) => allowed)).toEqual(times(200, (index) => index < 50));
  });

  it('are decided as without batching, whatever the algorithms, limits, blocks, permits and clock', async () => {
    const [one, other] = [await aStore(), await aStore({ batching: false })];
    const requestsOf = (prefix: string) =>
      times(90, (index) => ({
        ...aRequest({ limit: 3 + (index % 4), windowMs: index % 5 === 0 ? 1_000 : 60_000 }),
        key: `${prefix} ${index % 7}`,
        cost: 1 + (index % 3),
      })).map((request, index) => {
        const algorithm = COUNTING_ALGORITHMS[index % 3] ?? 'fixed-window';
        return { ...request, policy: { ...request.policy, algorithm } };
      });
    const history = async ({ store, clock }: typeof one, prefix: string) => {
      const requests = requestsOf(prefix);
      const decisions: unknown[] = [];
      for (const stepMs of [0, 700, 59_000, -30_000, 100_000]) {
        clock.set(clock.now() + stepMs);
        for (const request of requests.slice(10, 13))
          await store.consume({ ...request, cost: 1, permitId: `permit ${stepMs}` }, aCall());
        for (const { key, policy } of requests.slice(3, 6)) await store.block(key, policy, 800, aCall());
        decisions.push(await consumeAtOnce(store, requests));
      }
      return decisions;
    };
    expect(await history(one, 'one')).toEqual(await history(other, 'other'));
  });

  it('survive that the server forgets the script', async () => {
    const { store, client } = await aStore();
    const request = aRequest();
    await consumeAtOnce(store, [request, request]);
    await client.script('FLUSH');
    const decisions = await consumeAtOnce(store, [request, request]);
    expect(decisions.map(({ remaining }) => remaining)).toEqual([7, 6]);
  });

  it('fail together, and nothing of them is sent again', async () => {
    const { store, client, scriptsOf } = await aStore();
    const [good, bad] = [aRequest(), aRequest()];
    await client.set(keys.counters(bad.key), 'no hash');
    await consumeAtOnce(store, [good, good]);
    const outcomes: PromiseSettledResult<unknown>[] = [];
    const asked = [good, bad, good];
    const scripts = await scriptsOf(async () => {
      outcomes.push(...(await Promise.allSettled(asked.map((each) => store.consume(each, aCall())))));
    });
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(scripts).toBe(1);
    expect(await store.peek(good, aCall())).toMatchObject({ remaining: 7 });
  });

  it('are not sent for a caller who has gone, and go on when one goes later', async () => {
    const { store, client } = await aStore();
    const request = aRequest();
    const [early, late] = [new AbortController(), new AbortController()];
    await client.client('PAUSE', 300);
    const asked = [early, late, aCall()].map(({ signal }) => store.consume(request, { signal }));
    early.abort(new Error('early'));
    setImmediate(() => late.abort(new Error('late')));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes).toMatchObject([
      { reason: { message: 'early' } },
      { reason: { message: 'late' } },
      { value: { allowed: true, remaining: 8 } },
    ]);
  });
});
