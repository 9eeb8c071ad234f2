import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { VARIABLES } from '../../src/config/variables.ts';
import { checkEngines } from '../../src/container/check-engines.ts';
import { anId } from '../support/builders.ts';
import { aCall } from '../support/call.ts';
import { useDynamodb } from '../support/dynamodb.ts';
import { dynamodbEnv } from '../support/dynamodb-env.ts';
import type { TestServer } from '../support/http.ts';
import { aProgramInput, aServer } from '../support/http.ts';
import { useOwnRedis } from '../support/own-redis.ts';
import { useDatabase } from '../support/postgres.ts';

const PATIENT = { timeout: 60_000 };
const database = useDatabase();
const dynamodb = useDynamodb();
const redis = useOwnRedis();

interface Row {
  readonly variable: 'HOT_PROGRAM_STORE' | 'SEARCH_INDEX' | 'COUNTER_STORE' | 'ACTIVITY_STORE';
  readonly port: string;
  /** Calls of the HTTP API that come to the port. */
  readonly use: (http: TestServer) => Promise<void>;
  /** The port's operations that they take. */
  readonly operations: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    variable: 'HOT_PROGRAM_STORE',
    port: 'HotProgramStore',
    operations: ['get'],
    async use({ ask }) {
      const { json } = await ask('/health/ready');
      expect(json).toMatchObject({ status: 'ready', checks: { hotPrograms: 'up' } });
    },
  },
  {
    variable: 'SEARCH_INDEX',
    port: 'SearchIndex',
    operations: ['put', 'get', 'list'],
    async use({ ask, cradle }) {
      const contentId = anId();
      const category = anId('category');
      const payload = { title: 'A trailer', type: 'trailer', category, language: 'en' };
      const url = `/v1/search/documents/${contentId}`;
      expect((await ask({ method: 'PUT', url, payload })).status).toBe(201);
      expect((await ask(url)).json).toMatchObject({ contentId, title: 'A trailer' });
      // A list of a copy follows a moment later.
      await vi.waitFor(async () => {
        const { json } = await ask(`/v1/search/documents?category=${category}`);
        expect(json).toMatchObject({ items: [{ contentId }], nextCursor: null });
      }, 10_000);
      await vi.waitFor(async () => {
        const { headers } = await ask(url);
        expect(headers['x-mediamesh-source']).toBe(cradle.documentCopies === undefined ? 'catalog' : 'hot');
      }, 40_000);
    },
  },
  {
    variable: 'COUNTER_STORE',
    port: 'CounterStore',
    operations: ['consume', 'peek', 'reset'],
    async use({ ask }) {
      const key = anId('login');
      const payload = { key, limit: 2, windowSeconds: 3600, algorithm: 'sliding-window', cost: 2 };
      const check = async () => (await ask({ method: 'POST', url: '/v1/rate-limits/check', payload })).json;
      expect(await check()).toMatchObject({ allowed: true, remaining: 0 });
      expect(await check()).toMatchObject({ allowed: false, remaining: 0 });
      const peek = `/v1/rate-limits/${key}?limit=2&windowSeconds=3600&algorithm=sliding-window`;
      expect((await ask(peek)).json).toMatchObject({ allowed: false });
      expect((await ask({ method: 'DELETE', url: `/v1/rate-limits/${key}` })).status).toBe(204);
      expect(await check()).toMatchObject({ allowed: true });
    },
  },
  {
    variable: 'ACTIVITY_STORE',
    port: 'ActivityStore',
    operations: ['recordViews', 'recentlyViewed', 'trending'],
    async use({ ask }) {
      const programId = anId();
      const userId = anId('u');
      const category = anId('category');
      const program = aProgramInput(programId, { category });
      expect((await ask({ method: 'POST', url: '/v1/programs', payload: program })).status).toBe(201);
      const view = { userId, eventId: anId() };
      const url = `/v1/programs/${programId}/views`;
      const count = async () => (await ask({ method: 'POST', url, payload: view })).json.outcome;
      expect([await count(), await count()]).toEqual(['counted', 'duplicate']);
      const recent = await ask(`/v1/users/${userId}/recently-viewed`);
      expect(recent.json).toMatchObject({ items: [{ programId }] });
      const trending = await ask(`/v1/discovery/trending?category=${category}`);
      expect(trending.json).toMatchObject({ items: [{ programId }] });
    },
  },
];

/** Every cell that the configuration offers, each chosen by one variable. */
const CELLS = ROWS.flatMap((row) =>
  VARIABLES[row.variable].schema.options.map((adapter) => [row.variable, adapter, row] as const),
);

function settingsOf(variable: Row['variable'], adapter: string): Record<string, string> {
  // A search index in memory goes with a catalogue in memory alone.
  if (variable === 'SEARCH_INDEX' && adapter === 'memory') return { MEDIAMESH_MODE: 'memory' };
  return {
    MEDIAMESH_MODE: 'engines',
    DATABASE_URL: database().url,
    REDIS_URL: redis().url,
    REDIS_KEY_PREFIX: `${randomUUID()}:`,
    REDIS_COMMAND_TIMEOUT_MS: '10000',
    HOT_READ_TIMEOUT_MS: '10000',
    RATE_LIMIT_TIMEOUT_MS: '10000',
    ...dynamodbEnv(dynamodb()),
    [variable]: adapter,
  };
}

/** An index beside the truth is a copy, which is read in the phase that says so. */
async function readFromCopies({ cradle }: TestServer): Promise<void> {
  if (cradle.documentCopies === undefined) return;
  const change = { phase: 'primary', readPercent: 100, changedBy: 'test', reason: '' } as const;
  const { epoch } = await cradle.phaseStore.read('search', aCall());
  await cradle.phaseStore.change('search', epoch, change, aCall());
  await cradle.phaseWatch.start();
  cradle.relays.start();
}

/** What becomes of a document that is put, read and listed. */
const COPY_OPERATIONS = ['project', 'states', 'list'];

describe('each store on each engine, chosen by the environment alone', () => {
  it.each(CELLS)('%s=%s', PATIENT, async (variable, adapter, { port, use, operations }) => {
    const env = settingsOf(variable, adapter);
    const http = await aServer({ env, ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }) });
    try {
      await checkEngines(http.cradle);
      await readFromCopies(http);
      await use(http);
      const lines = (await http.ask('/metrics')).body.split('\n');
      const calls = lines.filter((line) => line.startsWith('mediamesh_port_call_duration_seconds_count{'));
      const isCopy = variable === 'SEARCH_INDEX' && http.cradle.documentCopies !== undefined;
      const all = calls.filter((line) => line.includes(`port="${port}"`));
      // Beside a copy there is its truth, which takes the writes.
      const ours = isCopy ? all.filter((line) => !line.includes('adapter="postgres"')) : all;
      for (const line of ours) expect(line).toContain(`adapter="${adapter}",outcome="ok"`);
      for (const operation of isCopy ? COPY_OPERATIONS : operations)
        expect(ours.join('\n')).toContain(`port="${port}",operation="${operation}"`);
    } finally {
      await http.dispose();
    }
  });
});
