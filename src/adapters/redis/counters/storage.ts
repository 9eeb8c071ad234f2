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

/** Makes `now` of the first argument: the time of a driven clock, or ''. */
export const CLOCK = /* lua */ `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/**
 * From the `text` of a counter makes `kept`, what its algorithm keeps; `extra`, what stands before that, if anything does; and
 * `before`, the time that it begins with.
 */
export const READ = /* lua */ `
local kept, extra = {}, nil
if text then
  local count = 0
  for number in string.gmatch(text, '%d+') do
    count = count + 1
    kept[count] = tonumber(number)
  end
end
local before = kept[1]
if text and string.byte(text) == 43 then
  extra = { block = kept[2], generation = kept[3], permits = kept[4] }
  kept = { unpack(kept, 5) }
end
`;

/** Writes `state` to the `field` of `key`, with `extra` if that says anything, and says so if permits of before say nothing now. */
export const KEEP = /* lua */ `
if extra and isFresh then extra.generation = extra.generation + 1 end
local text, ends = string.format(string.rep('%.0f ', #state), unpack(state)), state[1]
local lasts = extra and math.max(extra.block, extra.permits) or 0
if lasts > now then
  ends = math.max(ends or 0, lasts)
  text = string.format('+%.0f %.0f %.0f %.0f ', ends, extra.block, extra.generation, extra.permits) .. text
end
`;

/**
 * Functions to write fields. A caller that asks with ever other windows or permits must not fill a hash that never expires: each new
 * field looks at a few others. The hash stays until it counts nothing, which was asked for already when it is as it was before.
 */
export const PUT = /* lua */ `
-- Of concurrency: only the scripts that know it.
local dropHolding

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

local function stay(key, before, ends, now, slack)
  local lasts = ends - now + slack
  if before ~= ends and redis.call('PTTL', key) < lasts then
    redis.call('PEXPIRE', key, string.format('%.0f', lasts))
  end
end
`;
