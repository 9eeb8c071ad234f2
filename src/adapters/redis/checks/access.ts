import { ReplyError } from 'ioredis';
import { StoreRefused } from '../../../domain/errors.ts';
import type { Finding } from '../../../domain/finding.ts';
import type { Call } from '../../../ports/call.ts';
import type { RedisClient } from '../client.ts';
import type { RedisKeys } from '../keys.ts';
import { defineScript } from '../script.ts';
import { toStoreError } from '../store-errors.ts';

/** KEYS: one that nothing of ours has. */
const tryAccess = defineScript({
  name: 'try-access',
  keys: 1,
  lua: /* lua */ `
redis.call('SET', KEYS[1], 'x', 'PX', 1000)
redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
`,
});

export const ALLOW = 'ACL SETUSER ... +@all -@dangerous +info ~PREFIX*, where PREFIX is REDIS_KEY_PREFIX';

/** Whether scripts that read and write our keys can be run: the user may do it, and the server does. */
export async function accessFinding(client: RedisClient, keys: RedisKeys, call: Call): Promise<Finding> {
  try {
    await tryAccess(client, [keys.program(0, '')], [], call);
    return { level: 'ok', text: 'our keys can be read and written, and scripts run' };
  } catch (error) {
    // Without an answer there is nothing to say of the set-up.
    if (!isAnswer(error)) throw error;
    if (toStoreError(error) instanceof StoreRefused)
      return { level: 'fault', text: `the user may not do what is needed: ${error.message}`, mend: ALLOW };
    return { level: 'fault', text: `our keys can not be written: ${error.message}`, mend: mendOf(error) };
  }
}

function isAnswer(error: unknown): error is Error {
  return error instanceof ReplyError;
}

function mendOf({ message }: Error): string {
  if (message.includes('READONLY')) return 'point REDIS_URL at the primary';
  return message.includes('OOM') ? 'raise maxmemory, or add nodes' : 'see the log of the server';
}
