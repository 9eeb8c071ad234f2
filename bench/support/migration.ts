import { setTimeout as sleep } from 'node:timers/promises';
import { asValue } from 'awilix';
import { loadConfig } from '../../src/config.ts';
import type { Cradle } from '../../src/container.ts';
import { createServiceContainer } from '../../src/container.ts';
import { createLog } from '../../src/log.ts';
import type { Call } from '../../src/ports/call.ts';
import type { HotProgramStore } from '../../src/ports/hot-program-store.ts';
import type { Phase } from '../../src/ports/phase-store.ts';
import type { BenchDynamodb } from './engines.ts';
import { openBenchDynamodb } from './engines.ts';
import type { BenchDatabase } from './postgres.ts';
import { openBenchDatabase } from './postgres.ts';

export const call: Call = { signal: new AbortController().signal };

export interface BenchMigration {
  readonly cradle: Cradle;
  readonly database: BenchDatabase;
  readonly dynamodb: BenchDynamodb;
  /** What a process needs to run on the same engines. */
  readonly env: Readonly<Record<string, string>>;
  /** Changes the control record of the programs, whatever stands in the way. */
  setPhase(phase: Phase, readPercent?: number): Promise<void>;
  /** Resolves when no mark waits. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** Postgres and DynamoDB of their own, with the service's container on them; nothing of it runs in the background yet. `watch` may stand before the hot store. */
export async function openBenchMigration(
  watch: (hot: HotProgramStore) => HotProgramStore = (hot) => hot,
): Promise<BenchMigration> {
  const database = await openBenchDatabase();
  const dynamodb = await openBenchDynamodb();
  const env = environment(database, dynamodb);
  const container = createServiceContainer({
    config: loadConfig(env),
    log: createLog('error'),
    databaseUrl: database.url,
  });
  const { hotProgramStore } = container.cradle;
  container.register({ hotProgramStore: asValue(watch(hotProgramStore)) });
  const { cradle } = container;
  return {
    cradle,
    database,
    dynamodb,
    env,
    async setPhase(phase, readPercent = 0) {
      const { epoch } = await cradle.phaseStore.read('programs', call);
      const change = { phase, readPercent, changedBy: 'benchmark', reason: '' };
      await cradle.phaseStore.change('programs', epoch, change, call);
    },
    async drained() {
      while ((await cradle.outbox.depth('programs', call)).pending > 0) await sleep(20);
    },
    async close() {
      await Promise.all([cradle.relays.stop(), cradle.jobWork.stop()]);
      await container.dispose();
      await dynamodb.close();
      await database.close();
    },
  };
}

function environment(database: BenchDatabase, { tables, endpoint }: BenchDynamodb): Record<string, string> {
  return {
    MEDIAMESH_MODE: 'engines',
    DATABASE_URL: database.url,
    COUNTER_STORE: 'memory',
    HOT_PROGRAM_STORE: 'dynamodb',
    AWS_REGION: process.env.AWS_REGION ?? 'us-east-1',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? 'local',
    AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
    DYNAMODB_DISCOVERY_TABLE: tables.discovery,
    DYNAMODB_SEARCH_TABLE: tables.search,
    DYNAMODB_RATE_LIMIT_TABLE: tables.rateLimits,
    DYNAMODB_ACTIVITY_TABLE: tables.activity,
    // A laptop's DynamoDB under full load is slower than the real one: time-outs are not what is measured.
    DYNAMODB_REQUEST_TIMEOUT_MS: '30000',
    DATABASE_STATEMENT_TIMEOUT_MS: '120000',
    DATABASE_CONNECT_TIMEOUT_MS: '60000',
    LOG_LEVEL: 'error',
    DEMO_CATALOG: 'off',
  };
}
