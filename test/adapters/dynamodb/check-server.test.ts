import { describe, expect, test } from 'vitest';
import { checkDynamodb } from '../../../src/adapters/dynamodb/check-server.ts';
import { openDynamo } from '../../../src/adapters/dynamodb/client.ts';
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

  const tables = () => Object.values(declareTables(dynamodb().tables));

  test('finds nothing wrong with tables that are as declared', async () => {
    const findings = await checkDynamodb({ client: aClient(), tables: tables(), clock }, aCall());
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });

  test('names a missing table and the command that makes it', async () => {
    const missing = { ...declareTables(dynamodb().tables).search, name: 'not-there' };
    const findings = await checkDynamodb({ client: aClient(), tables: [missing], clock }, aCall());
    expect(findings).toContainEqual({
      level: 'fault',
      text: 'not-there: table is missing',
      mend: 'npx mediamesh tables apply',
    });
  });

  test.each([
    ['GetItemCommand', 'read'],
    ['UpdateItemCommand', 'write'],
    ['QueryCommand', 'query CategoryIndex'],
  ])('tells that %s is not allowed', async (command, action) => {
    const [discovery] = tables();
    const deps = { client: aClient(command), tables: discovery ? [discovery] : [], clock };
    const [finding] = await checkDynamodb(deps, aCall());
    expect(finding).toMatchObject({
      level: 'fault',
      text: `${discovery?.name}: not allowed to ${action}`,
      mend: expect.stringContaining('npx mediamesh tables iam'),
    });
  });

  test('tells how far the clocks are apart', async () => {
    const slow = createFakeClock();
    slow.set(Date.now() - 60_000);
    const findings = await checkDynamodb({ client: aClient(), tables: tables(), clock: slow }, aCall());
    expect(findings.at(-1)?.text).toMatch(/^its clock is (59|60|61) s off ours/);
  });
});
