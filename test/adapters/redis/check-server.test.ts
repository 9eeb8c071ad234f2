import { describe, expect, it } from 'vitest';
import { checkRedis } from '../../../src/adapters/redis/check-server.ts';
import { createRedisKeys } from '../../../src/adapters/redis/keys.ts';
import { StoreUnavailable } from '../../../src/domain/errors.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { aCall, anAbortedCall } from '../../support/call.ts';
import { useOwnRedis } from '../../support/own-redis.ts';
import { aReadyRedisClient, untilBroken } from '../../support/redis-client.ts';
import { useRedisCluster } from '../../support/redis-cluster.ts';

const ours: Clock = { now: () => Date.now() };
const keys = createRedisKeys('mm:');

function bad(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ level }) => level !== 'ok');
}

describe('a look at a Redis server', () => {
  const redis = useOwnRedis('--appendonly', 'yes', '--appendfsync', 'everysec');

  async function look(settings: Readonly<Record<string, string>>, clock = ours, cluster = false) {
    const client = await aReadyRedisClient(redis().url);
    for (const [name, value] of Object.entries(settings)) await client.config('SET', name, value);
    return checkRedis(client, { clock, cluster, keys }, aCall());
  }

  it('finds nothing wrong with one that keeps all it is given', async () => {
    const findings = await look({});
    expect(bad(findings)).toEqual([]);
    expect(findings.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^version \d+\.\d+/),
      'is a single server',
      'takes writes',
      'drops no keys (maxmemory-policy noeviction)',
      'a crash loses the last two seconds at most (appendonly, appendfsync everysec)',
      'its clock agrees with ours to 1000 ms',
      'our keys can be read and written, and scripts run',
    ]);
    const client = await aReadyRedisClient(redis().url);
    expect(await client.dbsize()).toBe(0);
  });

  it.each([
    ['volatile-ttl', /volatile-ttl drops rate-limit counters and tombstones: units may pass twice/],
    ['volatile-lru', /volatile-lru drops rate-limit counters/],
    ['allkeys-lru', /allkeys-lru drops any key/],
  ])('warns of %s, which drops counters', async (policy, text) => {
    const settings = { maxmemory: '100mb', 'maxmemory-policy': policy };
    expect(bad(await look(settings))).toEqual([
      {
        level: 'warning',
        text: expect.stringMatching(text),
        mend: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
      },
    ]);
  });

  it('knows that without a limit nothing is dropped', async () => {
    expect(bad(await look({ maxmemory: '0', 'maxmemory-policy': 'allkeys-lru' }))).toEqual([]);
  });

  it('warns of one that is nearly full', async () => {
    const client = await aReadyRedisClient(redis().url);
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
    const settings = { maxmemory: `${Math.ceil(used * 1.1)}`, 'maxmemory-policy': 'noeviction' };
    expect(bad(await look(settings))).toEqual([
      expect.objectContaining({ level: 'warning', text: expect.stringMatching(/^has \d\d %/) }),
    ]);
    await client.config('SET', 'maxmemory', '0');
  });

  it.each([
    [{ appendfsync: 'no' }, /some 30 seconds \(appendfsync no\)/],
    [{ appendonly: 'no', save: '3600 1' }, /a crash loses what came after the last snapshot \(save 3600 1\)/],
    [{ appendonly: 'no', save: '' }, /loses everything/],
  ])('says what a crash loses with %j', async (settings, text) => {
    expect(bad(await look({ 'maxmemory-policy': 'noeviction', ...settings }))).toEqual([
      expect.objectContaining({ level: 'warning', text: expect.stringMatching(text) }),
    ]);
    await look({ appendonly: 'yes', appendfsync: 'always', save: '' });
  });

  it.each([
    [90_000, String.raw`its clock is \d{5} ms behind ours`],
    [-90_000, String.raw`its clock is \d{5} ms ahead of ours`],
  ])('warns of a clock that is %i ms off', async (offMs, text) => {
    const findings = await look({}, { now: () => Date.now() + offMs });
    expect(bad(findings)).toEqual([
      expect.objectContaining({ level: 'warning', text: expect.stringMatching(text) }),
    ]);
  });

  it('finds that a replica refuses writes, and that a single server is no cluster', async () => {
    const client = await aReadyRedisClient(redis().url);
    await client.call('REPLICAOF', '127.0.0.1', '1');
    const findings = await checkRedis(client, { clock: ours, cluster: false, keys }, aCall());
    const other = await aReadyRedisClient(redis().url);
    await other.call('REPLICAOF', 'NO', 'ONE');
    expect(bad(findings)).toEqual([
      { level: 'fault', text: 'is a replica and refuses writes', mend: 'point REDIS_URL at the primary' },
      {
        level: 'fault',
        text: expect.stringMatching(/^our keys can not be written: READONLY /),
        mend: 'point REDIS_URL at the primary',
      },
    ]);
    const found = await look({}, ours, true);
    expect(bad(found)).toEqual([expect.objectContaining({ level: 'fault', mend: 'set REDIS_CLUSTER=off' })]);
  });

  it('says of one that is full that it refuses writes', async () => {
    expect(bad(await look({ maxmemory: '1', 'maxmemory-policy': 'noeviction' }))).toEqual([
      expect.objectContaining({ level: 'warning', text: expect.stringContaining('of its memory in use') }),
      {
        level: 'fault',
        text: expect.stringMatching(/^our keys can not be written: .*OOM /),
        mend: 'raise maxmemory, or add nodes',
      },
    ]);
    await look({ maxmemory: '0' });
  });

  it('goes on where the user may not ask for the time, which counters need', async () => {
    const admin = await aReadyRedisClient(redis().url);
    await admin.call('ACL', 'SETUSER', 'reader', 'on', '>secret', '~mm:*', '+@read', '+ping', '+info');
    const client = await aReadyRedisClient(`redis://reader:secret@127.0.0.1:${redis().port}`);
    expect(bad(await checkRedis(client, { clock: ours, cluster: false, keys }, aCall()))).toEqual([
      {
        level: 'fault',
        text: 'TIME is not allowed: rate limits go by its clock',
        mend: expect.stringContaining('ACL SETUSER'),
      },
      {
        level: 'fault',
        text: expect.stringContaining('the user may not do what is needed: NOPERM'),
        mend: expect.stringContaining('ACL SETUSER'),
      },
    ]);
  });

  it('says what it may not ask, and what the user may not do', async () => {
    const admin = await aReadyRedisClient(redis().url);
    await admin.call('ACL', 'SETUSER', 'hosted', 'on', '>secret', '~mm:*', '+@all', '-config');
    await admin.call('ACL', 'SETUSER', 'narrow', 'on', '>secret', '~other:*', '+@all', '-info', '-config');
    const lookAs = async (user: string) => {
      const client = await aReadyRedisClient(`redis://${user}:secret@127.0.0.1:${redis().port}`);
      return bad(await checkRedis(client, { clock: ours, cluster: false, keys }, aCall()));
    };
    expect(await lookAs('hosted')).toEqual([]);
    expect(await lookAs('narrow')).toEqual([
      expect.objectContaining({ level: 'warning', text: expect.stringContaining('INFO is not allowed') }),
      expect.objectContaining({ level: 'fault', text: expect.stringContaining('may not do what is needed') }),
    ]);
  });

  it('raises the errors of the ports, and the reason of a call that was aborted', async () => {
    const client = await aReadyRedisClient(redis().url);
    const gone = anAbortedCall();
    await expect(checkRedis(client, { clock: ours, cluster: false }, gone)).rejects.toBe(gone.reason);
    client.disconnect();
    await untilBroken(client);
    const checking = checkRedis(client, { clock: ours, cluster: false }, aCall());
    await expect(checking).rejects.toThrow(StoreUnavailable);
  });
});

describe('a look at a Redis Cluster', () => {
  const redis = useRedisCluster();

  it('looks at each node', async () => {
    const { client, url } = redis();
    const findings = await checkRedis(client, { clock: ours, cluster: true, keys }, aCall());
    expect(findings).toContainEqual({ level: 'ok', text: `${new URL(url).host}: is a node of a cluster` });
    expect(findings).toContainEqual(
      expect.objectContaining({ text: expect.stringMatching(/loses everything/) }),
    );
  });

  it('finds that it is spoken to as a single server', async () => {
    const client = await aReadyRedisClient(redis().url);
    const findings = await checkRedis(client, { clock: ours, cluster: false }, aCall());
    expect(bad(findings)).toContainEqual(
      expect.objectContaining({ level: 'fault', mend: 'set REDIS_CLUSTER=on' }),
    );
  });
});
