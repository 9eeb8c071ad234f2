import type { TrendWindow } from '../../../domain/discovery/trend-score.ts';
import { decayedViews } from '../../../domain/discovery/trend-score.ts';
import type { CategoryTrend, Trend, TrendQuery, ViewAttributes } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { RedisClient } from '../client.ts';
import type { RedisKeys } from '../keys.ts';
import { defineScript } from '../script.ts';
import { untilAborted } from '../until-aborted.ts';

/**
 * KEYS: sorted sets. ARGV: limit. The members that are in all of them, with their (equal) scores, in their order: walks the
 * smallest set from its best member on and looks each up in the others, until it has enough.
 */
const TRENDING_IN_ALL = /* lua */ `
local limit, sets, found = tonumber(ARGV[1]), {}, {}
for at, key in ipairs(KEYS) do sets[at] = { key = key, size = redis.call('ZCARD', key) } end
table.sort(sets, function(a, b) return a.size < b.size end)

local function inAll(members)
  for at = 2, #sets do
    if #members == 0 then return members end
    local scores, rest = redis.call('ZMSCORE', sets[at].key, unpack(members)), {}
    for index, member in ipairs(members) do
      if scores[index] then rest[#rest + 1] = member end
    end
    members = rest
  end
  return members
end

local first, part = 0, 100
while first < sets[1].size and #found < limit do
  local members = redis.call('ZRANGE', sets[1].key, first, first + part - 1)
  for _, member in ipairs(inAll(members)) do found[#found + 1] = member end
  first, part = first + part, math.min(2 * part, 4000)
end

local rows = {}
for at = 1, math.min(limit, #found) do
  rows[2 * at - 1], rows[2 * at] = found[at], redis.call('ZSCORE', sets[1].key, found[at])
end
return rows
`;

const trendingInTwo = defineScript({ name: 'trending-in-two', lua: TRENDING_IN_ALL, keys: 2 });
const trendingInThree = defineScript({ name: 'trending-in-three', lua: TRENDING_IN_ALL, keys: 3 });

export async function trending(
  client: RedisClient,
  keys: RedisKeys,
  { window, filter, limit }: TrendQuery,
  nowMs: number,
  call: Call,
): Promise<readonly Trend[]> {
  const sets = setsOf(keys, window, filter);
  const rows = await membersOfAll(client, sets, limit, call);
  return toScored(rows).map(([programId, score]) => ({
    programId,
    score: decayedViews(window, score, nowMs),
  }));
}

export async function trendingCategories(
  client: RedisClient,
  keys: RedisKeys,
  window: TrendWindow,
  limit: number,
  nowMs: number,
  call: Call,
): Promise<readonly CategoryTrend[]> {
  const rows = await bestOf(client, keys.activity('categories', window), limit, call);
  return toScored(rows).map(([category, score]) => ({
    category,
    score: decayedViews(window, score, nowMs),
  }));
}

/** The sorted sets that a program must be in to meet a filter. */
function setsOf(
  keys: RedisKeys,
  window: TrendWindow,
  { category, language, contentType }: Partial<ViewAttributes>,
): readonly [string, ...string[]] {
  const values = { category, language, type: contentType };
  const sets = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [keys.activity('trend', window, name, value)],
  );
  const [first = keys.activity('trend', window), ...others] = sets;
  return [first, ...others];
}

async function membersOfAll(
  client: RedisClient,
  sets: readonly [string, ...string[]],
  limit: number,
  call: Call,
): Promise<readonly string[]> {
  if (sets.length === 1) return bestOf(client, sets[0], limit, call);
  const script = sets.length === 2 ? trendingInTwo : trendingInThree;
  return (await script(client, sets, [limit], call)) as readonly string[];
}

function bestOf(client: RedisClient, set: string, limit: number, call: Call): Promise<readonly string[]> {
  return untilAborted(call, () =>
    client.zrange(set, '-inf', '+inf', 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES'),
  );
}

/** `[member, score]` of each, out of a list of members and negated scores in turn. */
function toScored(rows: readonly string[]): readonly (readonly [member: string, score: number])[] {
  return Array.from({ length: rows.length / 2 }, (_, index) => [
    rows[2 * index] ?? '',
    -Number(rows[2 * index + 1]),
  ]);
}
