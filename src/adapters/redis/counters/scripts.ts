import { defineScript } from '../script.ts';
import { RULE_TABLE } from './algorithms.ts';
import { counting } from './counting.ts';
import { holding } from './holding.ts';
import { CLOCK, PUT, READ } from './storage.ts';

/*
 * What a counter answers begins with one of these: 0 it has not its units, 1 they were taken by this call, 2 it is blocked, until
 * the number that follows, 3 its permit is known. Last come the numbers that are kept of it then, if there are any.
 */

/**
 * Looks at a counter that counts, without a permit. Answers the time and what the counter answers.
 * ARGV: driven clock or '', field.
 */
export const peekScript = defineScript({
  name: 'peek-counter',
  keys: 1,
  lua: /* lua */ `${CLOCK}
local text = redis.call('HGET', KEYS[1], ARGV[2])
${READ}
if extra and extra.block > now then return { now, 2, extra.block, unpack(kept) } end
return { now, 0, unpack(kept) }
`,
});

const anyCounter = /* lua */ `${CLOCK}${RULE_TABLE}${PUT}
local slack, isLook = tonumber(ARGV[2]), ARGV[3] == 'look'
local floor, ceil, min, max = math.floor, math.ceil, math.min, math.max

local function digits(list) return string.format(string.rep('%.0f ', #list), unpack(list)) end

local function put(key, field, text, before, ends)
  if redis.call('HSET', key, field, text) == 1 then sweep(key, now) end
  stay(key, before, ends, now, slack)
end
${counting}${holding}
local function open(c)
  c.field = c.algorithm .. ':' .. string.format('%.0f', c.window)
  c.kind = c.algorithm == 'concurrency' and holding or counting
  c.kind.open(c)
end
`;

/**
 * Takes the units of all requests when each has at least so many as it needs and is not blocked, else none; or only looks. Answers
 * the time, and of each request a list: units that it has, and what its counter answers.
 * KEYS: the hashes. ARGV: driven clock or '', slack of the expiry in ms, 'look' or 'take', and for each request which of the keys,
 * algorithm, limit, window in ms, units to take at most, units to take at least, permit or '', whether to take what is there on a
 * denial (0 or 1).
 */
export const takeScript = defineScript({
  name: 'take-from-counters',
  lua: /* lua */ `${anyCounter}
local asked, isPassed = {}, true
for index = 4, #ARGV, 8 do
  local key, algorithm, limit, window, cost, least, id, isCharged = unpack(ARGV, index, index + 7)
  local c = {
    key = KEYS[tonumber(key)], algorithm = algorithm, limit = tonumber(limit), window = tonumber(window),
    cost = tonumber(cost), least = tonumber(least), id = id ~= '' and id or nil, isCharged = isCharged == '1',
  }
  open(c)
  c.permit = c.id and c.kind.permitOf(c, c.id)
  c.isBlocked = c.blockedUntil > now
  if c.isBlocked or not (c.permit or c.least <= c.kind.room(c)) then isPassed = false end
  asked[#asked + 1] = c
end

local function take(c)
  if c.permit and c.kind == counting then return 3, c.permit.units end
  local units = c.permit and c.permit.units or min(c.cost, c.kind.room(c))
  c.kind.take(c, units, c.id)
  return c.permit and 3 or 1, units
end

local function look(c)
  if c.isBlocked then return 2, 0 end
  return c.permit and 3 or 0, c.permit and c.permit.units or 0
end

local function deny(c)
  local isCharged = c.isCharged and not (c.isBlocked or c.permit) and c.kind == counting
  local room = isCharged and c.kind.room(c) or 0
  if room > 0 then c.kind.take(c, room) elseif c.isMoved then c.kind.keep(c) end
  return look(c)
end

local act, answer = isLook and look or isPassed and take or deny, { now }
for index, c in ipairs(asked) do
  local code, units = act(c)
  local list = code == 2 and { units, code, c.blockedUntil } or { units, code }
  for _, number in ipairs(c.kind.numbers(c, code)) do list[#list + 1] = number end
  answer[index + 1] = list
end
return answer
`,
});

/**
 * Gives units back.
 * ARGV: driven clock or '', slack of the expiry in ms, '', algorithm, window in ms, units, permit or ''.
 */
export const refundScript = defineScript({
  name: 'refund-counter',
  keys: 1,
  lua: /* lua */ `${anyCounter}
local c = { key = KEYS[1], algorithm = ARGV[4], window = tonumber(ARGV[5]) }
open(c)
c.kind.giveBack(c, ARGV[7] ~= '' and ARGV[7] or nil, tonumber(ARGV[6]))
`,
});

/**
 * Blocks a counter for so long, at most until `longest`, which stands for ever; never for shorter than it is.
 * ARGV: driven clock or '', slack of the expiry in ms, '', algorithm, window in ms, ms or 'inf', longest (Unix time, ms).
 */
export const blockScript = defineScript({
  name: 'block-counter',
  keys: 1,
  lua: /* lua */ `${anyCounter}
local c = { key = KEYS[1], algorithm = ARGV[4], window = tonumber(ARGV[5]) }
local longest = tonumber(ARGV[7])
local untilMs = ARGV[6] == 'inf' and longest or min(now + ceil(tonumber(ARGV[6])), longest)
open(c)
if untilMs > max(now, c.blockedUntil) then c.kind.block(c, untilMs) end
`,
});
