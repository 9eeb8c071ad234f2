import type {
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  TableDescription,
  TimeToLiveDescription,
} from '@aws-sdk/client-dynamodb';
import { DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { withStoreErrors } from '../store-errors.ts';
import type { Provisioner } from './change.ts';
import { describeTable } from './table-updates.ts';

/** What a table is: all that the adapters rely on. */
export interface TableShape {
  readonly table: TableDescription;
  readonly ttl: TimeToLiveDescription;
}

/** `undefined` when there is no such table. Needs no more permissions than serving has. */
export async function readShape(
  reader: Pick<Provisioner, 'client' | 'call'>,
  name: string,
): Promise<TableShape | undefined> {
  const table = await describeTable(reader, name);
  if (table === undefined) return undefined;
  const { client, call } = reader;
  const command = new DescribeTimeToLiveCommand({ TableName: name });
  const { TimeToLiveDescription = {} } = await withStoreErrors(
    () => client.send(command, { abortSignal: call.signal }),
    call,
  );
  return { table, ttl: TimeToLiveDescription };
}

export function indexesOf({ table }: TableShape): readonly GlobalSecondaryIndexDescription[] {
  return table.GlobalSecondaryIndexes ?? [];
}

/** Such as `category (S), popularityScore (N)`. */
export function describeKeys(
  keys: readonly KeySchemaElement[] | undefined,
  definitions: TableDescription['AttributeDefinitions'],
): string {
  const types = new Map(definitions?.map((each) => [each.AttributeName, each.AttributeType]));
  return (keys ?? [])
    .map(({ AttributeName }) => `${AttributeName} (${types.get(AttributeName) ?? '?'})`)
    .join(', ');
}
