import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach } from 'vitest';
import { openDynamo } from '../../src/adapters/dynamodb/client.ts';
import type { Provisioner } from '../../src/adapters/dynamodb/provisioning/change.ts';
import type { TablePlan, TableSettings } from '../../src/adapters/dynamodb/provisioning/plan.ts';
import { planTables } from '../../src/adapters/dynamodb/provisioning/plan.ts';
import type { TableDeclaration } from '../../src/adapters/dynamodb/tables.ts';
import { declareTables } from '../../src/adapters/dynamodb/tables.ts';
import { aCall } from './call.ts';
import { useDynamodb } from './dynamodb.ts';

export const ON_DEMAND: TableSettings = {
  billing: { mode: 'PAY_PER_REQUEST' },
  deletionProtection: false,
  pointInTimeRecovery: false,
  tags: {},
};

export const PROVISIONED = {
  ...ON_DEMAND,
  billing: {
    mode: 'PROVISIONED',
    table: { read: { min: 5, max: 10 }, write: { min: 6, max: 12 } },
    indexes: { CategoryIndex: { read: { min: 7, max: 14 }, write: { min: 8, max: 16 } } },
    targetUtilization: 70,
  },
} as const satisfies TableSettings;

/** The declared tables under short names; a test's plan puts them under names of its own. */
export const TABLES = declareTables({
  discovery: 'discovery',
  search: 'search',
  rateLimits: 'rate-limits',
  activity: 'activity',
});

export function withoutIndexes(table: TableDeclaration): TableDeclaration {
  return { ...table, indexes: [] };
}

export interface TestProvisioning {
  /** A client of its own, whose middleware a test may change. */
  readonly provisioner: Provisioner;
  /** The table under a name of its own, which is dropped after the test. */
  plan(table: TableDeclaration, settings?: TableSettings): TablePlan;
}

/** An engine to make tables on. */
export function useProvisioning(): () => TestProvisioning {
  const dynamodb = useDynamodb();
  const clients: DynamoDBDocumentClient[] = [];
  const prefix = `test-${randomUUID()}`;
  const names = new Set<string>();
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await Promise.all([...names].map((name) => drop(dynamodb().client, name)));
    names.clear();
  });
  return () => {
    const { endpoint, region } = dynamodb();
    const limits = { connectTimeoutMs: 10_000, requestTimeoutMs: 10_000, maxConnections: 8 };
    const client = openDynamo({ region, endpoint, maxAttempts: 3, ...limits });
    clients.push(client);
    return {
      provisioner: { client, isCustomEndpoint: true, call: aCall(), pollMs: 50, waitMs: 100_000 },
      plan(table, settings = ON_DEMAND) {
        const name = `${prefix}-${table.name}`;
        names.add(name);
        const [plan] = planTables([{ ...table, name }], settings);
        if (plan === undefined) throw new Error('a table has a plan');
        return plan;
      },
    };
  };
}

async function drop(client: DynamoDBDocumentClient, TableName: string): Promise<void> {
  const unprotect = new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false });
  await client.send(unprotect).catch(() => undefined);
  await client.send(new DeleteTableCommand({ TableName })).catch(() => undefined);
}

/** Answers some operations in place of the engine; `undefined` lets it answer itself. */
export function answerInstead(
  client: DynamoDBDocumentClient,
  answer: (operation: string, input: object) => object | undefined,
): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const output = answer(commandName.replace(/Command$/, ''), args.input);
        return output === undefined ? next(args) : { output: { $metadata: {}, ...output }, response: {} };
      },
    { step: 'initialize', name: 'answerInstead' },
  );
}

/** What the SDK would throw for that answer of the server. */
export function awsError(name: string): Error {
  return Object.assign(new Error(`${name} it is`), { name, $metadata: { httpStatusCode: 400 } });
}
