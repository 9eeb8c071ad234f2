import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DocumentContent } from '../../../domain/search/document.ts';
import type { Call } from '../../../ports/call.ts';
import type { DocumentDeleteOutcome, DocumentPutOutcome } from '../../../ports/search-index.ts';
import type { DocumentItem } from './document-item.ts';
import { REMOVED_WITH_CONTENT, toDocumentItem, toEntry } from './document-item.ts';
import type { SearchTable } from './search-table.ts';
import { aliases, IS_NO_PROGRAM } from './search-table.ts';

/*
 * The SDK repeats a write whose answer was lost, though it was made. So each write leaves a `writeId`, by which its own repeat
 * knows it: that fails its condition, and the item is what the write has left. Who wrote in between hides it, and the write is made
 * once more, as the later of the two. `createdBy` is the write that made the document of nothing, until it is removed.
 */

/** The next version of a document that is no program, counted by DynamoDB itself: any number of writers need one call each. */
export async function putDocument(
  on: SearchTable,
  content: DocumentContent,
  at: Date,
  call: Call,
): Promise<DocumentPutOutcome> {
  const neutral = { popularityScore: 0, releaseDate: null, source: 'document', indexedAt: at } as const;
  const {
    contentId,
    version: _counted,
    ...fields
  } = toDocumentItem({ ...content, ...neutral, version: 0 }, on.shards);
  const names = Object.keys(fields);
  const set = names.map((name) => `#${name} = :${name}`).join(', ');
  const { isOurs, item } = await write(on, call, {
    Key: { contentId },
    UpdateExpression: `SET #version = if_not_exists(#version, :zero) + :one, #writeId = :writeId, #createdBy = if_not_exists(#createdBy, :writeId), ${set} REMOVE #removed`,
    ConditionExpression: `(${IS_NO_PROGRAM})`,
    ExpressionAttributeNames: aliases('contentId', 'version', 'createdBy', 'removed', ...names),
    ExpressionAttributeValues: {
      ':zero': 0,
      ':one': 1,
      ':program': 'program',
      ...Object.fromEntries(names.map((name) => [`:${name}`, fields[name]])),
    },
  });
  if (!isOurs) return { outcome: 'owned-by-program' };
  const document = { ...content, ...neutral, version: toEntry(item)?.version ?? 1 };
  return { outcome: item?.createdBy === item?.writeId ? 'created' : 'updated', document };
}

export async function deleteDocument(
  on: SearchTable,
  contentId: string,
  call: Call,
): Promise<DocumentDeleteOutcome> {
  const gone = [...REMOVED_WITH_CONTENT, 'createdBy'];
  const { isOurs, item } = await write(on, call, {
    Key: { contentId },
    UpdateExpression: `SET #version = #version + :one, #removed = :true, #writeId = :writeId REMOVE ${gone.map((name) => `#${name}`).join(', ')}`,
    ConditionExpression:
      'attribute_exists(#contentId) AND #source <> :program AND attribute_not_exists(#removed)',
    ExpressionAttributeNames: aliases('contentId', 'source', 'version', 'removed', ...gone),
    ExpressionAttributeValues: { ':one': 1, ':true': true, ':program': 'program' },
  });
  const stored = toEntry(item);
  if (isOurs) return { outcome: 'deleted', version: stored?.version ?? 0 };
  return { outcome: stored?.document === undefined ? 'absent' : 'owned-by-program' };
}

type Update = Required<
  Pick<
    UpdateCommandInput,
    | 'Key'
    | 'UpdateExpression'
    | 'ConditionExpression'
    | 'ExpressionAttributeNames'
    | 'ExpressionAttributeValues'
  >
>;

/** Makes the write, which sets `#writeId`, once; answers whether it was made, and the item as it is then. */
async function write(
  on: SearchTable,
  call: Call,
  update: Update,
): Promise<{ readonly isOurs: boolean; readonly item: DocumentItem | undefined }> {
  const writeId = on.ids.next();
  const command = new UpdateCommand({
    ...update,
    TableName: on.table,
    ConditionExpression: `${update.ConditionExpression} AND NOT #writeId = :writeId`,
    ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#writeId': 'writeId' },
    ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':writeId': writeId },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes } = await on.client.send(command, { abortSignal: call.signal });
    return { isOurs: true, item: Attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The document client leaves the item of an error as it came.
    const item = error.Item && unmarshall(error.Item);
    return { isOurs: item?.writeId === writeId, item };
  }
}
