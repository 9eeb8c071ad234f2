import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Page } from '../../../domain/page.ts';
import type { SearchDocument } from '../../../domain/search/document.ts';
import { compareText } from '../../../domain/text.ts';
import type { Call } from '../../../ports/call.ts';
import type { DocumentListQuery } from '../../../ports/search-index.ts';
import { firstOfMerged } from '../merge-sorted.ts';
import { nextPageSize } from '../page-size.ts';
import { shardKeys } from '../shards.ts';
import { toEntry } from './document-item.ts';
import type { SearchTable } from './search-table.ts';

/** The filters by the index that serves them, the most selective first: one is the key, the others filter what it finds. */
const INDEXES = [
  { filter: 'category', index: 'CategoryIndex', key: 'category', attribute: 'categoryName' },
  { filter: 'contentType', index: 'ContentTypeIndex', key: 'contentType', attribute: 'typeName' },
  { filter: 'language', index: 'LanguageIndex', key: 'language', attribute: 'languageTag' },
] as const;

type Conditions = readonly { readonly by: (typeof INDEXES)[number]; readonly value: string }[];

/** A page of the documents that match, by id: the shards of one index, merged. */
export async function listDocuments(
  on: SearchTable,
  query: DocumentListQuery,
  call: Call,
): Promise<Page<SearchDocument>> {
  const conditions = INDEXES.flatMap((by) => {
    const value = query.filter[by.filter];
    return value === undefined ? [] : [{ by, value }];
  });
  const [first] = conditions;
  if (first === undefined)
    throw new Error('a list of documents needs a content type, a category or a language');
  const sources = shardKeys(first.value, on.shards).map((key) => readShard(on, key, conditions, query, call));
  const found = await firstOfMerged(sources, query.limit + 1, byId);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, next: found.length > query.limit && last !== undefined ? [last.contentId] : undefined };
}

function byId(a: SearchDocument, b: SearchDocument): number {
  return compareText(a.contentId, b.contentId);
}

async function* readShard(
  on: SearchTable,
  key: string,
  conditions: Conditions,
  { limit, after }: DocumentListQuery,
  call: Call,
): AsyncGenerator<SearchDocument> {
  let from: Record<string, unknown> | undefined;
  // Each shard has about its share of the page; the few that are missing come with a second query.
  let pageSize = Math.ceil((limit + 1) / on.shards) + 4;
  do {
    const command = new QueryCommand({
      TableName: on.table,
      ...expressions(key, conditions, after),
      Limit: pageSize,
      ExclusiveStartKey: from,
    });
    const { Items = [], LastEvaluatedKey } = await on.client.send(command, { abortSignal: call.signal });
    yield* Items.flatMap((item) => toEntry(item)?.document ?? []);
    from = LastEvaluatedKey;
    // `Limit` counts the rows before the filter, which may let few of them through.
    if (conditions.length > 1) pageSize = nextPageSize(pageSize);
  } while (from !== undefined);
}

function expressions(key: string, conditions: Conditions, after: string | undefined) {
  const [{ by } = { by: INDEXES[0] }, ...others] = conditions;
  const isAfter = after === undefined ? '' : ' AND #id > :after';
  return {
    IndexName: by.index,
    KeyConditionExpression: `#key = :key${isAfter}`,
    ...(others.length > 0 && {
      FilterExpression: others.map((_, index) => `#f${index} = :f${index}`).join(' AND '),
    }),
    ExpressionAttributeNames: {
      '#key': by.key,
      ...(after !== undefined && { '#id': 'contentId' }),
      ...Object.fromEntries(others.map((other, index) => [`#f${index}`, other.by.attribute])),
    },
    ExpressionAttributeValues: {
      ':key': key,
      ...(after !== undefined && { ':after': after }),
      ...Object.fromEntries(others.map(({ value }, index) => [`:f${index}`, value])),
    },
  };
}
