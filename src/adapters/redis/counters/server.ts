import type { Clock } from '../../../ports/clock.ts';
import type { RedisClient } from '../client.ts';
import type { RedisKeys } from '../keys.ts';
import { filedKey } from './filed-key.ts';

/** Where the counters are. */
export interface CounterServer {
  readonly client: RedisClient;
  readonly slackMs: number;
  /** The hash of a rate-limit key. */
  readonly hashOf: (key: string) => string;
  /** The time of a clock that replaces the server's, else `''`. */
  readonly driven: () => number | '';
  /** Whether the plain requests of one turn of the event loop go together. */
  readonly isBatching: boolean;
}

export interface RedisCounterOptions {
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  /** How long counters stay in memory after they count nothing any more. Default: 1,000. */
  readonly slackMs?: number;
  /** Replaces the server's clock. Of all instances, so for tests only; `slackMs` covers the real time they take. */
  readonly clock?: Clock;
  /** Whether the plain requests of one turn of the event loop go to a single server in one script. Default: yes. */
  readonly batching?: boolean;
}

const DEFAULT_SLACK_MS = 1_000;

export function createCounterServer(options: RedisCounterOptions): CounterServer {
  const { client, keys, slackMs = DEFAULT_SLACK_MS, clock, batching = true } = options;
  return {
    client,
    slackMs,
    hashOf: (key) => keys.counters(filedKey(key)),
    driven: () => (clock === undefined ? '' : Math.floor(clock.now())),
    isBatching: batching && !client.isCluster,
  };
}
