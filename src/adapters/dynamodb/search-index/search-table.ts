import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Ids } from '../../../ports/ids.ts';
import type { Pause } from '../retry.ts';

/** What every part of the index works with. */
export interface SearchTable {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
  readonly shards: number;
  /** Names writes. */
  readonly ids: Ids;
  /** Before what a batch left unprocessed is asked for again. */
  readonly pause: Pause;
}

export const IS_NO_PROGRAM = 'attribute_not_exists(#contentId) OR #source <> :program';

export function aliases(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`#${name}`, name]));
}
