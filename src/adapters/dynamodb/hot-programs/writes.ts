import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Call } from '../../../ports/call.ts';
import type { HotWrite } from '../../../ports/hot-program-store.ts';
import type { Item } from './attributes.ts';
import { number } from './attributes.ts';
import type { HotTable } from './hot-table.ts';
import { versionOf } from './program-item.ts';

/** Holds for what is not there, has no version, is older, or has expired: DynamoDB may not have removed it yet. */
const IS_NEWER = 'NOT attribute_type(#version, :number) OR #version < :version OR #expiresAt <= :now';

/** Holds for the same version as well. */
const IS_NOT_OLDER = 'NOT attribute_type(#version, :number) OR #version <= :version OR #expiresAt <= :now';

/** A put whose answer was lost is tried again by the SDK and meets its own item, which makes it a duplicate, or writes it again. */
export async function putIfNewer(
  { client, table, clock }: HotTable,
  item: Item,
  { version, refresh }: { readonly version: number; readonly refresh: boolean | undefined },
  call: Call,
): Promise<HotWrite> {
  const command = new PutItemCommand({
    TableName: table,
    Item: { ...item },
    ConditionExpression: refresh === true ? IS_NOT_OLDER : IS_NEWER,
    ExpressionAttributeNames: { '#version': 'version', '#expiresAt': 'expiresAt' },
    ExpressionAttributeValues: {
      ':number': { S: 'N' },
      ':version': number(version),
      ':now': number(clock.now()),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(command, { abortSignal: call.signal });
    return { outcome: 'applied', version };
  } catch (error) {
    const stored = error instanceof ConditionalCheckFailedException ? versionOf(error.Item ?? {}) : undefined;
    if (stored === undefined) throw error;
    return { outcome: stored === version ? 'duplicate' : 'superseded', version: stored };
  }
}
