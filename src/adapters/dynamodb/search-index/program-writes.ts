import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import type { Call } from '../../../ports/call.ts';
import type { DocumentItem } from './document-item.ts';
import { toDocumentItem, toRemovedItem } from './document-item.ts';
import type { SearchTable } from './search-table.ts';
import { aliases, IS_NO_PROGRAM } from './search-table.ts';

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
