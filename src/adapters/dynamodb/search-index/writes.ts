import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DocumentContent, DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import type { Call } from '../../../ports/call.ts';
import type { DocumentDeleteOutcome, DocumentPutOutcome } from '../../../ports/search-index.ts';
import type { Pause } from '../retry.ts';
import type { DocumentItem } from './document-item.ts';
import { REMOVED_WITH_CONTENT, toDocumentItem, toEntry, toRemovedItem } from './document-item.ts';

export interface SearchTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly shards: number;
  readonly pause: Pause;
}

const IS_NO_PROGRAM = 'attribute_not_exists(#contentId) OR #source <> :program';

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
  const command = new UpdateCommand({
    TableName: on.table,
    Key: { contentId },
    UpdateExpression: `SET #version = if_not_exists(#version, :zero) + :one, ${names
      .map((name) => `#${name} = :${name}`)
      .join(', ')} REMOVE #removed`,
    ConditionExpression: IS_NO_PROGRAM,
    ExpressionAttributeNames: aliases('contentId', 'version', 'removed', ...names),
    ExpressionAttributeValues: {
      ':zero': 0,
      ':one': 1,
      ':program': 'program',
      ...Object.fromEntries(names.map((name) => [`:${name}`, fields[name]])),
    },
    ReturnValues: 'ALL_OLD',
  });
  try {
    const { Attributes } = await on.client.send(command, { abortSignal: call.signal });
    const before = toEntry(Attributes);
    const document = { ...content, ...neutral, version: (before?.version ?? 0) + 1 };
    return { outcome: before?.document === undefined ? 'created' : 'updated', document };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { outcome: 'owned-by-program' };
    throw error;
  }
}

export async function deleteDocument(
  on: SearchTable,
  contentId: string,
  call: Call,
): Promise<DocumentDeleteOutcome> {
  const command = new UpdateCommand({
    TableName: on.table,
    Key: { contentId },
    UpdateExpression: `SET #version = #version + :one, #removed = :true REMOVE ${REMOVED_WITH_CONTENT.map((name) => `#${name}`).join(', ')}`,
    ConditionExpression:
      'attribute_exists(#contentId) AND #source <> :program AND attribute_not_exists(#removed)',
    ExpressionAttributeNames: aliases('contentId', 'source', 'version', 'removed', ...REMOVED_WITH_CONTENT),
    ExpressionAttributeValues: { ':one': 1, ':true': true, ':program': 'program' },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes } = await on.client.send(command, { abortSignal: call.signal });
    return { outcome: 'deleted', version: toEntry(Attributes)?.version ?? 0 };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The document client leaves the item of an error as it came.
    const stored = toEntry(error.Item && unmarshall(error.Item));
    return { outcome: stored?.document === undefined ? 'absent' : 'owned-by-program' };
  }
}

function aliases(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`#${name}`, name]));
}

/** Writes a document made of a program when it is newer; a document of the document calls always gives way. */
export async function projectDocument(on: SearchTable, document: SearchDocument, call: Call): Promise<void> {
  await putIfNewer(on, toDocumentItem({ ...document, source: 'program' }, on.shards), document.version, call);
}

export async function unprojectDocument(
  on: SearchTable,
  removal: DocumentRemoval,
  call: Call,
): Promise<void> {
  await putIfNewer(on, toRemovedItem({ ...removal, source: 'program' }), removal.version, call);
}

async function putIfNewer(on: SearchTable, item: DocumentItem, version: number, call: Call): Promise<void> {
  const command = new PutCommand({
    TableName: on.table,
    Item: item,
    ConditionExpression: `${IS_NO_PROGRAM} OR #version < :version`,
    ExpressionAttributeNames: aliases('contentId', 'source', 'version'),
    ExpressionAttributeValues: { ':program': 'program', ':version': version },
  });
  try {
    await on.client.send(command, { abortSignal: call.signal });
  } catch (error) {
    // This version or a newer one is there already.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
