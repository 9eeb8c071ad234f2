import type { Clock } from '../../../ports/clock.ts';
import type { Ids } from '../../../ports/ids.ts';
import type { RedisClient } from '../client.ts';
import type { RedisKeys } from '../keys.ts';

/** What the parts of the adapter work with. */
export interface HotPrograms {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly shards: number;
}
