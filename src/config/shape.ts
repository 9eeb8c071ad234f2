import { resolve } from 'node:path';
import type { MigrationBounds } from '../domain/migration/thresholds.ts';
import type { Migrated, Phase } from '../ports/phase-store.ts';
import type { RateLimitsConfig } from './rate-limits.ts';
import { toRateLimits } from './rate-limits.ts';
import type { Mode } from './variable.ts';
import type { Values } from './variables.ts';

/** The configuration of the process: checked, complete and frozen. */
export interface Config {
  readonly mode: Mode;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly handlerTimeoutMs: number;
    readonly shutdownGraceMs: number;
    readonly responseCacheBytes: number;
    readonly trustedProxies: readonly string[];
  };
  /** Absolute. */
  readonly dataDir: string;
  readonly demoCatalog: boolean;
  readonly adapters: AdaptersConfig;
  readonly migration: MigrationConfig;
  /** Whether this instance relays to copies and works on jobs. */
  readonly relay: boolean;
  /** No database at all when nothing needs one; likewise the other engines. */
  readonly database: DatabaseConfig | undefined;
  readonly redis: RedisConfig | undefined;
  readonly dynamodb: DynamodbConfig | undefined;
  readonly counterMaxKeys: number;
  readonly rateLimits: RateLimitsConfig;
  readonly viewRollUpMs: number;
  readonly slowCallMs: number;
  readonly logLevel: Values['LOG_LEVEL'];
  /** Things that are not wrong but probably not meant. */
  readonly warnings: readonly string[];
}

/** Which adapter stands behind each port. */
export interface AdaptersConfig {
  readonly programCatalog: Values['PROGRAM_CATALOG'];
  readonly hotProgramStore: Values['HOT_PROGRAM_STORE'];
  readonly searchIndex: Values['SEARCH_INDEX'];
  readonly textSearch: Values['TEXT_SEARCH'];
  readonly activityStore: Values['ACTIVITY_STORE'];
  readonly counterStore: Values['COUNTER_STORE'];
}

export interface MigrationConfig extends MigrationBounds {
  /** Of a control record that was never changed. */
  readonly firstPhase: Readonly<Record<Migrated, Phase>>;
  /** Which programs the hot store keeps. */
  readonly scope: Values['HOT_PROGRAM_SCOPE'];
  readonly minViews: number;
  readonly fallbackMaxConcurrent: number;
  readonly shadowReadPercent: number;
}

export interface DatabaseConfig {
  /** `embedded` or a connection string. */
  readonly url: string;
  readonly replicaUrl: string | undefined;
  readonly poolSize: number;
  readonly preparesStatements: boolean;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

export interface RedisConfig {
  readonly url: string;
  readonly cluster: boolean;
  readonly keyPrefix: string;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
}

export interface DynamodbConfig {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxAttempts: number;
  readonly maxConnections: number;
  readonly tables: Readonly<Record<'discovery' | 'search' | 'rateLimits' | 'activity', string>>;
  readonly indexShards: number;
  readonly provisioning: ProvisioningConfig;
}

export interface ProvisioningConfig {
  readonly billingMode: Values['DYNAMODB_BILLING_MODE'];
  readonly maxReadUnits: number | undefined;
  readonly maxWriteUnits: number | undefined;
  readonly readUnits: Values['DYNAMODB_PROVISIONED_READ_UNITS'];
  readonly writeUnits: Values['DYNAMODB_PROVISIONED_WRITE_UNITS'];
  readonly targetUtilization: number;
  readonly deletionProtection: boolean;
  readonly pointInTimeRecovery: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export function toConfig(values: Values, warnings: readonly string[]): Config {
  const adapters = toAdapters(values);
  const uses = (engine: 'postgres' | 'redis') => Object.values(adapters).includes(engine);
  return {
    mode: values.MEDIAMESH_MODE,
    http: {
      host: values.HOST,
      port: values.PORT,
      handlerTimeoutMs: values.HANDLER_TIMEOUT_MS,
      shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
      responseCacheBytes: values.RESPONSE_CACHE_BYTES,
      trustedProxies: values.TRUSTED_PROXIES ?? [],
    },
    dataDir: resolve(values.DATA_DIR),
    demoCatalog: values.DEMO_CATALOG === 'on',
    adapters,
    migration: toMigration(values),
    relay: values.RELAY === 'on',
    database: uses('postgres') ? toDatabase(values) : undefined,
    redis: uses('redis') ? toRedis(values) : undefined,
    // The commands for tables work before any store uses them.
    dynamodb: values.AWS_REGION === undefined ? undefined : toDynamodb(values, values.AWS_REGION),
    counterMaxKeys: values.COUNTER_MAX_KEYS,
    rateLimits: toRateLimits(values),
    viewRollUpMs: values.VIEW_ROLL_UP_SECONDS * 1000,
    slowCallMs: values.SLOW_CALL_MS,
    logLevel: values.LOG_LEVEL,
    warnings,
  };
}

function toAdapters(values: Values): AdaptersConfig {
  return {
    programCatalog: values.PROGRAM_CATALOG,
    hotProgramStore: values.HOT_PROGRAM_STORE,
    searchIndex: values.SEARCH_INDEX,
    textSearch: values.TEXT_SEARCH,
    activityStore: values.ACTIVITY_STORE,
    counterStore: values.COUNTER_STORE,
  };
}

function toMigration(values: Values): MigrationConfig {
  return {
    firstPhase: {
      programs: values.MIGRATION_PHASE_PROGRAMS ?? values.MIGRATION_PHASE,
      search: values.MIGRATION_PHASE_SEARCH ?? values.MIGRATION_PHASE,
    },
    scope: values.HOT_PROGRAM_SCOPE,
    minViews: values.HOT_PROGRAM_MIN_VIEWS,
    copyReadTimeoutMs: values.HOT_READ_TIMEOUT_MS,
    fallbackMaxConcurrent: values.FALLBACK_MAX_CONCURRENT,
    shadowReadPercent: values.SHADOW_READ_PERCENT,
    maxLagMs: values.MIGRATION_MAX_LAG_MS,
    soakMs: values.MIGRATION_SOAK_SECONDS * 1000,
    minComparisons: values.MIGRATION_MIN_COMPARISONS,
  };
}

function toDatabase(values: Values): DatabaseConfig {
  return {
    url: values.DATABASE_URL ?? 'embedded',
    replicaUrl: values.DATABASE_REPLICA_URL,
    poolSize: values.DATABASE_POOL_SIZE,
    preparesStatements: values.DATABASE_PREPARED_STATEMENTS === 'on',
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT_MS,
    statementTimeoutMs: values.DATABASE_STATEMENT_TIMEOUT_MS,
  };
}

function toRedis(values: Values): RedisConfig {
  return {
    url: values.REDIS_URL ?? '',
    cluster: values.REDIS_CLUSTER === 'on',
    keyPrefix: values.REDIS_KEY_PREFIX,
    connectTimeoutMs: values.REDIS_CONNECT_TIMEOUT_MS,
    commandTimeoutMs: values.REDIS_COMMAND_TIMEOUT_MS,
  };
}

function toDynamodb(values: Values, region: string): DynamodbConfig {
  return {
    region,
    endpoint: values.AWS_ENDPOINT_URL_DYNAMODB ?? values.AWS_ENDPOINT_URL,
    connectTimeoutMs: values.DYNAMODB_CONNECT_TIMEOUT_MS,
    requestTimeoutMs: values.DYNAMODB_REQUEST_TIMEOUT_MS,
    maxAttempts: values.DYNAMODB_MAX_ATTEMPTS,
    maxConnections: values.DYNAMODB_MAX_CONNECTIONS,
    tables: {
      discovery: values.DYNAMODB_DISCOVERY_TABLE,
      search: values.DYNAMODB_SEARCH_TABLE,
      rateLimits: values.DYNAMODB_RATE_LIMIT_TABLE,
      activity: values.DYNAMODB_ACTIVITY_TABLE,
    },
    indexShards: values.DYNAMODB_INDEX_SHARDS,
    provisioning: {
      billingMode: values.DYNAMODB_BILLING_MODE,
      maxReadUnits: values.DYNAMODB_MAX_READ_UNITS,
      maxWriteUnits: values.DYNAMODB_MAX_WRITE_UNITS,
      readUnits: values.DYNAMODB_PROVISIONED_READ_UNITS,
      writeUnits: values.DYNAMODB_PROVISIONED_WRITE_UNITS,
      targetUtilization: values.DYNAMODB_TARGET_UTILIZATION,
      deletionProtection: values.DYNAMODB_DELETION_PROTECTION === 'on',
      pointInTimeRecovery: values.DYNAMODB_POINT_IN_TIME_RECOVERY === 'on',
      tags: values.DYNAMODB_TAGS ?? {},
    },
  };
}
