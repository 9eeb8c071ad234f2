import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DocumentRemoval, SearchDocument } from '../../../domain/search/document.ts';
import type { Call } from '../../../ports/call.ts';
import type { ProjectOptions } from '../../../ports/search-index.ts';
import type { DocumentItem } from './document-item.ts';
import { toDocumentItem, toRemovedItem } from './document-item.ts';
import type { SearchTable } from './search-table.ts';

export async function projectDocument(
  on: SearchTable,
  document: SearchDocument,
  options: ProjectOptions | undefined,
  call: Call,
): Promise<void> {
  const item = toDocumentItem(document, on.shards);
  // A document of the document calls that came by projection: a later put of it finds it and does not take itself for its maker.
  const kept = document.source === 'document' ? { ...item, createdBy: 'projection' } : item;
  await putIfNewer(on, kept, document, options, call);
}

export async function unprojectDocument(
  on: SearchTable,
  removal: DocumentRemoval,
  options: ProjectOptions | undefined,
  call: Call,
): Promise<void> {
  await putIfNewer(on, toRemovedItem(removal), removal, options, call);
}

async function putIfNewer(
  on: SearchTable,
  item: DocumentItem,
  { source, version }: DocumentRemoval | SearchDocument,
  options: ProjectOptions | undefined,
  call: Call,
): Promise<void> {
  const isNewer = options?.refresh === true ? '#version <= :version' : '#version < :version';
  const command = new PutCommand({
    TableName: on.table,
    Item: item,
    ConditionExpression: `${GIVES_WAY_TO[source]} OR (#source = :source AND ${isNewer})`,
    ExpressionAttributeNames: { '#source': 'source', '#version': 'version' },
    ExpressionAttributeValues: {
      ':source': source,
      ':version': version,
      ':number': 'N',
      ...(source === 'document' && { ':program': 'program' }),
    },
  });
  try {
    await on.client.send(command, { abortSignal: call.signal });
  } catch (error) {
    // This version or a newer one is there already.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/**
 * What gives way whatever its version, when the change is of this source: what is not there, a document where the change is a
 * program's, and what is none of ours. (`<>` holds also where there is no attribute; `attribute_type` does not.)
 */
const GIVES_WAY_TO = {
  program: 'NOT attribute_type(#version, :number) OR #source <> :source',
  document: 'NOT attribute_type(#version, :number) OR (#source <> :source AND #source <> :program)',
} as const;
