import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StoreRefused } from '../../domain/errors.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Call } from '../../ports/call.ts';
import { SERVING } from './provisioning/iam.ts';
import { withStoreErrors } from './store-errors.ts';
import type { TableDeclaration, TableRole } from './tables.ts';

/** No item of ours has such a key: nothing is found, and nothing can be changed. */
const PROBE = '#probe';

export interface TableInUse extends TableDeclaration {
  readonly role: TableRole;
}

/** Whether a table may be used, found out by a harmless request of each kind that serving sends to it. */
export async function checkPermissions(
  client: DynamoDBDocumentClient,
  table: TableInUse,
  call: Call,
): Promise<Finding> {
  const refused: string[] = [];
  for (const [action, probe] of probesOf(client, table, call)) {
    await withStoreErrors(probe, call).catch((error: unknown) => {
      if (error instanceof ConditionalCheckFailedException) return;
      if (!(error instanceof StoreRefused)) throw error;
      refused.push(action);
    });
  }
  if (refused.length === 0) return { level: 'ok', text: `${table.name}: is as declared, and may be used` };
  const mend = 'allow what "npx mediamesh tables iam" prints for the serving role';
  return { level: 'fault', text: `${table.name}: not allowed to ${refused.join(', ')}`, mend };
}

type Probe = readonly [action: string, run: () => Promise<unknown>];

/** A permission that the printed policy does not give is not asked for: it is missing where all is well. */
function probesOf(client: DynamoDBDocumentClient, table: TableInUse, call: Call): readonly Probe[] {
  const allowed = new Set<string>(SERVING[table.role]);
  const items = itemProbes(client, table, call).filter(([action]) => allowed.has(action));
  return [
    ...items.map(([action, run]): Probe => [action.replace(/Item$/, '').toLowerCase(), run]),
    ...indexProbes(client, table, call),
  ];
}

/** Writes have a condition that nothing can meet. */
function itemProbes(
  client: DynamoDBDocumentClient,
  { name, hashKey, rangeKey }: TableDeclaration,
  { signal: abortSignal }: Call,
): readonly Probe[] {
  const Key = { [hashKey.name]: PROBE, ...(rangeKey && { [rangeKey.name]: PROBE }) };
  const never = {
    TableName: name,
    ConditionExpression: 'attribute_exists(#key) AND attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': hashKey.name },
  };
  const UpdateExpression = 'REMOVE #nothing';
  const ExpressionAttributeNames = { ...never.ExpressionAttributeNames, '#nothing': 'nothing' };
  const update = new UpdateCommand({ ...never, Key, UpdateExpression, ExpressionAttributeNames });
  return [
    ['GetItem', () => client.send(new GetCommand({ TableName: name, Key }), { abortSignal })],
    ['PutItem', () => client.send(new PutCommand({ ...never, Item: Key }), { abortSignal })],
    ['UpdateItem', () => client.send(update, { abortSignal })],
    ['DeleteItem', () => client.send(new DeleteCommand({ ...never, Key }), { abortSignal })],
  ];
}

function indexProbes(
  client: DynamoDBDocumentClient,
  { name, indexes }: TableDeclaration,
  { signal: abortSignal }: Call,
): readonly Probe[] {
  return indexes.map(({ name: index, hashKey: { name: key } }): Probe => {
    const query = new QueryCommand({
      TableName: name,
      IndexName: index,
      KeyConditionExpression: '#key = :probe',
      ExpressionAttributeNames: { '#key': key },
      ExpressionAttributeValues: { ':probe': PROBE },
      Limit: 1,
    });
    return [`query ${index}`, () => client.send(query, { abortSignal })];
  });
}
