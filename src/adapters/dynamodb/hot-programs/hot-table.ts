import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../../ports/clock.ts';
import type { Ids } from '../../../ports/ids.ts';
import type { Pause } from '../retry.ts';

/** What every part of the store works with. */
export interface HotTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Over how many partitions of the index a category is spread. */
  readonly indexShards: number;
  readonly pause: Pause;
}
