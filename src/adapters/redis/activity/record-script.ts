import { COMMON, FOLD } from './fold-script.ts';

/*
 * What the activity store keeps, each name after the base that KEYS[1] gives:
 *
 *   event:<eventId>          string, when the event was first seen (epoch ms)
 *   attributes               hash, programId -> 'epoch ms of the view they are of, a space, [category, language, content type]'
 *   totals                   hash, programId -> views ever; '#source' -> the name of these totals
 *   waiting                  sorted set, programId by its turn to be confirmed
 *   trend:<window>           sorted set, programId by its score, negated: ties then come in the order of ids
 *   trend:<window>:<attribute>:<value>   the same, of the programs with this `category`, `language` or `type`
 *   categories:<window>      sorted set, category by the sum of its programs' scores, negated
 *   seen:<userId>            sorted set, programId by when it was last viewed (epoch ms), negated
 *   positions:<userId>       hash, programId -> where that view was, in seconds, or ''
 *
 * The script makes these names itself, since which sets a program leaves is known only when its attributes were read. All
 * are in the slot of the base, as a cluster demands.
 *
 * It reads everything before it writes anything, and what Redis can refuse comes before the first write: out of memory
 * (judged at the first write), and keys of a slot that is on its way to another node. Of
 * such a slot each node has some keys, and lets a script take the missing ones for empty, unless one command names several
 * keys and not all are there (Redis Cluster specification, TRYAGAIN): EXISTS of all keys is that command.
 *
 * Redis runs Lua 5.1, whose numbers are doubles. Its `tostring` and `cjson.encode` write 14 digits of them; `redis.call`
 * writes 17, so numbers are handed over as numbers.
 */

/** What the counted views change: `sets` gain, `drops` lose, `gains` of categories, and categories that were `left`. */
const READ = /* lua */ `
local sets, drops, gains, left, named = {}, {}, {}, {}, {}

local function namesOf(attributes)
  if not named[attributes] then
    local values = cjson.decode(attributes)
    named[attributes] = { 'category:' .. values[1], 'language:' .. values[2], 'type:' .. values[3], category = values[1] }
  end
  return named[attributes]
end

local function place(program, window, score)
  local trend = base .. 'trend:' .. WINDOWS[window]
  local names = namesOf(program.attributes)
  local text = negated(score)
  append(listOf(sets, trend), text, program.id)
  for _, name in ipairs(names) do append(listOf(sets, trend .. ':' .. name), text, program.id) end
  if program.before == program.attributes or not program.before then return end
  for at, name in ipairs(namesOf(program.before)) do
    if name ~= names[at] then append(listOf(drops, trend .. ':' .. name), program.id) end
  end
end

-- To its category a program adds these views, or all it has when it is new there.
local function gain(program, window, score)
  local category = namesOf(program.attributes).category
  local old = program.before and namesOf(program.before).category
  if old and old ~= category then left[old] = true end
  local sums = listOf(gains, category)
  sums[window] = add(sums[window], old == category and program.scores[window] or score)
end

local ids = {}
for at, program in ipairs(programs) do ids[at] = program.id end

for at, total in ipairs(read('HMGET', base .. 'totals', ids)) do
  programs[at].total = tonumber(total or 0) + programs[at].count
end

for at, waits in ipairs(read('ZMSCORE', base .. 'waiting', ids)) do programs[at].waits = waits end

for at, kept in ipairs(read('HMGET', base .. 'attributes', ids)) do
  local program = programs[at]
  local keptAt, attributes = string.match(kept or '', '^(%S+) (.*)$')
  program.before = attributes
  if keptAt and tonumber(keptAt) > program.at then
    program.at, program.attributes = tonumber(keptAt), attributes
  end
end

for window = 1, 3 do
  for at, kept in ipairs(read('ZMSCORE', base .. 'trend:' .. WINDOWS[window], ids)) do
    local program = programs[at]
    local score = add(kept and -kept, program.scores[window])
    place(program, window, score)
    gain(program, window, score)
  end
end

local categories = {}
for category in pairs(gains) do categories[#categories + 1] = category end
for window = 1, 3 do
  local key = base .. 'categories:' .. WINDOWS[window]
  for at, kept in ipairs(read('ZMSCORE', key, categories)) do
    local category = categories[at]
    append(listOf(sets, key), negated(add(kept and -kept, gains[category][window])), category)
  end
end

for _, viewer in ipairs(viewers) do
  local times = read('ZMSCORE', viewer.seen, viewer.ids)
  local positions = read('HMGET', viewer.positions, viewer.ids)
  viewer.newTimes, viewer.newPositions = {}, {}
  for at, id in ipairs(viewer.ids) do
    local view = viewer.views[id]
    local before = times[at] and { at = -times[at], position = tonumber(positions[at] or '') or -1 }
    if not before or isFurther(view.at, view.position, before) then
      append(viewer.newTimes, -view.at, id)
      append(viewer.newPositions, id, view.position >= 0 and view.position or '')
    end
  end
end

local turn = tonumber(redis.call('ZRANGE', base .. 'waiting', 0, 0, 'REV', 'WITHSCORES')[2] or 0)
`;

/** Refuses to go on while the slot moves to another node of the cluster. */
const GUARD = /* lua */ `
local touched = { base .. 'totals', base .. 'attributes' }
for _, key in ipairs(newEvents) do touched[#touched + 1] = key end
for key in pairs(sets) do touched[#touched + 1] = key end
for key in pairs(drops) do touched[#touched + 1] = key end
for _, viewer in ipairs(viewers) do append(touched, viewer.seen, viewer.positions) end
write('EXISTS', base .. 'waiting', touched)
`;

const WRITE = /* lua */ `
-- From the best down to where the rest is lost in rounding: 2^-60 of it.
local function sumOf(key)
  local best = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  if not best then return nil end
  local rows, sum = redis.call('ZRANGE', key, best, best + 60, 'BYSCORE', 'WITHSCORES'), 0
  for at = 2, #rows, 2 do sum = sum + 2 ^ (best - rows[at]) end
  return -best + math.log(sum) / math.log(2)
end

local function trim(viewer)
  local oldest = redis.call('ZRANGE', viewer.seen, given.kept, -1)
  write('ZREM', viewer.seen, oldest)
  write('HDEL', viewer.positions, oldest)
end

for _, key in ipairs(newEvents) do
  redis.call('SET', key, given.now, 'PX', given.collectAfter)
end

local totals, attributes, turns = {}, {}, {}
for at, program in ipairs(programs) do
  append(totals, program.id, program.total)
  append(attributes, program.id, string.format('%.0f ', program.at) .. program.attributes)
  if not program.waits then append(turns, turn + at, program.id) end
end
write('HSET', base .. 'totals', totals)
write('HSET', base .. 'attributes', attributes)
write('ZADD', base .. 'waiting', turns)

for key, members in pairs(sets) do write('ZADD', key, members) end
for key, members in pairs(drops) do write('ZREM', key, members) end

-- Scores can not be taken off without losing digits, so the sum is made anew.
for category in pairs(left) do
  for _, window in ipairs(WINDOWS) do
    local sum = sumOf(base .. 'trend:' .. window .. ':category:' .. category)
    if sum then redis.call('ZADD', base .. 'categories:' .. window, -sum, category)
    else redis.call('ZREM', base .. 'categories:' .. window, category) end
  end
end

for _, viewer in ipairs(viewers) do
  write('ZADD', viewer.seen, viewer.newTimes)
  write('HSET', viewer.positions, viewer.newPositions)
  trim(viewer)
end

return table.concat(outcomes)
`;

/** KEYS: base. ARGV: a `RecordCall` as JSON. Answers a digit for each view: 1 when it counted. */
export const RECORD_VIEWS = COMMON + FOLD + READ + GUARD + WRITE;
