import { describe, expect, test } from 'vitest';
import { checkDynamodb } from '../../../src/adapters/dynamodb/check-server.ts';
import { openDynamo } from '../../../src/adapters/dynamodb/client.ts';
import { iamPolicies } from '../../../src/adapters/dynamodb/provisioning/iam.ts';
import { declareTables } from '../../../src/adapters/dynamodb/tables.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { aCall } from '../../support/call.ts';
import { useDynamodb } from '../../support/dynamodb.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const clock = createSystemClock();

describe('checkDynamodb', () => {
  const dynamodb = useDynamodb();

  /** A client of its own: the check adds to it. */
  function aClient(refused?: string) {
    const { endpoint, region } = dynamodb();
    const client = openDynamo({
      endpoint,
      region,
      maxAttempts: 1,
      connectTimeoutMs: 5000,
      requestTimeoutMs: 5000,
      maxConnections: 10,
    });
    client.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName !== refused) return next(args);
        return Promise.reject(Object.assign(new Error('not you'), { name: 'AccessDeniedException' }));
      },
      { step: 'initialize' },
    );
    return client;
  }

  function tables() {
    const declared = declareTables(dynamodb().tables);
    return (['discovery', 'search', 'rateLimits', 'activity'] as const).map((role) => ({
      ...declared[role],
      role,
    }));
  }

  test('finds nothing wrong with tables that are as declared', async () => {
    const findings = await checkDynamodb({ client: aClient(), tables: tables(), clock }, aCall());
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });

  test('names a missing table and the command that makes it', async () => {
    const role = 'search';
    const missing = { ...declareTables(dynamodb().tables)[role], role, name: 'not-there' } as const;
    const findings = await checkDynamodb({ client: aClient(), tables: [missing], clock }, aCall());
    expect(findings).toContainEqual({
      level: 'fault',
      text: 'not-there: table is missing',
      mend: 'npx mediamesh tables apply',
    });
  });

  test.each([
    ['GetItemCommand', 0, 'get'],
    ['PutItemCommand', 0, 'put'],
    ['UpdateItemCommand', 2, 'update'],
    ['DeleteItemCommand', 2, 'delete'],
    ['QueryCommand', 0, 'query CategoryIndex'],
  ])('tells that %s is not allowed', async (command, position, action) => {
    const table = tables()[position];
    const deps = { client: aClient(command), tables: table ? [table] : [], clock };
    const [finding] = await checkDynamodb(deps, aCall());
    expect(finding).toMatchObject({
      level: 'fault',
      text: `${table?.name}: not allowed to ${action}`,
      mend: expect.stringContaining('npx mediamesh tables iam'),
    });
  });

  test('asks for nothing that the printed policy for serving does not allow', async () => {
    const client = aClient();
    const asked = new Map<string, Set<string>>();
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          const { TableName = '' } = args.input as { TableName?: string };
          const actions = asked.get(TableName) ?? new Set();
          asked.set(TableName, actions.add(`dynamodb:${commandName.replace(/Command$/, '')}`));
          return next(args);
        },
      { step: 'initialize' },
    );
    await checkDynamodb({ client, tables: tables(), clock }, aCall());
    const { tables: names, region } = dynamodb();
    const { serving } = iamPolicies({ names, region, account: '123456789012', partition: 'aws' });
    for (const name of Object.values(names)) {
      const granting = serving.Statement.filter(
        ({ Effect, Resource }) =>
          Effect === 'Allow' && Resource.some((arn) => arn.endsWith(`:table/${name}`)),
      );
      const allowed = granting.flatMap(({ Action }) => Action);
      expect(allowed).toEqual(expect.arrayContaining([...(asked.get(name) ?? ['nothing'])]));
    }
  });

  test('tells how far the clocks are apart', async () => {
    const slow = createFakeClock();
    slow.set(Date.now() - 60_000);
    const findings = await checkDynamodb({ client: aClient(), tables: tables(), clock: slow }, aCall());
    expect(findings.at(-1)?.text).toMatch(/^its clock is (59|60|61) s off ours/);
  });
});
