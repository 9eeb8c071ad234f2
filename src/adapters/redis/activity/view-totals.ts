import type { ActivityStore } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { ViewTotal } from '../../../ports/program-catalog.ts';
import type { RedisClient } from '../client.ts';
import type { RedisKeys } from '../keys.ts';
import { defineScript } from '../script.ts';

type Unconfirmed = Awaited<ReturnType<ActivityStore['unconfirmedTotals']>>;

/**
 * KEYS: totals, waiting. ARGV: the source's name if it has none, limit. Answers the name, programs and totals. The name is a
 * field of the totals, so that one is never lost without the other: old totals under a new name would be added once more.
 */
const READ_TOTALS = /* lua */ `
redis.call('HSETNX', KEYS[1], '#source', ARGV[1])
local ids = redis.call('ZRANGE', KEYS[2], '-inf', '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2])
local totals = {}
for at, id in ipairs(ids) do totals[at] = redis.call('HGET', KEYS[1], id) end
return { redis.call('HGET', KEYS[1], '#source'), ids, totals }
`;

/** KEYS: totals, waiting. ARGV: [program, total] each, as JSON. What has grown meanwhile goes to the end of those that wait. */
const CONFIRM_TOTALS = /* lua */ `
local turn = tonumber(redis.call('ZRANGE', KEYS[2], 0, 0, 'REV', 'WITHSCORES')[2] or 0)
for _, arrived in ipairs(cjson.decode(ARGV[1])) do
  local id, total = arrived[1], arrived[2]
  if redis.call('ZSCORE', KEYS[2], id) then
    local kept = tonumber(redis.call('HGET', KEYS[1], id) or 0)
    turn = turn + 1
    if kept > total then redis.call('ZADD', KEYS[2], turn, id) else redis.call('ZREM', KEYS[2], id) end
  end
end
`;

const readTotals = defineScript({ name: 'read-view-totals', lua: READ_TOTALS, keys: 2 });
const markConfirmed = defineScript({ name: 'confirm-view-totals', lua: CONFIRM_TOTALS, keys: 2 });

/** Those that wait longest come first, so that programs viewed all the time never hold up the others. */
export async function unconfirmedTotals(
  client: RedisClient,
  keys: RedisKeys,
  newSource: string,
  limit: number,
  call: Call,
): Promise<Unconfirmed> {
  const answer = await readTotals(client, totalsKeys(keys), [newSource, limit], call);
  const [source, ids, totals] = answer as readonly [string, readonly string[], readonly string[]];
  return { source, totals: ids.map((programId, index) => ({ programId, total: Number(totals[index]) })) };
}

export async function confirmTotals(
  client: RedisClient,
  keys: RedisKeys,
  totals: readonly ViewTotal[],
  call: Call,
): Promise<void> {
  const arrived = JSON.stringify(totals.map(({ programId, total }) => [programId, total]));
  await markConfirmed(client, totalsKeys(keys), [arrived], call);
}

function totalsKeys(keys: RedisKeys): readonly [totals: string, waiting: string] {
  return [keys.activity('totals'), keys.activity('waiting')];
}
