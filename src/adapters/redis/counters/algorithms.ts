import type { CountingAlgorithm } from '../../../domain/limits/policy.ts';

/*
 * The domain's algorithms in Lua, step by step, on the numbers that are kept of a counter:
 *
 *   fixed-window    window end, units
 *   sliding-window  expiry, number of the first sub-window, units of each sub-window from there
 *   token-bucket    expiry or somewhat later, missing units, their fraction in 1/window, since when, limit, and, once a permit was
 *                   given, all units taken since
 *
 * open   answers what is kept (nothing: an empty list) as of now, whether permits of before say nothing any more (the whole limit is
 *        there, or the clock went back), and whether the clock went back, so that what was opened is to be kept in any case.
 * room   whole units that are there.
 * spend  takes units that are there.
 *
 * Redis runs Lua 5.1, whose only numbers are doubles: every number stays under 2^53, so all arithmetic is exact.
 */

const fixedWindow = /* lua */ `
rules['fixed-window'] = {
  open = function(kept, window, now)
    local ends, used = kept[1], kept[2]
    if not ends or ends <= now or used == 0 then return { (floor(now / window) + 1) * window, 0 }, true end
    if ends > now + window then return { now + window, used }, true, true end
    return { ends, used }
  end,
  room = function(state, limit) return limit - state[2] end,
  spend = function(state, policy, units) state[2] = state[2] + units end,
}
`;

const slidingWindow = /* lua */ `
-- From when on the newest units count no more.
local function leaves(state, window) return ceil((state[2] + #state + 8) * window / 10) end

rules['sliding-window'] = {
  open = function(kept, window, now)
    local current = floor(now * 10 / window)
    local state = { kept[1] or 0, kept[2] or current, unpack(kept, 3) }
    local moved = #state > 2 and state[2] + #state - 3 > current
    if moved then
      local newest = #state > 3 and table.remove(state) or 0
      state[#state] = state[#state] + newest
      state[2] = current - #state + 3
      state[1] = leaves(state, window)
    end
    while state[3] and (state[3] == 0 or state[2] < current - 10) do
      table.remove(state, 3)
      state[2] = state[2] + 1
    end
    if not state[3] then state[2] = current end
    return state, moved or not state[3], moved
  end,
  room = function(state, limit)
    for index = 3, #state do limit = limit - state[index] end
    return limit
  end,
  spend = function(state, policy, units, now)
    local newest = floor(now * 10 / policy.window) - state[2] + 3
    for index = #state + 1, newest do state[index] = 0 end
    state[newest] = state[newest] + units
    state[1] = leaves(state, policy.window)
  end,
}
`;

const tokenBucket = /* lua */ `
-- 15 bits of the rate at a time, since elapsed * rate may pass 2^53.
local function refilled(elapsed, rate, window)
  local high = floor(rate / 32768)
  local product = elapsed * high
  local units = floor(product / window)
  local rest = (product - units * window) * 32768 + elapsed * (rate - high * 32768)
  local more = floor(rest / window)
  return units * 32768 + more, rest - more * window
end

-- Of the expiry alone a rounded product is good enough, a millisecond late. It moves in strides, which spares most calls the
-- commands that set the key's.
local function expire(state, window, now)
  local lasts = ceil((state[2] * window + state[3]) / state[5]) + 1
  if state[1] < now + lasts then state[1] = now + ceil(lasts * 1.125) end
end

rules['token-bucket'] = {
  open = function(kept, window, now)
    local units, fraction, since, rate = kept[2] or 0, kept[3] or 0, kept[4] or now, kept[5] or 0
    local moved = since > now
    local back, backFraction = refilled(moved and 0 or min(now - since, window), rate, window)
    units, fraction = units - back, fraction - backFraction
    if fraction < 0 then units, fraction = units - 1, fraction + window end
    if units < 0 then units, fraction = 0, 0 end
    local state = { moved and 0 or kept[1] or 0, units, fraction, now, rate, kept[6] }
    if moved then expire(state, window, now) end
    return state, moved or (units == 0 and fraction == 0), moved
  end,
  room = function(state, limit) return limit - state[2] - (state[3] > 0 and 1 or 0) end,
  spend = function(state, policy, units, now)
    state[2], state[5] = state[2] + units, policy.limit
    if state[6] then state[6] = state[6] + units end
    expire(state, policy.window, now)
  end,
}
`;

/** The rules of each algorithm; a script has those that it uses, since Lua makes them anew for each call. */
export const RULES: Readonly<Record<CountingAlgorithm, string>> = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
};
