import type { Page } from '../../../domain/page.ts';
import { compareText } from '../../../domain/text.ts';
import type { RecentPosition, RecentView } from '../../../ports/activity-store.ts';
import type { Call } from '../../../ports/call.ts';
import type { RedisClient } from '../client.ts';
import type { RedisKeys } from '../keys.ts';
import { defineScript } from '../script.ts';

/**
 * KEYS: seen and positions of a viewer. ARGV: how many, negated time to begin at. Answers times and positions. Those that were
 * viewed at the very time to begin at come on top of how many: the caller leaves out which it has, since Lua compares texts by
 * the server's locale.
 */
const READ_RECENT = /* lua */ `
local start = ARGV[2]
local same = redis.call('ZCOUNT', KEYS[1], start, start)
local rows = redis.call('ZRANGE', KEYS[1], start, '+inf', 'BYSCORE', 'LIMIT', 0, same + ARGV[1], 'WITHSCORES')
local ids = {}
for row = 1, #rows, 2 do ids[#ids + 1] = rows[row] end
if #ids == 0 then return { {}, {} } end
return { rows, redis.call('HMGET', KEYS[2], unpack(ids)) }
`;

/** KEYS: seen and positions of a viewer. ARGV: a program. */
const FORGET_PROGRAM = /* lua */ `
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
`;

/** KEYS: seen and positions of a viewer. */
const FORGET_VIEWER = /* lua */ `redis.call('DEL', KEYS[1], KEYS[2])`;

const readRecent = defineScript({ name: 'read-recent-views', lua: READ_RECENT, keys: 2 });
const forgetProgram = defineScript({ name: 'forget-recent-view', lua: FORGET_PROGRAM, keys: 2 });
const forgetViewer = defineScript({ name: 'forget-recent-views', lua: FORGET_VIEWER, keys: 2 });

export async function recentlyViewed(
  client: RedisClient,
  keys: RedisKeys,
  userId: string,
  limit: number,
  after: RecentPosition | undefined,
  call: Call,
): Promise<Page<RecentView, RecentPosition>> {
  const start = after === undefined ? '-inf' : -after[0];
  const answer = await readRecent(client, viewerKeys(keys, userId), [limit + 1, start], call);
  const views = toViews(answer as RecentAnswer);
  const rest = after === undefined ? views : views.filter((view) => isAfter(view, after));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const isEnd = rest.length <= limit || last === undefined;
  return { items, next: isEnd ? undefined : [last.viewedAt.getTime(), last.programId] };
}

export async function forgetRecentlyViewed(
  client: RedisClient,
  keys: RedisKeys,
  userId: string,
  programId: string | undefined,
  call: Call,
): Promise<void> {
  const viewer = viewerKeys(keys, userId);
  if (programId === undefined) await forgetViewer(client, viewer, [], call);
  else await forgetProgram(client, viewer, [programId], call);
}

function viewerKeys(keys: RedisKeys, userId: string): readonly [seen: string, positions: string] {
  return [keys.activity('seen', userId), keys.activity('positions', userId)];
}

/** Programs and negated times in turn, and a position for each program. */
type RecentAnswer = readonly [rows: readonly string[], positions: readonly (string | null)[]];

function toViews([rows, positions]: RecentAnswer): readonly RecentView[] {
  return positions.map((position, index) => ({
    programId: rows[2 * index] ?? '',
    viewedAt: new Date(-Number(rows[2 * index + 1])),
    positionSeconds: position === null || position === '' ? null : Number(position),
  }));
}

function isAfter({ programId, viewedAt }: RecentView, [viewedAtMs, lastId]: RecentPosition): boolean {
  return viewedAt.getTime() < viewedAtMs || compareText(programId, lastId) > 0;
}
