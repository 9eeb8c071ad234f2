import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { declareTables } from '../../src/adapters/dynamodb/tables.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCli } from '../support/cli.ts';
import { useDynamodb } from '../support/dynamodb.ts';
import { dynamodbEnv } from '../support/dynamodb-env.ts';
import { createTables } from '../support/dynamodb-tables.ts';
import { useOwnRedis } from '../support/own-redis.ts';
import { freshDatabase, useDatabase } from '../support/postgres.ts';
import { openTestRedis } from '../support/redis.ts';

const PATIENT = { timeout: 60_000 };
const database = useDatabase();
const dynamodb = useDynamodb();
const redis = useOwnRedis('--appendonly', 'yes', '--requirepass', 'hunter2');

const redisUrl = () => `redis://:hunter2@127.0.0.1:${redis().port}`;

const doctor = (args: readonly string[] = [], changes: Readonly<Record<string, string>> = {}) =>
  runCli(['doctor', ...args], {
    env: {
      MEDIAMESH_MODE: 'engines',
      DATABASE_URL: database().url,
      REDIS_URL: redisUrl(),
      ...{ REDIS_CONNECT_TIMEOUT_MS: '10000', REDIS_COMMAND_TIMEOUT_MS: '10000' },
      ...dynamodbEnv(dynamodb()),
      ...changes,
    },
  });

interface Finding {
  readonly level: string;
  readonly text: string;
  readonly mend?: string;
}

type Findings = Readonly<Record<string, readonly Finding[]>>;

async function examine(changes: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await doctor(['--json'], changes);
  expect([stderr, stdout.includes('hunter2')]).toEqual(['', false]);
  const { engines } = JSON.parse(stdout) as { engines: { engine: string; findings: Finding[] }[] };
  const findings: Findings = Object.fromEntries(engines.map((each) => [each.engine, each.findings]));
  return { code, findings };
}

const levels = (findings: readonly Finding[] | undefined) => new Set(findings?.map(({ level }) => level));

describe('mediamesh doctor', () => {
  it('has a line for each thing that is right, engine by engine, and ends with 0', PATIENT, async () => {
    const { code, stdout, stderr } = await doctor();
    const lines = stdout.trim().split('\n');
    const engines = lines.filter((line) => !line.startsWith(' '));
    expect(engines).toEqual(['Configuration', 'Postgres', 'Redis', 'DynamoDB']);
    const rest = lines.filter((line) => line.startsWith(' '));
    expect(rest.filter((line) => !line.startsWith('  ok       '))).toEqual([]);
    const { discovery } = dynamodb().tables;
    for (const text of ['mode engines', 'PostgreSQL ', 'the schema is up to date', 'noeviction', discovery])
      expect(stdout).toContain(text);
    expect([code, stderr, stdout.includes('hunter2')]).toEqual([EXIT.ok, '', false]);
  });

  it('warns of a Redis that may drop counters, and says what to do', PATIENT, async () => {
    const client = await openTestRedis(redisUrl());
    const set = (...settings: string[]) => client.call('CONFIG', 'SET', ...settings);
    await set('maxmemory', '100mb');
    await set('maxmemory-policy', 'allkeys-lru');
    const { code, findings } = await examine();
    expect(code).toBe(EXIT.ok);
    expect(findings.Redis).toContainEqual({
      level: 'warning',
      text: expect.stringContaining('maxmemory-policy allkeys-lru drops any key'),
      mend: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
    });
    await set('maxmemory-policy', 'noeviction');
    expect(levels((await examine()).findings.Redis)).toEqual(new Set(['ok']));
    client.disconnect();
  });

  it('finds the fault of a missing table, and names the command that makes it', PATIENT, async () => {
    const { client, tables } = dynamodb();
    await client.send(new DeleteTableCommand({ TableName: tables.discovery }));
    const { code, stdout } = await doctor();
    expect(code).toBe(EXIT.error);
    expect(stdout).toContain(
      `  fault    ${tables.discovery}: table is missing\n           to mend it: npx mediamesh tables apply\n`,
    );
    await createTables(client, [declareTables(tables).discovery]);
    expect((await examine()).code).toBe(EXIT.ok);
  });

  it('warns of a schema that is not up to date', PATIENT, async () => {
    const { url, close } = await freshDatabase({ migrated: false });
    const { code, findings } = await examine({ DATABASE_URL: url });
    await close();
    expect(code).toBe(EXIT.ok);
    expect(findings.Postgres).toContainEqual({
      level: 'warning',
      text: expect.stringMatching(/^the schema lacks 0001-/),
      mend: expect.stringContaining('npx mediamesh db migrate'),
    });
  });

  it.each([
    ['Postgres', { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/films' }, 'DATABASE_URL'],
    ['Postgres replica', { DATABASE_REPLICA_URL: 'postgres://127.0.0.1:9/films' }, 'DATABASE_REPLICA_URL'],
    ['Redis', { REDIS_URL: 'redis://:hunter2@127.0.0.1:9', REDIS_CONNECT_TIMEOUT_MS: '500' }, 'REDIS_URL'],
    ['DynamoDB', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' }, 'AWS_ENDPOINT_URL_DYNAMODB'],
  ])(
    'ends with 4 when %s is down, and examines the others all the same',
    PATIENT,
    async (engine, changes, setting) => {
      const { code, findings } = await examine(changes as Record<string, string>);
      expect(code).toBe(EXIT.unreachable);
      const { [engine]: found, ...others } = findings;
      expect(found).toEqual([
        {
          level: 'fault',
          text: expect.stringContaining('127.0.0.1:9: nothing answers there'),
          mend: expect.stringContaining(setting),
        },
      ]);
      expect(Object.keys(others).length).toBeGreaterThanOrEqual(3);
      for (const each of Object.values(others)) expect(levels(each)).toEqual(new Set(['ok']));
    },
  );

  it('ends with 4 when an engine does not let us in, and says so', PATIENT, async () => {
    const { code, findings } = await examine({ REDIS_URL: redisUrl().replace('hunter2', 'wrong') });
    expect(code).toBe(EXIT.unreachable);
    expect(findings.Redis).toEqual([
      {
        level: 'fault',
        text: expect.stringContaining('WRONGPASS'),
        mend: 'check REDIS_URL and REDIS_CLUSTER',
      },
    ]);
  });

  it('examines the engines in use and no others', PATIENT, async () => {
    const { code, stdout } = await runCli(['doctor'], { env: { MEDIAMESH_MODE: 'memory', REDIS_ULR: 'x' } });
    expect([code, stdout]).toEqual([
      EXIT.ok,
      'Configuration\n  ok       mode memory\n  warning  REDIS_ULR is not a variable of MediaMesh; did you mean REDIS_URL?\n',
    ]);
  });
});
