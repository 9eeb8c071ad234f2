import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { openDynamo } from '../adapters/dynamodb/client.ts';
import type { MemoryOutbox } from '../adapters/memory/outbox.ts';
import { createMemoryOutbox } from '../adapters/memory/outbox.ts';
import type { MemoryPhaseStore } from '../adapters/memory/phase-store.ts';
import { createMemoryPhaseStore } from '../adapters/memory/phase-store.ts';
import type { PooledDatabase } from '../adapters/postgres/database.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import type { Notifications } from '../adapters/postgres/notifications.ts';
import { openNotifications } from '../adapters/postgres/notifications.ts';
import type { Database } from '../adapters/postgres/tables.ts';
import type { RedisClient } from '../adapters/redis/client.ts';
import { openRedis } from '../adapters/redis/client.ts';
import type { RedisKeys } from '../adapters/redis/keys.ts';
import { createRedisKeys } from '../adapters/redis/keys.ts';
import type { Config, DatabaseConfig, DynamodbConfig, RedisConfig } from '../config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { nothingToDispose, singleton } from './registration.ts';
import { seldom } from './seldom.ts';

/** What the clients are opened with. Nothing is opened before a chosen adapter asks for it. */
export interface EngineNeeds {
  readonly config: Config;
  readonly databaseUrl: string | undefined;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** The clients of the engines. */
export interface Engines {
  readonly database: PooledDatabase;
  readonly replica: Kysely<Database> | undefined;
  readonly notifications: Notifications;
  readonly redis: RedisClient;
  readonly redisKeys: RedisKeys;
  readonly dynamodb: DynamoDBDocumentClient;
  /** Never repeats a request by itself: a repeated increment may count twice. */
  readonly dynamodbOnce: DynamoDBDocumentClient;
  readonly memoryOutbox: MemoryOutbox;
  readonly memoryPhases: MemoryPhaseStore;
}

export function engines() {
  return { ...databases(), ...redisClients(), ...dynamodbClients(), ...memory() };
}

function databases() {
  return {
    database: singleton(
      (needs: EngineNeeds) => openPostgres(needs, databaseOf(needs).url),
      (database) => database.destroy(),
    ),
    replica: singleton(
      (needs: EngineNeeds) => {
        const { replicaUrl } = databaseOf(needs);
        return replicaUrl === undefined ? undefined : openPostgres(needs, replicaUrl);
      },
      (replica) => replica?.destroy(),
    ),
    notifications: singleton(
      (needs: EngineNeeds) => {
        const { url: connectionString, connectTimeoutMs } = databaseOf(needs);
        const say = (error: Error) =>
          needs.log.warn({ err: error }, 'the connection for notifications of Postgres broke');
        return openNotifications({ connectionString, connectTimeoutMs, onError: seldom(needs.clock, say) });
      },
      (notifications) => notifications.close(),
    ),
  };
}

function redisClients() {
  return {
    redis: singleton(
      ({ config, log, clock }: EngineNeeds) => {
        const say = (error: Error) =>
          log.warn({ err: error }, 'there is no connection to Redis: trying again');
        return openRedis({ ...redisOf(config), onError: seldom(clock, say) });
      },
      (client) => client.disconnect(),
    ),
    redisKeys: singleton(
      ({ config }: EngineNeeds) => createRedisKeys(redisOf(config).keyPrefix),
      nothingToDispose,
    ),
  };
}

function dynamodbClients() {
  const open = ({ config, telemetry }: EngineNeeds, maxAttempts?: number) =>
    openDynamo({
      ...dynamodbOf(config),
      ...(maxAttempts !== undefined && { maxAttempts }),
      onCapacity: (use) => telemetry.consumed(use),
      onThrottled: ({ operation }) => telemetry.throttled(operation),
    });
  return {
    dynamodb: singleton(
      (needs: EngineNeeds) => open(needs),
      (client) => client.destroy(),
    ),
    dynamodbOnce: singleton(
      (needs: EngineNeeds) => open(needs, 1),
      (client) => client.destroy(),
    ),
  };
}

function memory() {
  return {
    memoryOutbox: singleton(
      ({ clock }: { readonly clock: Clock }) => createMemoryOutbox({ clock }),
      nothingToDispose,
    ),
    memoryPhases: singleton(
      ({ clock }: { readonly clock: Clock }) => createMemoryPhaseStore({ clock }),
      nothingToDispose,
    ),
  };
}

function openPostgres({ config, log }: EngineNeeds, connectionString: string): PooledDatabase {
  const { poolSize, ...limits } = config.database ?? missing('Postgres');
  return openDatabase({
    connectionString,
    maxConnections: poolSize,
    connectTimeoutMs: limits.connectTimeoutMs,
    statementTimeoutMs: limits.statementTimeoutMs,
    preparesStatements: limits.preparesStatements,
    onIdleError: (error) => log.warn({ err: error }, 'an idle connection to Postgres broke'),
  });
}

function databaseOf({ config, databaseUrl }: EngineNeeds): DatabaseConfig {
  const database = config.database ?? missing('Postgres');
  return { ...database, url: databaseUrl ?? missing('Postgres') };
}

export function redisOf(config: Config): RedisConfig {
  return config.redis ?? missing('Redis');
}

export function dynamodbOf(config: Config): DynamodbConfig {
  return config.dynamodb ?? missing('DynamoDB');
}

function missing(engine: string): never {
  throw new Error(`An adapter asks for ${engine}, but the configuration names none.`);
}
