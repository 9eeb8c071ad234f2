import { LEAVES, REFILL } from './algorithms.ts';
import { KEEP, READ } from './storage.ts';

/** Gives units back to an opened state; with `permit` to when they were taken. */
const returning = /* lua */ `
rules['fixed-window'].giveBack = function(state, window, units) state[2] = max(0, state[2] - units) end
rules['fixed-window'].isWhole = function(state) return state[2] == 0 end
rules['fixed-window'].untilOf = function(state) return state[1] end

rules['sliding-window'].giveBack = function(state, window, units, permit)
  local first, last = 3, #state
  if permit then
    first = floor(permit.at * 10 / window) - state[2] + 3
    last = first
  end
  for index = last, first, -1 do
    local back = min(units, index > 2 and state[index] or 0)
    if back > 0 then state[index], units = state[index] - back, units - back end
  end
  while #state > 2 and state[#state] == 0 do table.remove(state) end
  if state[3] then state[1] = ${LEAVES} end
end
rules['sliding-window'].isWhole = function(state) return not state[3] end
rules['sliding-window'].untilOf = function(state) return state[1] end

-- Amounts are units and a fraction of one, in 1/window, which is never negative.
local function isMore(units, fraction, other, otherFraction)
  return units > other or (units == other and fraction > otherFraction)
end

local function less(units, fraction, other, otherFraction, window)
  if fraction < otherFraction then return units - other - 1, fraction - otherFraction + window end
  return units - other, fraction - otherFraction
end

-- How much of a permit has surely not come back yet: see the domain's token-bucket.ts.
local function stillMissing(state, window, permit, now)
  local units, fraction = state[2] - ((state[6] or 0) - permit.taken), state[3]
  local elapsed, rate = min(max(0, now - permit.at), window), max(state[5], permit.limit)
  ${REFILL}
  local byTime, byTimeFraction = less(permit.units, 0, back, backFraction, window)
  if isMore(units, fraction, byTime, byTimeFraction) then return units, fraction end
  return byTime, byTimeFraction
end

rules['token-bucket'].giveBack = function(state, window, units, permit, now)
  local fraction = 0
  if permit then
    local most, mostFraction = stillMissing(state, window, permit, now)
    if isMore(units, 0, most, mostFraction) then units, fraction = most, mostFraction end
  end
  if units < 0 then return end
  if isMore(units, fraction, state[2], state[3]) then state[2], state[3] = 0, 0
  else state[2], state[3] = less(state[2], state[3], units, fraction, window) end
end
rules['token-bucket'].isWhole = function(state) return state[2] == 0 and state[3] == 0 end
rules['token-bucket'].untilOf = function(state, window, now) return now + window end
`;

/** A counter of units that come back by themselves. `c` has its `key`, `field`, `algorithm`, `window`, and `limit` to take. */
export const counting = /* lua */ `${returning}
local counting = {}

counting.open = function(c)
  c.rule = rules[c.algorithm]
  local text = redis.call('HGET', c.key, c.field)
  ${READ}
  c.kept, c.extra, c.before = kept, extra, before
  c.state, c.isFresh, c.isMoved = c.rule.open(kept, c.window, now)
  c.blockedUntil = extra and extra.block or 0
end

counting.permitOf = function(c, id)
  if c.isFresh or not c.extra then return nil end
  local text = redis.call('HGET', c.key, c.field .. ' ' .. id)
  ${READ}
  if not kept[1] or kept[1] <= now or kept[2] ~= c.extra.generation then return nil end
  return { units = kept[3], at = kept[4], taken = kept[5], limit = kept[6] }
end

counting.room = function(c) return c.rule.room(c.state, c.limit) end

local function write(c, state, isFresh)
  local extra = c.extra
  ${KEEP}
  put(c.key, c.field, text, c.before, ends)
end

counting.keep = function(c)
  c.kept = c.state
  write(c, c.state, c.isFresh)
end

-- A bucket counts what is taken from the first permit on.
local function grant(c, units, id)
  local ends = c.rule.untilOf(c.state, c.window, now)
  c.extra = c.extra or { block = 0, generation = now, permits = 0 }
  c.extra.permits = max(c.extra.permits, ends)
  counting.keep(c)
  local permit = { ends, c.extra.generation, units, now, c.state[6] or 0, c.limit }
  put(c.key, c.field .. ' ' .. id, digits(permit), ends, ends)
end

counting.take = function(c, units, id)
  if id and c.algorithm == 'token-bucket' then c.state[6] = c.state[6] or 0 end
  c.rule.spend(c.state, c.limit, c.window, units, now)
  if id then grant(c, units, id) else counting.keep(c) end
end

counting.numbers = function(c) return c.kept end

counting.giveBack = function(c, id, units)
  local permit = id and counting.permitOf(c, id)
  if (id and not permit) or (c.isFresh and not c.isMoved) then return end
  if permit then
    redis.call('HDEL', c.key, c.field .. ' ' .. id)
    units = min(units, permit.units)
  end
  c.rule.giveBack(c.state, c.window, units, permit, now)
  if c.extra or not c.rule.isWhole(c.state) then counting.keep(c)
  else redis.call('HDEL', c.key, c.field) end
end

counting.block = function(c, untilMs)
  c.extra = c.extra or { block = 0, generation = now, permits = 0 }
  c.extra.block = untilMs
  write(c, c.kept, false)
end
`;
