import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { findFreePort } from '../../../src/adapters/postgres/embedded/free-port.ts';
import { withStoreErrors } from '../../../src/adapters/redis/store-errors.ts';
import { whenReady } from '../../../src/adapters/redis/when-ready.ts';
import { StoreRefused, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import { useOwnRedis } from '../../support/own-redis.ts';
import { aReadyRedisClient, aRedisClient, untilBroken } from '../../support/redis-client.ts';
import { makeCluster } from '../../support/redis-cluster.ts';
import { startTcpProxy } from '../../support/tcp-proxy/tcp-proxy.ts';

/** In one of the lower half of the slots. */
const KEY_OF_FIRST_NODE = 'b';

const CERTIFICATES = new URL('../../support/certificates/', import.meta.url);

describe('a client', () => {
  const redis = useOwnRedis();

  it('can be waited for, then calls work; one that is ready is not waited for', async () => {
    const client = aRedisClient(redis().url);
    await expect(withStoreErrors(() => client.get('k'))).rejects.toThrow(StoreUnavailable);
    await whenReady(client, 10_000);
    expect(await client.get('k')).toBeNull();
    await whenReady(client, 0);
  });

  it('fails at once while the server is away, hears why, and works again when it is back', async () => {
    const heard: Error[] = [];
    const client = await aReadyRedisClient(redis().url, { onError: (error) => heard.push(error) });
    await redis().stop();
    await untilBroken(client);
    const before = performance.now();
    await expect(withStoreErrors(() => client.get('k'))).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - before).toBeLessThan(100);
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    expect(heard[0]).toMatchObject({ code: 'ECONNREFUSED' });
    await redis().start();
    await whenReady(client, 10_000);
    expect(await client.set('k', 'v')).toBe('OK');
  });

  it('fails what is in flight when the connection breaks, at once, and never sends it again', async () => {
    const proxy = await startTcpProxy(redis().url);
    const client = await aReadyRedisClient(proxy.url);
    const direct = await aReadyRedisClient(redis().url);
    await direct.del('n', 'm');
    await proxy.set({ kind: 'cut-after-request' });
    const before = performance.now();
    const calls = [client.incr('n'), client.eval("return redis.call('INCR', KEYS[1])", 1, 'm')];
    for (const call of calls) await expect(withStoreErrors(() => call)).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - before).toBeLessThan(2_000);
    await proxy.set({ kind: 'pass' });
    await whenReady(client, 10_000);
    expect(await client.mget('n', 'm')).toEqual(['1', '1']);
    await proxy.close();
  });

  it('gives up a command that is not answered in time, and a connection that stays silent', async () => {
    const proxy = await startTcpProxy(redis().url);
    const client = await aReadyRedisClient(proxy.url, { commandTimeoutMs: 50 });
    await proxy.set({ kind: 'drop' });
    await expect(withStoreErrors(() => client.get('k'))).rejects.toThrow(StoreTimeout);
    expect(client.status).toBe('ready');
    await untilBroken(client);
    await proxy.close();
  });

  it('sends the commands of one tick together', async () => {
    const client = await aReadyRedisClient(redis().url);
    const reads = async () => Number(/total_reads_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
    const before = await reads();
    await Promise.all(Array.from({ length: 100 }, () => client.get('k')));
    expect((await reads()) - before).toBeLessThan(10);
  });

  it('says no more after it was closed', async () => {
    const heard: Error[] = [];
    const client = await aReadyRedisClient(redis().url, { onError: (error) => heard.push(error) });
    client.disconnect();
    await untilBroken(client);
    await expect(withStoreErrors(() => client.get('k'))).rejects.toThrow(StoreUnavailable);
    expect(heard).toEqual([]);
  });
});

describe('waiting for a server', () => {
  const redis = useOwnRedis('--requirepass', 'p%:@/word');

  it('that nobody runs ends when the time is over, and tells why', async () => {
    const client = aRedisClient(`redis://127.0.0.1:${await findFreePort()}`);
    const waiting = whenReady(client, 300);
    await expect(waiting).rejects.toMatchObject({
      code: 'store-unavailable',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it.each([
    ['no password', ''],
    ['a wrong password', ':wrong@'],
    ['an unknown user', 'nobody:p%25%3A%40%2Fword@'],
  ])('that %s does not open is refused at once', async (_, login) => {
    const client = aRedisClient(`redis://${login}127.0.0.1:${redis().port}`);
    await expect(whenReady(client, 10_000)).rejects.toThrow(StoreRefused);
  });

  it('with the right password ends; what a URL can not have is escaped', async () => {
    const client = await aReadyRedisClient(`redis://:p%25%3A%40%2Fword@127.0.0.1:${redis().port}/3`);
    expect(await client.client('INFO')).toMatch(/ db=3 /);
  });

  it('that is no cluster as one is refused', async () => {
    const url = `redis://:p%25%3A%40%2Fword@127.0.0.1:${redis().port}`;
    await expect(whenReady(aRedisClient(url, { cluster: true }), 10_000)).rejects.toThrow(StoreRefused);
  });
});

describe('a client of a cluster', () => {
  const redis = useOwnRedis();
  const other = useOwnRedis();

  /** Two nodes, the first of which, with the lower slots, is reached by way of a proxy. */
  async function aClusterBehindProxy() {
    const proxy = await startTcpProxy(redis().url);
    const cluster = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
    await redis().stop();
    await redis().start(...cluster, '--cluster-announce-port', new URL(proxy.url).port);
    await other().stop();
    await other().start(...cluster);
    await makeCluster(redis().port, other().port);
    return proxy;
  }

  it('sends nothing again that may have been applied, and works again when the node is back', async () => {
    const proxy = await aClusterBehindProxy();
    const client = await aReadyRedisClient(other().url, { cluster: true });
    const direct = await aReadyRedisClient(redis().url);
    expect(await direct.cluster('KEYSLOT', KEY_OF_FIRST_NODE)).toBeLessThan(8_192);
    await client.set(KEY_OF_FIRST_NODE, '0');
    const add = () => withStoreErrors(() => client.incr(KEY_OF_FIRST_NODE));
    await proxy.set({ kind: 'cut-after-request' });
    const adding = expect(add()).rejects.toThrow(StoreUnavailable);
    await expect.poll(() => direct.get(KEY_OF_FIRST_NODE)).toBe('1');
    await proxy.set({ kind: 'pass' });
    await adding;
    expect(await direct.get(KEY_OF_FIRST_NODE)).toBe('1');
    await expect.poll(() => add().catch(() => 0), { timeout: 10_000 }).toBe(2);
    await proxy.close();
  });

  it('has database 0 alone', () => {
    expect(() => aRedisClient('redis://127.0.0.1/1', { cluster: true })).toThrow(/database 0 only/);
  });
});

describe('TLS', () => {
  const certificate = ['--tls-cert-file', pathOf('localhost.crt'), '--tls-key-file', pathOf('localhost.key')];
  const redis = useOwnRedis();

  it('is spoken to rediss:// with a certificate that is trusted, and with no other', async () => {
    const port = await findFreePort();
    const settings = ['--tls-port', `${port}`, '--tls-auth-clients', 'no', ...certificate];
    await redis().stop();
    await redis().start(...settings);
    const url = `rediss://127.0.0.1:${port}`;
    await expect(whenReady(aRedisClient(url), 10_000)).rejects.toThrow(StoreRefused);
    const own = await readFile(new URL('localhost.crt', CERTIFICATES), 'utf8');
    setDefaultCACertificates([...getCACertificates('default'), own]);
    const client = await aReadyRedisClient(url);
    expect(await Promise.all([client.set('k', 'v'), client.get('k')])).toEqual(['OK', 'v']);
  });
});

function pathOf(name: string): string {
  return new URL(name, CERTIFICATES).pathname;
}
