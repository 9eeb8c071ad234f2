import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableSettings } from '../../src/adapters/dynamodb/provisioning/plan.ts';
import { createTableInput } from '../../src/adapters/dynamodb/provisioning/table-input.ts';
import type { TableDeclaration } from '../../src/adapters/dynamodb/tables.ts';

const settings: TableSettings = {
  billing: { mode: 'PAY_PER_REQUEST' },
  deletionProtection: false,
  pointInTimeRecovery: false,
  tags: {},
};

/** Drops a table and makes it again, empty: on DynamoDB Local that is faster than to delete even a few items. */
export async function freshTable(client: DynamoDBDocumentClient, table: TableDeclaration): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName: table.name }));
  await client.send(new CreateTableCommand(createTableInput({ table, settings })));
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: table.name });
}
