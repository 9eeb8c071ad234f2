import type { Logger } from 'pino';
import { checkTables, TablesNotReady } from '../adapters/dynamodb/provisioning/check.ts';
import { declareTables } from '../adapters/dynamodb/tables.ts';
import { checkRedis } from '../adapters/redis/check-server.ts';
import { whenReady } from '../adapters/redis/when-ready.ts';
import type { Config, RedisConfig } from '../config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engines } from './engines.ts';
import { dynamodbOf } from './engines.ts';
import { tablesInUse } from './operations/tables.ts';

const TIMEOUT_MS = 5000;
const LOG_LEVELS = { warning: 'warn', fault: 'error' } as const;

/** Clients that the configuration does not name are not asked for: there are none. */
export interface CheckedParts extends Pick<Engines, 'redis' | 'redisKeys' | 'dynamodb'> {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * Connects the service's clients and looks at the engines before it serves. One that is away does not keep it from starting, for
 * it may be one that the service can do without, and readiness tells; tables that are there and can not be worked with do.
 * @throws {TablesNotReady}
 */
export async function checkEngines(parts: CheckedParts): Promise<void> {
  const { redis } = parts.config;
  // Both to their end: whoever is told of a fault closes the clients.
  const checks = await Promise.allSettled([
    redis === undefined ? undefined : warnOfRedis(parts, redis),
    tablesInUse(parts.config).length === 0 ? undefined : refuseWrongTables(parts),
  ]);
  for (const check of checks) if (check.status === 'rejected') throw check.reason;
}

async function refuseWrongTables({ config, log, dynamodb: client }: CheckedParts): Promise<void> {
  const tables = declareTables(dynamodbOf(config).tables);
  const inUse = tablesInUse(config).map((role) => tables[role]);
  try {
    await checkTables({ client, call: { signal: AbortSignal.timeout(TIMEOUT_MS) } }, inUse);
  } catch (error) {
    if (error instanceof TablesNotReady) throw error;
    log.warn({ err: error }, 'the tables of DynamoDB could not be looked at: going on without');
  }
}

async function warnOfRedis(parts: CheckedParts, { cluster, connectTimeoutMs }: RedisConfig): Promise<void> {
  const { redis, redisKeys: keys, clock, log } = parts;
  try {
    await whenReady(redis, connectTimeoutMs);
    const call = { signal: AbortSignal.timeout(TIMEOUT_MS) };
    const deps = { clock, cluster, keys, keepsData: keepsViews(parts.config) };
    for (const { level, text, mend } of await checkRedis(redis, deps, call)) {
      if (level !== 'ok') log[LOG_LEVELS[level]]({ mend }, `Redis: ${text}`);
    }
  } catch (error) {
    log.warn({ err: error }, 'Redis could not be looked at: going on without');
  }
}

/** Whether Redis has what can not come again. */
export function keepsViews({ adapters }: Config): boolean {
  return adapters.activityStore === 'redis';
}
