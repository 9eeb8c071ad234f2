import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Call } from '../../../ports/call.ts';
import { LARGEST_PAGE, nextPageSize } from '../page-size.ts';
import type { ActivityTable } from './activity-table.ts';

/** One partition of an index. */
interface IndexPartition {
  readonly index: string;
  readonly key: string;
  readonly value: string;
  readonly order: 'ascending' | 'descending';
  /** How many rows the reader is likely to take. */
  readonly expected: number;
}

/** About 4 KB of rows, which is what half a read unit pays for. */
const SMALLEST_PAGE = 25;

/**
 * The rows of a partition by the index's range key, equal keys in no order. Pages are read as they are taken, and each is
 * twice as large as the one before: few rows cost little, and many few requests.
 */
export async function* indexPages<Row>(
  { client, table }: ActivityTable,
  partition: IndexPartition,
  call: Call,
): AsyncGenerator<readonly Row[]> {
  let size = Math.min(Math.max(partition.expected, SMALLEST_PAGE), LARGEST_PAGE);
  let from: Record<string, unknown> | undefined;
  do {
    const query = new QueryCommand({
      TableName: table,
      IndexName: partition.index,
      KeyConditionExpression: '#key = :value',
      ExpressionAttributeNames: { '#key': partition.key },
      ExpressionAttributeValues: { ':value': partition.value },
      ScanIndexForward: partition.order === 'ascending',
      Limit: size,
      ExclusiveStartKey: from,
    });
    const { Items = [], LastEvaluatedKey } = await client.send(query, { abortSignal: call.signal });
    yield Items as Row[];
    from = LastEvaluatedKey;
    size = nextPageSize(size);
  } while (from !== undefined);
}
