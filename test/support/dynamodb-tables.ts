import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { applyTables } from '../../src/adapters/dynamodb/provisioning/apply.ts';
import type { TableSettings } from '../../src/adapters/dynamodb/provisioning/plan.ts';
import { planTables } from '../../src/adapters/dynamodb/provisioning/plan.ts';
import type { TableDeclaration } from '../../src/adapters/dynamodb/tables.ts';
import { aCall } from './call.ts';

const SETTINGS: TableSettings = {
  billing: { mode: 'PAY_PER_REQUEST' },
  deletionProtection: false,
  pointInTimeRecovery: false,
  tags: {},
};

/** Makes the tables as the service's own command does, but side by side. */
export async function createTables(
  client: DynamoDBDocumentClient,
  tables: readonly TableDeclaration[],
): Promise<void> {
  const provisioner = { client, isCustomEndpoint: true, call: aCall(), pollMs: 50, waitMs: 30_000 };
  await Promise.all(planTables(tables, SETTINGS).map((plan) => applyTables(provisioner, [plan])));
}
