import type { Logger } from 'pino';
import { checkDynamodb } from '../../adapters/dynamodb/check-server.ts';
import { openDynamo } from '../../adapters/dynamodb/client.ts';
import { declareTables } from '../../adapters/dynamodb/tables.ts';
import { checkPostgres } from '../../adapters/postgres/check-server.ts';
import { openDatabase } from '../../adapters/postgres/database.ts';
import { checkRedis } from '../../adapters/redis/check-server.ts';
import { openRedis } from '../../adapters/redis/client.ts';
import { createRedisKeys } from '../../adapters/redis/keys.ts';
import { whenReady } from '../../adapters/redis/when-ready.ts';
import { createSystemClock } from '../../adapters/system/system-clock.ts';
import type { Config, DatabaseConfig } from '../../config.ts';
import { StoreTimeout } from '../../domain/errors.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Call } from '../../ports/call.ts';
import { keepsViews } from '../check-engines.ts';
import { reachEngine } from '../engine.ts';
import { dynamodbOf, redisOf } from '../engines.ts';
import { tablesInUse } from './tables.ts';

/** What was found out about one engine. */
export interface Examination {
  /** Such as `Postgres` or `DynamoDB`. */
  readonly engine: string;
  /** Where the configuration says how to reach it; absent: nowhere. */
  readonly settings?: string;
  readonly findings: readonly Finding[];
  /** Why it could not be examined. */
  readonly error?: unknown;
}

interface Check {
  readonly engine: string;
  readonly settings: string;
  readonly run: (call: Call) => Promise<readonly Finding[]>;
}

const TIMEOUT_MS = 15_000;
const clock = createSystemClock();

/** Examines every engine that the configuration uses, one after the other; changes nothing. */
export async function* examine(config: Config, log: Logger): AsyncGenerator<Examination> {
  for (const { engine, settings, run } of checksOf(config, log)) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const reasonOf = (error: unknown) => (error === signal.reason ? new StoreTimeout(engine, error) : error);
    yield await run({ signal }).then(
      (findings) => ({ engine, settings, findings }),
      (error: unknown) => ({ engine, settings, findings: [], error: reasonOf(error) }),
    );
  }
}

function checksOf(config: Config, log: Logger): readonly Check[] {
  const { database, redis } = config;
  return [
    ...(database === undefined ? [] : [postgresCheck(config, database, log)]),
    ...(database?.replicaUrl === undefined ? [] : [replicaCheck(database, database.replicaUrl)]),
    ...(redis === undefined ? [] : [redisCheck(config)]),
    ...(tablesInUse(config).length === 0 ? [] : [dynamodbCheck(config)]),
  ];
}

function postgresCheck(config: Config, database: DatabaseConfig, log: Logger): Check {
  const run = async (call: Call) => {
    const engine = await reachEngine(config, log);
    try {
      return await checkServer(database, engine.databaseUrl ?? '', call);
    } finally {
      await engine.stop();
    }
  };
  return { engine: 'Postgres', settings: 'DATABASE_URL', run };
}

/** Of a replica only its being there matters: it is read alone. */
function replicaCheck(database: DatabaseConfig, url: string): Check {
  const run = async (call: Call): Promise<readonly Finding[]> => {
    const findings = await checkServer(database, url, call);
    return findings.filter(({ mend = '' }) => !mend.includes('DATABASE_REPLICA_URL'));
  };
  return { engine: 'Postgres replica', settings: 'DATABASE_REPLICA_URL', run };
}

async function checkServer(
  { connectTimeoutMs, statementTimeoutMs }: DatabaseConfig,
  connectionString: string,
  call: Call,
): Promise<readonly Finding[]> {
  const onIdleError = () => undefined;
  const db = openDatabase({
    ...{ connectionString, connectTimeoutMs, statementTimeoutMs, onIdleError },
    maxConnections: 1,
  });
  try {
    return await checkPostgres({ db, clock }, call);
  } finally {
    await db.destroy();
  }
}

function redisCheck(config: Config): Check {
  const run = async (call: Call) => {
    const settings = redisOf(config);
    const client = openRedis({ ...settings, onError: () => undefined });
    try {
      await whenReady(client, settings.connectTimeoutMs);
      const keys = createRedisKeys(settings.keyPrefix);
      const { cluster } = settings;
      return await checkRedis(client, { clock, cluster, keys, keepsData: keepsViews(config) }, call);
    } finally {
      client.disconnect();
    }
  };
  return { engine: 'Redis', settings: 'REDIS_URL and REDIS_CLUSTER', run };
}

function dynamodbCheck(config: Config): Check {
  const run = async (call: Call) => {
    const client = openDynamo(dynamodbOf(config));
    const declared = declareTables(dynamodbOf(config).tables);
    const tables = tablesInUse(config).map((role) => ({ ...declared[role], role }));
    try {
      return await checkDynamodb({ client, tables, clock }, call);
    } finally {
      client.destroy();
    }
  };
  const settings = 'AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB and the AWS credentials';
  return { engine: 'DynamoDB', settings, run };
}
