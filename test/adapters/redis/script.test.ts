import { describe, expect, it } from 'vitest';
import { defineScript } from '../../../src/adapters/redis/script.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { useOwnRedis } from '../../support/own-redis.ts';
import { aReadyRedisClient } from '../../support/redis-client.ts';

const add = defineScript({
  name: 'add',
  keys: 1,
  lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
});

const fail = defineScript({
  name: 'add-and-fail',
  keys: 1,
  lua: "redis.call('INCR', KEYS[1]) return redis.error_reply('NOGOOD it is not')",
});

describe('a script', () => {
  const redis = useOwnRedis();

  it('runs, also when the server does not know it or has forgotten it', async () => {
    const client = await aReadyRedisClient(redis().url);
    expect(await add(client, ['a'], [2], aCall())).toBe(2);
    expect(await add(client, ['a'], ['3'], aCall())).toBe(5);
    await client.script('FLUSH');
    expect(await add(client, ['a'], [4], aCall())).toBe(9);
    await redis().stop();
    await redis().start();
    const other = await aReadyRedisClient(redis().url);
    expect(await add(other, ['a'], [1], aCall())).toBe(1);
  });

  it('that 100 callers begin at once while the server does not know it counts each once', async () => {
    const client = await aReadyRedisClient(redis().url);
    await client.script('FLUSH');
    const calls = Array.from({ length: 100 }, () => add(client, ['b'], [1], aCall()));
    const sums = (await Promise.all(calls)) as number[];
    expect(sums.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  it('that fails is not run again', async () => {
    const client = await aReadyRedisClient(redis().url);
    await expect(fail(client, ['c'], [], aCall())).rejects.toThrow('NOGOOD it is not');
    await expect(fail(client, ['c'], [], aCall())).rejects.toThrow('NOGOOD it is not');
    expect(await client.get('c')).toBe('2');
  });

  it('is not sent for a caller who has gone, and not waited for when he goes', async () => {
    const client = await aReadyRedisClient(redis().url);
    const gone = anAbortedCall();
    await expect(add(client, ['d'], [1], gone)).rejects.toBe(gone.reason);
    await client.client('PAUSE', 300);
    const aborting = new AbortController();
    const reason = new Error('the caller has gone');
    const calls = [1, 2].map((cost) => add(client, ['d'], [cost], { signal: aborting.signal }));
    aborting.abort(reason);
    for (const call of calls) await expect(call).rejects.toBe(reason);
    expect(await client.get('d')).toBe('3');
  });

  it('must be given as many keys as it takes', () => {
    const client = aReadyRedisClient(redis().url);
    return client.then((ready) =>
      expect(() => add(ready, ['a', 'b'], [], aCall())).toThrow('takes 1 keys, was given 2'),
    );
  });

  it('says its name to who looks at the server', async () => {
    const client = await aReadyRedisClient(redis().url);
    await client.config('SET', 'slowlog-log-slower-than', '0');
    await client.script('FLUSH');
    await add(client, ['e'], [1], aCall());
    expect(JSON.stringify(await client.slowlog('GET', 10))).toContain('-- mediamesh add\\n');
  });
});
