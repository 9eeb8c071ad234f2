import { once } from 'node:events';
import { createServer } from 'node:net';
import { DeleteTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TableDeclaration, TableRole } from '../../src/adapters/dynamodb/tables.ts';
import { declareTables } from '../../src/adapters/dynamodb/tables.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCli, startCli } from '../support/cli.ts';
import { useDynamodb } from '../support/dynamodb.ts';
import { dynamodbEnv } from '../support/dynamodb-env.ts';
import { createTables } from '../support/dynamodb-tables.ts';

const APPLY = 'npx mediamesh tables apply';
const PATIENT = { timeout: 120_000 };
const IN_USE = ['discovery', 'rateLimits', 'activity'] as const;

const ELSEWHERE = { HOT_PROGRAM_STORE: 'memory', COUNTER_STORE: 'memory', ACTIVITY_STORE: 'memory' };
/** Nor may it ask the machine's metadata service for them. */
const NO_CREDENTIALS = {
  ...{ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '', HOME: '/nowhere' },
  AWS_EC2_METADATA_DISABLED: 'true',
};

const dynamodb = useDynamodb({ made: false });

const env = (changes: Readonly<Record<string, string>> = {}) => ({
  MEDIAMESH_MODE: 'memory',
  ...{ HOT_PROGRAM_STORE: 'dynamodb', COUNTER_STORE: 'dynamodb', ACTIVITY_STORE: 'dynamodb' },
  ...dynamodbEnv(dynamodb()),
  ...changes,
});
const tables = (...args: readonly string[]) => runCli(['tables', ...args], { env: env() });
const nameOf = (role: TableRole) => dynamodb().tables[role];

async function replace(role: TableRole, change: (table: TableDeclaration) => TableDeclaration) {
  const { client, tables: names } = dynamodb();
  const table = declareTables(names)[role];
  await client.send(new DeleteTableCommand({ TableName: table.name }));
  await createTables(client, [change(table)]);
}

describe('mediamesh tables apply and diff', () => {
  it(
    'make the tables of the stores that are on DynamoDB, say every step, and again change nothing',
    PATIENT,
    async () => {
      const before = await tables('diff');
      expect(before).toMatchObject({ code: EXIT.differs, stderr: '' });
      expect(before.stdout).toBe(
        IN_USE.map((role) => `${nameOf(role)}: table is missing; to mend it: ${APPLY}\n`).join(''),
      );
      const made = await tables('apply');
      expect(made).toMatchObject({ code: EXIT.ok, stdout: '' });
      expect(made.stderr.trim().split('\n')).toEqual([
        `${nameOf('discovery')}: create`,
        `${nameOf('discovery')}: wait until it is active`,
        `${nameOf('discovery')}: time to live: ttl`,
        `${nameOf('rateLimits')}: create`,
        `${nameOf('rateLimits')}: wait until it is active`,
        `${nameOf('rateLimits')}: time to live: expiresAt`,
        `${nameOf('activity')}: create`,
        `${nameOf('activity')}: wait until it is active`,
        `${nameOf('activity')}: time to live: ttl`,
        'The tables are as declared now.',
      ]);
      const asDeclared = { code: EXIT.ok, stdout: '', stderr: 'The tables are as declared.\n' };
      expect(await tables('apply')).toMatchObject(asDeclared);
      expect(await tables('diff')).toMatchObject(asDeclared);
    },
  );

  it('take all four with --all, and answer as JSON', PATIENT, async () => {
    const missing = { table: nameOf('search'), what: 'table', actual: 'missing', mend: APPLY };
    const differing = await tables('diff', '--all', '--json');
    expect(differing.code).toBe(EXIT.differs);
    expect(JSON.parse(differing.stdout)).toEqual({ differences: [expect.objectContaining(missing)] });
    const { code, stdout } = await tables('apply', '--all', '--json');
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toEqual({ changed: [expect.objectContaining(missing)], remaining: [] });
    expect(JSON.parse((await tables('diff', '--all', '--json')).stdout)).toEqual({ differences: [] });
  });

  it('name each difference that came about behind their back, and mend it', PATIENT, async () => {
    const TimeToLiveSpecification = { Enabled: false, AttributeName: 'expiresAt' };
    const off = new UpdateTimeToLiveCommand({ TableName: nameOf('rateLimits'), TimeToLiveSpecification });
    await dynamodb().client.send(off);
    await replace('discovery', (table) => ({ ...table, indexes: [] }));
    const { code, stdout } = await tables('diff');
    expect(code).toBe(EXIT.differs);
    expect(stdout.trim().split('\n')).toEqual([
      `${nameOf('discovery')}: index CategoryIndex is missing; to mend it: ${APPLY}`,
      `${nameOf('rateLimits')}: time to live: off (declared: expiresAt); to mend it: ${APPLY}`,
    ]);
    const json = JSON.parse((await tables('diff', '--json')).stdout);
    expect(json.differences).toEqual([
      {
        table: nameOf('discovery'),
        what: 'index CategoryIndex',
        declared: 'category (S), popularityScore (N)',
        actual: 'missing',
        mend: APPLY,
      },
      {
        table: nameOf('rateLimits'),
        what: 'time to live',
        declared: 'expiresAt',
        actual: 'off',
        mend: APPLY,
      },
    ]);
    const mended = await tables('apply');
    expect([mended.code, mended.stderr]).toEqual([EXIT.ok, expect.stringContaining('index CategoryIndex')]);
    expect((await tables('diff')).code).toBe(EXIT.ok);
  });

  it('end with 5 and what to do by hand where a table can not be mended in place', PATIENT, async () => {
    await replace('activity', ({ name, rangeKey: _, ...rest }) => ({ ...rest, name }));
    const { code, stderr } = await tables('apply');
    expect(code).toBe(EXIT.differs);
    expect(stderr).toBe(
      `${nameOf('activity')}: keys: pk (S) (declared: pk (S), sk (S)); to mend it: a table's keys can not be changed: configure another table name, then ${APPLY}\n`,
    );
  });

  it('stop on Ctrl-C and say how to go on', PATIENT, async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const { child, result } = startCli(['tables', 'apply'], {
      env: env({ AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` }),
    });
    await once(silent, 'connection');
    child.kill('SIGINT');
    expect(await result).toMatchObject({
      code: EXIT.interrupted,
      stderr: 'stopped: run it again, it goes on where it was\n',
    });
    silent.close();
  });
});

describe('mediamesh tables print and iam', () => {
  const nowhere = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };

  it.each(['cloudformation', 'json'])('print every table as %s, without asking AWS', async (format) => {
    const { code, stdout, stderr } = await runCli(['tables', 'print', '--all', '--format', format], {
      env: env(nowhere),
    });
    expect([code, stderr]).toEqual([EXIT.ok, '']);
    const printed = JSON.stringify(JSON.parse(stdout));
    for (const name of Object.values(dynamodb().tables)) expect(printed).toContain(`"TableName":"${name}"`);
  });

  it('print the tables in use by default', async () => {
    const { stdout } = await runCli(['tables', 'print'], { env: env(nowhere) });
    expect(stdout).toContain(nameOf('activity'));
    expect(stdout).not.toContain(nameOf('search'));
  });

  it('print a policy for each role, of this account', async () => {
    const { code, stdout } = await runCli(['tables', 'iam', '--account', '123456789012'], {
      env: env(nowhere),
    });
    expect(code).toBe(EXIT.ok);
    const policies = JSON.parse(stdout);
    expect(Object.keys(policies)).toEqual(['serving', 'relaying', 'provisioning']);
    const { region } = dynamodb();
    expect(JSON.stringify(policies.serving)).toContain(
      `arn:aws:dynamodb:${region}:123456789012:table/${nameOf('search')}`,
    );
  });
});

describe('mediamesh tables', () => {
  let working: Record<string, string>;
  beforeAll(() => {
    working = env();
  });

  it.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['no store on DynamoDB', ['diff'], ELSEWHERE, EXIT.usage, /No store is set to dynamodb.*--all/],
    [
      'no region',
      ['apply', '--all'],
      { ...ELSEWHERE, AWS_REGION: '' },
      EXIT.configuration,
      /AWS_REGION is missing/,
    ],
    [
      'nobody there',
      ['apply'],
      { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
      EXIT.unreachable,
      /DynamoDB is not available: 127\.0\.0\.1:9: nothing answers there/,
    ],
    [
      'no credentials',
      ['diff'],
      NO_CREDENTIALS,
      EXIT.unreachable,
      /DynamoDB refused the call: .*credentials/,
    ],
  ])('say what to do in one line with %s', async (_, args, changes, exitCode, message) => {
    const { code, stdout, stderr } = await runCli(['tables', ...args], { env: { ...working, ...changes } });
    expect(stderr).toMatch(message);
    expect([code, stdout, stderr.split('\n').length]).toEqual([exitCode, '', 2]);
  });

  it('list a missing region with the other faults of the configuration where a store needs it', async () => {
    const { code, stderr } = await runCli(['tables', 'apply'], { env: { ...working, AWS_REGION: '' } });
    expect(code).toBe(EXIT.configuration);
    expect(stderr).toContain(
      'AWS_REGION: is missing, and HOT_PROGRAM_STORE, ACTIVITY_STORE, COUNTER_STORE need it',
    );
  });

  it.each([
    [['iam', '--account', '1234'], /It must have twelve digits/],
    [['iam', '--partition', 'moon'], /Allowed choices are aws, aws-cn, aws-us-gov/],
    [['print', '--format', 'yaml'], /Allowed choices are cloudformation, json/],
    [['aply'], /Did you mean apply\?/],
  ])('refuse wrong usage %j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['tables', ...args], { env: working });
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
  });
});
