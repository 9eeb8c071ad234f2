/*
 * The hash of a rate-limit key has a field for each algorithm and window, and one for each permit, which is named by its counter,
 * a space and the permit. A value begins with the time (Unix, ms) from when on it counts nothing; whole numbers are in plain
 * digits, separated by spaces.
 *
 *   a counter             what its algorithm keeps
 *   one with a block      '+', that time, the block's end, generation of the permits, when the last permit ends, then what its
 *   or with permits       algorithm keeps; permits of another generation say nothing
 *   its permits           end, generation, units, when they were taken, and of the bucket right after that: all taken, limit
 *
 * Those of concurrency are in holding.ts. Lua's tostring writes 14 digits: numbers are formatted.
 */

export const reading = /* lua */ `
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max
local rules = {}

local function clock(driven)
  if driven ~= '' then return tonumber(driven) end
  local time = redis.call('TIME')
  return time[1] * 1000 + floor(time[2] / 1000)
end

local function numbers(text)
  local list = {}
  for digits in string.gmatch(text or '', '%d+') do list[#list + 1] = tonumber(digits) end
  return list
end

-- What the algorithm keeps, and what stands before it.
local function split(text)
  local list = numbers(text)
  if string.byte(text or '') ~= 43 then return list, nil, list[1] end
  return { unpack(list, 5) }, { block = list[2], generation = list[3], permits = list[4] }, list[1]
end
`;

export const storing = /* lua */ `
local function digits(list)
  local texts = {}
  for index, number in ipairs(list) do texts[index] = string.format('%.0f', number) end
  return table.concat(texts, ' ')
end

-- Of concurrency: only the scripts that know it.
local dropHolding

-- A caller that asks with ever other windows or permits must not fill a hash that never expires: each new field looks at a few
-- others.
local function sweep(key, now)
  local found = redis.call('HRANDFIELD', key, 4, 'WITHVALUES')
  for index = 1, #found, 2 do
    local field, text = found[index], found[index + 1]
    if tonumber(string.match(text, '%d+')) <= now then
      if string.byte(field) ~= 99 then redis.call('HDEL', key, field)
      elseif dropHolding then dropHolding(key, field, text) end
    end
  end
end

-- Writes a field, and lets the hash stay until it counts nothing, which was asked for already when it is as it was before.
local function put(key, field, text, before, ends, now, slack)
  if redis.call('HSET', key, field, text) == 1 then sweep(key, now) end
  if before ~= ends then
    local lasts = ends - now + slack
    if redis.call('PTTL', key) < lasts then redis.call('PEXPIRE', key, digits({ lasts })) end
  end
end

local function keep(key, field, state, extra, before, now, slack)
  local text, ends = digits(state), state[1] or 0
  local lasts = extra and max(extra.block, extra.permits) or 0
  if lasts > now then
    ends = max(ends, lasts)
    text = '+' .. digits({ ends, extra.block, extra.generation, extra.permits }) .. ' ' .. text
  end
  put(key, field, text, before, ends, now, slack)
end
`;
