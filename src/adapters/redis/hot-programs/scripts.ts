import { defineScript } from '../script.ts';

/*
 * A category is a sorted set whose members, all with the score 0, are a program's rank (16 characters) and its id: see rank.ts.
 * A program that expires leaves its member behind, so a member counts only when the program's text has that category and that rank;
 * readers remove what does not, and a write that adds a member looks at two others, so that even in a category that nobody reads
 * to its end no more than about half of the members are left over.
 *
 * The ids of a shard are a sorted set too, in the order of the ids: a scan of it can begin after any id, on any node, and costs
 * nothing for what else the server keeps, as SCAN would. What Redis drops leaves its id behind, which is put right likewise.
 *
 * The scripts reach keys that are not among KEYS: those of the programs of a category, and of the category that a program leaves.
 * All have the hash tag of KEYS[1], so they are in its slot; but while that slot is on its way to another node, they can be there
 * already, or not yet, where KEYS are. A write has done what matters by then, and leaves the rest to the readers. A node to which a
 * slot is on its way answers a command of one key as if what has not arrived were not there, and refuses one of two keys of which
 * one is missing (Redis Cluster specification, "ASK redirection"): so what seems to be gone is asked for once more, together with
 * a key that is there, before what it left behind is removed.
 */
const WRITES = /* lua */ `
local HEAD = '^p1 (%d+) (%d+) (%S+) ?([^\\n]*)'

-- The head of what is kept, or nil where nothing is, or nothing of ours; and whether it could be looked at.
local function head(key)
  local text = redis.pcall('GETRANGE', key, 0, 1023)
  if type(text) ~= 'string' then return nil, false end
  local version, expires, rank, category = string.match(text, HEAD)
  return version and { version = version, expires = tonumber(expires), rank = rank, category = category }, true
end

-- Answers the stored version when it is not older, or with refresh when it is newer; otherwise nil and the head of what was there.
local function write(key, now, version, text, gone, refresh)
  local old = head(key)
  local alive = old and (old.expires == 0 or old.expires > tonumber(now))
  local ahead = alive and tonumber(old.version) - tonumber(version)
  if alive and (ahead > 0 or ahead == 0 and refresh ~= '1') then return old.version end
  -- First of all: without memory this is refused, before anything has changed.
  if gone == '0' then redis.call('SET', key, text) else redis.call('SET', key, text, 'PXAT', gone) end
  return nil, old
end

-- What a key begins with that ends so.
local function before(key, last)
  return string.sub(key, 1, #key - #last)
end

-- Adds the id to those of the shard. Looks at two others, which Redis may have dropped.
local function file(ids, key, id)
  if redis.call('ZADD', ids, 0, id) == 0 then return end
  for _, other in ipairs(redis.call('ZRANDMEMBER', ids, 2)) do
    if redis.pcall('EXISTS', ids, before(key, id) .. other) == 1 then redis.call('ZREM', ids, other) end
  end
end
`;

/**
 * KEYS: the program, ids of the shard, its category. ARGV: now, text, when Redis may drop it (0: never), refresh (1: yes), id.
 * Answers the stored version when that is not older, nil when it has written.
 */
export const putProgram = defineScript({
  name: 'put-hot-program',
  keys: 3,
  lua: /* lua */ `${WRITES}
local text, id = ARGV[2], ARGV[5]
local version, _, rank, category = string.match(text, HEAD)
local refused, old = write(KEYS[1], ARGV[1], version, text, ARGV[3], ARGV[4])
if refused then return refused end
file(KEYS[2], KEYS[1], id)
local added = redis.call('ZADD', KEYS[3], 0, rank .. id)
if old and old.rank ~= '-' and (old.category ~= category or old.rank ~= rank) then
  redis.pcall('ZREM', before(KEYS[3], category) .. old.category, old.rank .. id)
end
if added == 0 then return false end
local programs = before(KEYS[1], id)
for _, other in ipairs(redis.call('ZRANDMEMBER', KEYS[3], 2)) do
  local key = programs .. string.sub(other, 17)
  local kept, seen = head(key)
  local stays = kept and kept.category == category and kept.rank == string.sub(other, 1, 16)
  if seen and not stays and type(redis.pcall('EXISTS', KEYS[3], key)) == 'number' then
    redis.call('ZREM', KEYS[3], other)
  end
end
return false
`,
});

/**
 * KEYS: the program, ids of the shard. ARGV: as of {@link putProgram}, then what keys of categories begin with.
 * Answers as {@link putProgram} does.
 */
export const removeProgram = defineScript({
  name: 'remove-hot-program',
  keys: 2,
  lua: /* lua */ `${WRITES}
local text, id = ARGV[2], ARGV[5]
local refused, old = write(KEYS[1], ARGV[1], string.match(text, HEAD), text, ARGV[3], ARGV[4])
if refused then return refused end
file(KEYS[2], KEYS[1], id)
if old and old.rank ~= '-' then redis.pcall('ZREM', ARGV[6] .. old.category, old.rank .. id) end
return false
`,
});

/**
 * KEYS: ids of a shard. ARGV: the id to begin after ('': none), how many to look at, what keys of programs begin with.
 * Answers the id to go on after ('': that was all), then of each program its id and how its text begins ('': it is no text).
 */
export const scanPrograms = defineScript({
  name: 'scan-hot-programs',
  keys: 1,
  lua: /* lua */ `
local after, wanted, programs = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local ids = redis.call('ZRANGEBYLEX', KEYS[1], after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, wanted)
local answer = { #ids == wanted and ids[wanted] or '' }
for _, id in ipairs(ids) do
  local key = programs .. id
  local kind = redis.call('TYPE', key).ok
  if kind == 'none' then
    redis.call('EXISTS', KEYS[1], key)
    redis.call('ZREM', KEYS[1], id)
  else
    answer[#answer + 1] = id
    answer[#answer + 1] = kind == 'string' and redis.call('GETRANGE', key, 0, 63) or ''
  end
end
return answer
`,
});

/**
 * KEYS: a category. ARGV: the member to begin after ('': none), how many cards, now, what keys of programs begin with, escaped
 * category. Answers the member to go on after ('': that was all), then the cards in order, each without its closing brace.
 */
export const topCards = defineScript({
  name: 'top-hot-cards',
  keys: 1,
  lua: /* lua */ `
local last, wanted, now, programs, category = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local answer, looked = { '' }, 0

local function look(member, text)
  -- The first line ends so, and JSON has no line breaks.
  local _, head = string.find(text or '', ' ' .. string.sub(member, 1, 16) .. ' ' .. category .. '\\n', 1, true)
  if not head then
    redis.call('EXISTS', KEYS[1], programs .. string.sub(member, 17))
    return redis.call('ZREM', KEYS[1], member)
  end
  local expires = string.match(text, '^p1 %d+ (%d+)')
  local card = string.find(text, ',"description":', head, true)
  if card and expires and (expires == '0' or tonumber(expires) > now) then
    answer[#answer + 1] = string.sub(text, head + 1, card - 1)
  end
end

-- Looks at so many at most, that others need not wait long.
while #answer <= wanted and looked < wanted + 2000 do
  local chunk = math.min(wanted - #answer + 2, 1000)
  local members = redis.call('ZRANGEBYLEX', KEYS[1], last == '' and '-' or '(' .. last, '+', 'LIMIT', 0, chunk)
  if #members == 0 then return answer end
  local keys = {}
  for index, member in ipairs(members) do keys[index] = programs .. string.sub(member, 17) end
  local texts = redis.call('MGET', unpack(keys))
  for index, member in ipairs(members) do look(member, texts[index]) end
  if #members < chunk then return answer end
  last = members[#members]
  looked = looked + #members
end
answer[1] = last
return answer
`,
});
