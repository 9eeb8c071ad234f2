import { UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { aDraft, anId } from '../support/builders.ts';
import type { CliResult } from '../support/cli.ts';
import { runCli } from '../support/cli.ts';
import { useDynamodb } from '../support/dynamodb.ts';
import { dynamodbEnv } from '../support/dynamodb-env.ts';
import { useOwnRedis } from '../support/own-redis.ts';
import { useDatabase } from '../support/postgres.ts';
import { builtProgram } from '../support/programs/built-program.ts';
import { openTestRedis } from '../support/redis.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { startServer } from '../support/server-process.ts';
import { startTcpProxy } from '../support/tcp-proxy/tcp-proxy.ts';

const PATIENT = { timeout: 120_000 };
const REDIS_SETTINGS = ['--requirepass', 'redis-hunter2'] as const;

const database = useDatabase({ migrated: false });
const dynamodb = useDynamodb({ made: false });
const redis = useOwnRedis(...REDIS_SETTINGS);

const redisUrl = (port = redis().port) => `redis://:redis-hunter2@127.0.0.1:${port}`;

/** With a password in any case: a server that asks for none takes any. */
function databaseUrl(): string {
  const url = new URL(database().url);
  url.password ||= 'postgres-hunter2';
  return url.href;
}

const env = (changes: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  MEDIAMESH_MODE: 'engines',
  DATABASE_URL: databaseUrl(),
  REDIS_URL: redisUrl(),
  ...dynamodbEnv(dynamodb()),
  LOG_LEVEL: 'trace',
  ...changes,
});

/** Everything that any run of this file wrote. */
const written: string[] = [];
const running = new Set<ServerProcess>();

async function start(changes?: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await startServer(env(changes), await builtProgram('service'));
  running.add(server);
  return server;
}

async function stop(server: ServerProcess): Promise<void> {
  running.delete(server);
  server.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  written.push(server.output());
}

async function run(...args: readonly string[]): Promise<CliResult> {
  const result = await runCli(args, { env: env() });
  written.push(result.stdout, result.stderr);
  return result;
}

/** The lines of the log, without what is said to a person. */
function logOf(server: ServerProcess): readonly Record<string, unknown>[] {
  const lines = server.output().split('\n');
  return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map((line) => JSON.parse(line));
}

beforeAll(async () => {
  expect(await run('tables', 'apply')).toMatchObject({ code: EXIT.ok });
}, 60_000);

afterEach(async () => {
  for (const server of running) await stop(server);
  const all = written.join('\n');
  for (const secret of ['redis-hunter2', new URL(databaseUrl()).password]) expect(all).not.toContain(secret);
});

describe('the service on Postgres, Redis and DynamoDB', () => {
  it(
    'keeps programs, documents and views in Postgres, counters in Redis, and measures each',
    PATIENT,
    async () => {
      const { url } = await start();
      expect(await get(url, '/health/ready')).toEqual({
        status: 'ready',
        phase: 'off',
        checks: { catalog: 'up', hotPrograms: 'up', searchIndex: 'up', counters: 'up' },
      });

      const { programId, ...program } = aDraft({ title: anId('Zyzzyva') });
      expect((await send('PUT', url, `/v1/programs/${programId}`, program)).status).toBe(201);
      expect(await get(url, `/v1/programs/${programId}`)).toMatchObject({ programId, title: program.title });
      const searched = `/v1/search?q=${encodeURIComponent(program.title)}`;
      await vi.waitFor(async () => {
        expect(await get(url, searched)).toMatchObject({ items: [{ contentId: programId }] });
      }, 10_000);
      expect(await get(url, `/v1/search/documents/${programId}`)).toMatchObject({ title: program.title });

      const view = await send('POST', url, `/v1/programs/${programId}/views`, {
        userId: 'u-1',
        eventId: anId(),
      });
      expect(view.status).toBe(202);
      const { db } = database();
      const seen = db.selectFrom('recent_views').select('program_id').where('user_id', '=', 'u-1').execute();
      expect(await seen).toEqual([{ program_id: programId }]);

      const key = anId('login');
      const checks = [await check(url, key), await check(url, key)];
      expect(checks).toMatchObject([{ allowed: true }, { allowed: false }]);
      const client = await openTestRedis(redisUrl());
      // One of the service, and one of the API's own limits.
      expect((await client.keys('mediamesh:limit:*')).length).toBe(2);
      client.disconnect();

      const metrics = await (await fetch(`${url}/metrics`)).text();
      for (const labels of [
        'port="ProgramCatalog",operation="put",adapter="postgres",outcome="ok"',
        'port="ActivityStore",operation="recordViews",adapter="postgres",outcome="ok"',
        'port="CounterStore",operation="consume",adapter="redis",outcome="ok"',
        'port="HotProgramStore",operation="get",adapter="dynamodb",outcome="ok"',
      ])
        expect(metrics).toContain(`mediamesh_port_call_duration_seconds_count{${labels}}`);
      const { discovery } = dynamodb().tables;
      expect(metrics).toContain(
        `mediamesh_dynamodb_consumed_units_total{table="${discovery}",index="",operation="GetItem",unit="read"} 0.5`,
      );
    },
  );

  it('logs slow calls with operation and request, and never with values', PATIENT, async () => {
    const proxy = await startTcpProxy(redis().url);
    await proxy.set({ kind: 'delay', ms: 30 });
    const server = await start({
      REDIS_URL: redisUrl(Number(new URL(proxy.url).port)),
      SLOW_CALL_MS: '30',
      RATE_LIMIT_TIMEOUT_MS: '10000',
      RATE_LIMIT_MODE: 'off',
    });
    const { status, headers } = await send('POST', server.url, '/v1/rate-limits/check', {
      key: 'hunter3',
      limit: 5,
    });
    const requestId = headers.get('x-request-id');
    expect([status, requestId]).toEqual([200, expect.any(String)]);
    await vi.waitFor(() => {
      const slow = logOf(server).find((line) => line.operation === 'consume');
      expect(slow).toMatchObject({
        level: 40,
        port: 'CounterStore',
        adapter: 'redis',
        outcome: 'ok',
        requestId,
      });
      expect(slow?.durationMs).toBeGreaterThan(30);
    });
    expect(server.output()).not.toContain('hunter3');
    await stop(server);
    await proxy.close();
  });
});

describe('the start', () => {
  it('refuses a table whose time to live is off, and names the command that mends it', PATIENT, async () => {
    const { client, tables } = dynamodb();
    const TimeToLiveSpecification = { Enabled: false, AttributeName: 'ttl' };
    await client.send(new UpdateTimeToLiveCommand({ TableName: tables.discovery, TimeToLiveSpecification }));
    const refused = await run('serve');
    expect([refused.code, refused.stdout]).toEqual([EXIT.differs, '']);
    expect(refused.stderr).not.toContain('Redis could not');
    expect(refused.stderr).toContain(
      `- ${tables.discovery}: time to live: off (declared: ttl). To mend it: npx mediamesh tables apply\n`,
    );
    expect(await run('tables', 'apply')).toMatchObject({ code: EXIT.ok });
    const { url } = await start();
    expect(await get(url, '/health/ready')).toMatchObject({ status: 'ready' });
  });

  it('goes on without Redis, tells so, and has it as soon as it is back', PATIENT, async () => {
    await redis().stop();
    const server = await start();
    expect(await get(server.url, '/health/ready')).toMatchObject({
      status: 'degraded',
      checks: { catalog: 'up', hotPrograms: 'up', searchIndex: 'up', counters: 'down' },
    });
    expect(logOf(server)).toContainEqual(
      expect.objectContaining({ level: 40, msg: 'Redis could not be looked at: going on without' }),
    );
    const alone = { degraded: true, decidedBy: 'local' };
    expect(await check(server.url, anId())).toMatchObject({ allowed: true, ...alone });
    await redis().start(...REDIS_SETTINGS);
    await vi.waitFor(async () => {
      expect(await get(server.url, '/health/ready')).toMatchObject({ status: 'ready' });
    }, 20_000);
    await vi.waitFor(async () => {
      expect(await check(server.url, anId())).toMatchObject({ allowed: true, decidedBy: 'store' });
    }, 20_000);
  });

  it('goes on without DynamoDB and tells so', PATIENT, async () => {
    const server = await start({ AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    expect(await get(server.url, '/health/ready')).toMatchObject({
      status: 'degraded',
      checks: { catalog: 'up', hotPrograms: 'down', searchIndex: 'up', counters: 'up' },
    });
    const warning = 'the tables of DynamoDB could not be looked at: going on without';
    expect(logOf(server)).toContainEqual(expect.objectContaining({ level: 40, msg: warning }));
  });

  it('warns of a Redis that may drop counters', PATIENT, async () => {
    const client = await openTestRedis(redisUrl());
    await client.call('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    const server = await start();
    expect(logOf(server)).toContainEqual(
      expect.objectContaining({
        level: 40,
        msg: expect.stringContaining('Redis: maxmemory-policy allkeys-lru drops any key'),
        mend: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
      }),
    );
    await client.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    client.disconnect();
  });

  it.each([
    [
      'a password that is wrong',
      (url: URL) => Object.assign(url, { username: 'nobody', password: 'postgres-hunter3' }),
    ],
    ['nobody there', (url: URL) => Object.assign(url, { host: '127.0.0.1:9' })],
  ])('ends with 4 and one line with %s in DATABASE_URL', PATIENT, async (_, change) => {
    const url = change(new URL(databaseUrl()));
    const { code, stdout, stderr } = await runCli(['serve'], { env: env({ DATABASE_URL: url.href }) });
    expect([code, stdout]).toEqual([EXIT.unreachable, '']);
    expect(stderr).toMatch(/^mediamesh: .*\n$/);
    expect(stderr).not.toContain(url.password);
  });
});

async function get(url: string, path: string): Promise<unknown> {
  return (await fetch(url + path)).json();
}

function send(method: string, url: string, path: string, body: unknown): Promise<Response> {
  return fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function check(url: string, key: string): Promise<unknown> {
  return (await send('POST', url, '/v1/rate-limits/check', { key, limit: 1, windowSeconds: 3600 })).json();
}
