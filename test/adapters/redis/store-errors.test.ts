import { describe, expect, it } from 'vitest';
import { openRedis } from '../../../src/adapters/redis/client.ts';
import { defineScript } from '../../../src/adapters/redis/script.ts';
import { withStoreErrors } from '../../../src/adapters/redis/store-errors.ts';
import { StoreRefused, StoreThrottled, StoreTimeout, StoreUnavailable } from '../../../src/domain/errors.ts';
import { aCall } from '../../support/call.ts';
import { useOwnRedis } from '../../support/own-redis.ts';
import { aReadyRedisClient } from '../../support/redis-client.ts';

type ErrorClass = new (...args: never) => Error;

const BY_TEXT: readonly (readonly [text: string, error: ErrorClass])[] = [
  ['Command timed out', StoreTimeout],
  ['Connection is closed.', StoreUnavailable],
  ["Stream isn't writeable and enableOfflineQueue options is false", StoreUnavailable],
  ['Reached the max retries per request limit (which is 0). Refer to ...', StoreUnavailable],
  ['Command aborted due to connection close', StoreUnavailable],
  ["Cluster isn't ready and enableOfflineQueue options is false", StoreUnavailable],
  ['Cluster is ended.', StoreUnavailable],
  ['Cluster is disconnected.', StoreUnavailable],
  ['None of startup nodes is available', StoreUnavailable],
  ['Failed to refresh slots cache.', StoreUnavailable],
  ['Too many Cluster redirections. Last error: Error: TRYAGAIN ...', StoreUnavailable],
  ['LOADING Redis is loading the dataset in memory', StoreUnavailable],
  ['CLUSTERDOWN The cluster is down', StoreUnavailable],
  ['CLUSTERDOWN Hash slot not served', StoreUnavailable],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", StoreUnavailable],
  ["READONLY You can't write against a read only replica.", StoreUnavailable],
  ["READONLY You can't write against a read only replica. script: ab, on @user_script:1.", StoreUnavailable],
  [
    "ERR Error running script (call to f_ab): @user_script:3: -READONLY You can't write against a read only replica.",
    StoreUnavailable,
  ],
  ['TRYAGAIN Multiple keys request during rehashing of slot', StoreUnavailable],
  ['ASK 12182 10.0.0.7:6379', StoreUnavailable],
  ['ERR Script attempted to access a non local key in a cluster node script: ab', StoreUnavailable],
  ['BUSY Redis is busy running a script.', StoreUnavailable],
  ['MISCONF Redis is configured to save RDB snapshots, but ...', StoreUnavailable],
  ['NOREPLICAS Not enough good replicas to write.', StoreUnavailable],
  ['ERR max number of clients reached', StoreUnavailable],
  ["OOM command not allowed when used memory > 'maxmemory'.", StoreThrottled],
  [
    "ERR Error running script (call to f_ab): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",
    StoreThrottled,
  ],
  ['NOAUTH Authentication required.', StoreRefused],
  ['WRONGPASS invalid username-password pair or user is disabled.', StoreRefused],
  ["NOPERM this user has no permissions to run the 'get' command", StoreRefused],
  ["ERR The user executing the script can't run this command or subcommand", StoreRefused],
  ['ERR This instance has cluster support disabled', StoreRefused],
  ['MOVED 12182 10.0.0.7:6379', StoreRefused],
];

const BY_CODE: readonly (readonly [code: string, error: ErrorClass])[] = [
  ['ECONNREFUSED', StoreUnavailable],
  ['ECONNRESET', StoreUnavailable],
  ['EPIPE', StoreUnavailable],
  ['ETIMEDOUT', StoreUnavailable],
  ['ENOTFOUND', StoreUnavailable],
  ['EAI_AGAIN', StoreUnavailable],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', StoreRefused],
  ['CERT_HAS_EXPIRED', StoreRefused],
  ['ERR_TLS_CERT_ALTNAME_INVALID', StoreRefused],
  ['ERR_SSL_WRONG_VERSION_NUMBER', StoreRefused],
];

function raised(native: Error): Promise<unknown> {
  return withStoreErrors(() => Promise.reject(native)).catch((error: unknown) => error);
}

describe('an error of Redis or its driver', () => {
  it.each(BY_TEXT)('%j is translated', async (text, expected) => {
    const native = new Error(text);
    const error = await raised(native);
    expect(error).toBeInstanceOf(expected);
    expect(error).toHaveProperty('cause', native);
  });

  it.each(BY_CODE)('with the code %s is translated', async (code, expected) => {
    const native = Object.assign(new Error('something'), { code });
    expect(await raised(native)).toBeInstanceOf(expected);
  });

  it.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    "CROSSSLOT Keys in request don't hash to the same slot",
    'NOSCRIPT No matching script.',
    'ERR syntax error',
    'ERR wrong number of arguments',
    'something about READONLY and OOM ',
    '',
  ])('%j goes through', async (text) => {
    const native = new Error(text);
    expect(await raised(native)).toBe(native);
  });

  it('tells the command, and not its values, which would be logged', async () => {
    const command = { name: 'set', args: ['key', 'value'] };
    const native = Object.assign(new Error('ERR syntax error'), { command });
    expect(await raised(native)).toHaveProperty('command', { name: 'set' });
  });

  it('is the reason of the signal once the call is aborted, whatever that looks like', async () => {
    const reason = Object.assign(new Error('read'), { code: 'ECONNRESET' });
    const run = () => Promise.reject(new Error('Connection is closed.'));
    await expect(withStoreErrors(run, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('errors of a real server', () => {
  const redis = useOwnRedis();

  const fill = defineScript({
    name: 'fill',
    keys: 1,
    lua: "redis.call('SET', KEYS[1], string.rep('x', 1000))",
  });

  it('a server that is busy with a script is unavailable', async () => {
    const [client, other] = [await aReadyRedisClient(redis().url), await aReadyRedisClient(redis().url)];
    await other.config('SET', 'busy-reply-threshold', '10');
    const endless = other.eval('while true do end', 0).catch((error: unknown) => error);
    await expect
      .poll(() => withStoreErrors(() => client.get('k')).catch((error: unknown) => error))
      .toBeInstanceOf(StoreUnavailable);
    await client.script('KILL');
    await endless;
  });

  it('a server that does not answer in time is a time-out, and what it was sent may still be done', async () => {
    const client = await aReadyRedisClient(redis().url, { commandTimeoutMs: 100 });
    const other = await aReadyRedisClient(redis().url);
    await other.client('PAUSE', 400);
    await expect(withStoreErrors(() => client.incr('late'))).rejects.toThrow(StoreTimeout);
    await expect.poll(() => other.get('late')).toBe('1');
  });

  it('a server that is full is throttled, also in a script, which then has changed nothing', async () => {
    const client = await aReadyRedisClient(redis().url);
    await client.config('SET', 'maxmemory', '1');
    await expect(withStoreErrors(() => client.set('k', 'v'))).rejects.toThrow(StoreThrottled);
    await expect(withStoreErrors(() => fill(client, ['full'], [], aCall()))).rejects.toThrow(StoreThrottled);
    await client.config('SET', 'maxmemory', '0');
    expect(await client.get('full')).toBeNull();
  });

  it('a user that may not is refused, also in a script', async () => {
    const admin = await aReadyRedisClient(redis().url);
    await admin.call('ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '+@all', '-set', '-incr');
    const client = await aReadyRedisClient(`redis://reader:secret@127.0.0.1:${redis().port}`);
    await expect(withStoreErrors(() => client.incr('k'))).rejects.toThrow(StoreRefused);
    await expect(withStoreErrors(() => fill(client, ['k'], [], aCall()))).rejects.toThrow(StoreRefused);
  });

  it('a replica that is written to is unavailable', async () => {
    const client = await aReadyRedisClient(redis().url);
    await client.call('REPLICAOF', '127.0.0.1', '1');
    await expect(withStoreErrors(() => fill(client, ['k'], [], aCall()))).rejects.toThrow(StoreUnavailable);
    const other = await aReadyRedisClient(redis().url);
    await other.call('REPLICAOF', 'NO', 'ONE');
  });

  it('an unknown host is unavailable', async () => {
    const heard = Promise.withResolvers<Error>();
    const client = openRedis({
      url: 'redis://no-such-host.invalid',
      connectTimeoutMs: 1_000,
      commandTimeoutMs: 1_000,
      onError: heard.resolve,
    });
    const error = await heard.promise;
    client.disconnect();
    await expect(withStoreErrors(() => Promise.reject(error))).rejects.toThrow(StoreUnavailable);
  });
});
