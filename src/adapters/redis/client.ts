import { Cluster, Redis } from 'ioredis';
import { batchWrites } from './batch-writes.ts';
import type { RedisAddress } from './redis-url.ts';
import { readRedisUrl } from './redis-url.ts';

/** One server or a cluster: the adapters use what both can do. */
export type RedisClient = Redis | Cluster;

export interface RedisOptions {
  /** See {@link readRedisUrl}. */
  readonly url: string;
  /** Whether the URL names a node of a Redis Cluster, which then tells of the others; it is asked again and again. Default: no. */
  readonly cluster?: boolean;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  /** Hears of connections that break; the client connects again by itself, for ever. */
  readonly onError: (error: Error) => void;
  /** Whether the commands of one tick are sent together. Default: yes. */
  readonly batching?: boolean;
}

/** Where a time-out of TCP takes a quarter of an hour to see that a peer is gone, so many command time-outs are enough. */
const SILENT_TIMEOUTS = 5;
const SHORTEST_SILENCE_MS = 2_000;

const RETRY_BASE_MS = 50;
const RETRY_CAP_MS = 2_000;

const SLOTS_REFRESH_MS = 10_000;

/**
 * Opens a client and begins to connect; a call before that, or while the server is away, fails at once ({@link whenReady} waits).
 * No command is ever sent a second time by itself when it may have been applied: what is in flight when a connection breaks fails.
 * `disconnect()` closes it.
 */
export function openRedis(options: RedisOptions): RedisClient {
  const address = readRedisUrl(options.url);
  const client = options.cluster === true ? openCluster(options, address) : openServer(options, address);
  client.on('error', options.onError);
  return client;
}

function openServer(options: RedisOptions, address: RedisAddress): Redis {
  const client = new Redis({
    ...connectionOptions(options, address),
    host: address.host,
    port: address.port,
    db: address.database,
    enableOfflineQueue: false,
    retryStrategy: retryDelay,
  });
  if (options.batching !== false) client.on('connect', () => batchWrites(client.stream));
  return client;
}

function openCluster(options: RedisOptions, address: RedisAddress): Cluster {
  if (address.database !== 0) throw new Error('a Redis Cluster has database 0 only: leave it out of the URL');
  const client = new Cluster([{ host: address.host, port: address.port }], {
    redisOptions: connectionOptions(options, address),
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelay,
    // By default a command whose connection broke is sent again to another node, though it may have been applied.
    retryDelayOnFailover: 0,
    maxRedirections: 5,
    slotsRefreshTimeout: options.connectTimeoutMs,
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    // Certificates are made out to names: resolved to addresses first, none would fit.
    ...(address.tls && { dnsLookup: (host, done) => done(null, host) }),
  });
  client.on('node error', options.onError);
  if (options.batching !== false)
    client.on('+node', (node: Redis) => node.on('connect', () => batchWrites(node.stream)));
  return client;
}

function connectionOptions(options: RedisOptions, address: RedisAddress) {
  const { connectTimeoutMs, commandTimeoutMs } = options;
  return {
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.tls && { tls: {} }),
    connectionName: 'mediamesh',
    // What the scripts answer is the same in both, and 2 is what every server and proxy speaks.
    protocol: 2 as const,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    socketTimeout: Math.max(SILENT_TIMEOUTS * commandTimeoutMs, SHORTEST_SILENCE_MS),
    enableReadyCheck: true,
    enableAutoPipelining: false,
    // What is in flight when the connection breaks is rejected when so many attempts to connect again have failed. With 1, as
    // it was once, a first attempt that succeeds sends it again, or with `autoResendUnfulfilledCommands: false` forgets it, so
    // that the caller waits for its time-out (ioredis 6.0, redis/event_handler.js).
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A primary that has become a replica says so: the name may lead to the new one by now. The command itself fails.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
}

/** Exponential, capped, and of random length, so that instances do not come back all at once. */
function retryDelay(attempt: number): number {
  const longest = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(attempt, 10));
  return longest * (0.5 + Math.random() / 2);
}
