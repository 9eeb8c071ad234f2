import { defineScript } from '../script.ts';

/*
 * KEYS: the hash of a rate-limit key. Its fields are named by algorithm and window; a value is whole numbers in plain digits,
 * separated by spaces, the first of which says from when on (Unix time, ms) it counts nothing:
 *
 *   fixed-window    window end, units
 *   sliding-window  expiry, number of the first sub-window, units of each sub-window from there
 *   token-bucket    expiry or somewhat later, missing units, their fraction in 1/window, since when, limit
 *
 * Redis runs Lua 5.1, whose only numbers are doubles: every number below stays under 2^53, so all arithmetic is exact. Its
 * tostring writes 14 digits: numbers are formatted.
 */

const reading = /* lua */ `
local function clock(driven)
  if driven ~= '' then return tonumber(driven) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function numbers(text)
  local list = {}
  for digits in string.gmatch(text or '', '%d+') do list[#list + 1] = tonumber(digits) end
  return list
end
`;

/**
 * Answers the time, 0 and the numbers of the state, if there is one.
 * ARGV: driven clock or '', field.
 */
export const peekScript = defineScript({
  name: 'peek-counter',
  keys: 1,
  lua: /* lua */ `${reading}
return { clock(ARGV[1]), 0, unpack(numbers(redis.call('HGET', KEYS[1], ARGV[2]))) }
`,
});

// Each takes the numbers of a state (empty: none), moved to now when they lie in the future, and answers whether `cost` was
// taken, and what to keep unless all stays as it was. They are the domain's algorithms, step by step.
const algorithms = /* lua */ `
local floor, ceil = math.floor, math.ceil
local take = {}

take['fixed-window'] = function(kept, policy, now)
  local window = policy.window
  local ends, used = kept[1], kept[2]
  if not ends or ends <= now then ends, used = (floor(now / window) + 1) * window, 0 end
  local moved = ends > now + window
  if moved then ends = now + window end
  local taken = used + policy.cost <= policy.limit
  if taken then used = used + policy.cost end
  return taken, (taken or moved) and { ends, used }
end

-- 15 bits of the limit at a time, since elapsed * limit may pass 2^53.
local function refilled(elapsed, limit, window)
  local high = floor(limit / 32768)
  local product = elapsed * high
  local units = floor(product / window)
  local rest = (product - units * window) * 32768 + elapsed * (limit - high * 32768)
  local more = floor(rest / window)
  return units * 32768 + more, rest - more * window
end

take['token-bucket'] = function(kept, policy, now)
  local limit, window = policy.limit, policy.window
  local units, fraction, since, rate = kept[2] or 0, kept[3] or 0, kept[4] or now, kept[5] or limit
  local moved = since > now
  local elapsed = moved and 0 or math.min(now - since, window)
  local back, backFraction = refilled(elapsed, rate, window)
  units, fraction = units - back, fraction - backFraction
  if fraction < 0 then units, fraction = units - 1, fraction + window end
  if units < 0 then units, fraction = 0, 0 end
  local after = units + policy.cost
  local taken = after < limit or (after == limit and fraction == 0)
  if taken then units, rate = after, limit end
  if not (taken or moved) then return false end
  -- Of the expiry alone a rounded product is good enough, a millisecond late. It moves in strides, which spares most calls the
  -- commands that set the key's.
  local expires, lasts = kept[1], ceil((units * window + fraction) / rate) + 1
  if moved or not expires or expires < now + lasts then expires = now + ceil(lasts * 1.125) end
  return taken, { expires, units, fraction, now, rate }
end

take['sliding-window'] = function(kept, policy, now)
  local window = policy.window
  local current = floor(now * 10 / window)
  local first, counts = kept[2] or current, {}
  for index = 3, #kept do counts[index - 2] = kept[index] end
  local moved = first + #counts - 1 > current
  if moved then
    if #counts > 1 then counts[#counts - 1] = counts[#counts - 1] + table.remove(counts) end
    first = current - #counts + 1
  end
  while counts[1] and (counts[1] == 0 or first < current - 10) do
    table.remove(counts, 1)
    first = first + 1
  end
  if not counts[1] then first = current end
  local used = 0
  for _, units in ipairs(counts) do used = used + units end
  local taken = used + policy.cost <= policy.limit
  if taken then
    for index = #counts + 1, current - first + 1 do counts[index] = 0 end
    counts[#counts] = counts[#counts] + policy.cost
  end
  if not (taken or moved) then return false end
  return taken, { ceil((first + #counts + 10) * window / 10), first, unpack(counts) }
end
`;

const storage = /* lua */ `
local function digits(list)
  local texts = {}
  for index, number in ipairs(list) do texts[index] = string.format('%.0f', number) end
  return table.concat(texts, ' ')
end

-- A caller that asks with ever other windows must not fill a hash that never expires: each new field looks at a few others.
local function sweep(key, now)
  local found = redis.call('HRANDFIELD', key, 4, 'WITHVALUES')
  for index = 1, #found, 2 do
    if tonumber(string.match(found[index + 1], '%d+')) <= now then redis.call('HDEL', key, found[index]) end
  end
end

local function keep(key, field, kept, state, now, slack)
  if redis.call('HSET', key, field, digits(state)) == 1 then sweep(key, now) end
  if kept[1] ~= state[1] then
    local lasts = state[1] - now + slack
    if redis.call('PTTL', key) < lasts then redis.call('PEXPIRE', key, digits({ lasts })) end
  end
end
`;

/**
 * Takes units when all of them are there. Answers the time, 1 when they were taken, else 0, and the numbers of the state that it
 * left, if there is one.
 * ARGV: driven clock or '', slack of the expiry in ms, field, algorithm, limit, window in ms, cost.
 */
export const consumeScript = defineScript({
  name: 'consume-counter',
  keys: 1,
  lua: /* lua */ `${reading}${algorithms}${storage}
local now, field = clock(ARGV[1]), ARGV[3]
local policy = { limit = tonumber(ARGV[5]), window = tonumber(ARGV[6]), cost = tonumber(ARGV[7]) }
local kept = numbers(redis.call('HGET', KEYS[1], field))
local taken, state = take[ARGV[4]](kept, policy, now)
if state then keep(KEYS[1], field, kept, state, now, tonumber(ARGV[2])) end
return { now, taken and 1 or 0, unpack(state or kept) }
`,
});
