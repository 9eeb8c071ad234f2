import { describe, expect, it } from 'vitest';
import { openTestRedis, useRedis } from './redis.ts';
import { startTcpProxy } from './tcp-proxy/tcp-proxy.ts';

describe('a Redis of a test file', () => {
  const redis = useRedis();

  it('takes commands under keys of its own', async () => {
    const { client, keys } = redis();
    await client.set(keys.counters('a'), 'one');
    expect(await client.get(keys.counters('a'))).toBe('one');
  });

  it('does what it was asked although a proxy loses its answer', async () => {
    const { client, keys, url } = redis();
    const proxy = await startTcpProxy(url);
    const faraway = await openTestRedis(proxy.url);
    try {
      expect(await faraway.incr(keys.counters('b'))).toBe(1);
      await proxy.set({ kind: 'cut-after-request' });
      await expect(faraway.incr(keys.counters('b'))).rejects.toThrow();
      expect(Number(await client.get(keys.counters('b')))).toBeGreaterThanOrEqual(2);
    } finally {
      faraway.disconnect();
      await proxy.close();
    }
  });
});
