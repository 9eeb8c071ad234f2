import type { CountingAlgorithm } from '../../../domain/limits/policy.ts';

/*
 * The domain's algorithms in Lua, step by step, on the numbers that are kept of a counter:
 *
 *   fixed-window    window end, units
 *   sliding-window  expiry, number of the first sub-window, units of each sub-window from there
 *   token-bucket    expiry or somewhat later, missing units, their fraction in 1/window, since when, limit, and, once a permit was
 *                   given, all units taken since
 *
 * Redis runs Lua 5.1, whose only numbers are doubles: every number stays under 2^53, so all arithmetic is exact.
 */

/** Statements, not functions: Lua makes a function anew for each call of a script, which takes longer than to run it. */
export interface Rules {
  /**
   * From `kept` (nothing: an empty list), `window` and `now` makes `state`, which is that as of now; `isFresh`, whether permits of
   * before say nothing any more (the whole limit is there, or the clock went back); and `isMoved`, whether the clock went back, so
   * that the state is to be kept in any case.
   */
  readonly open: string;
  /** From `state` and `limit` makes `room`: whole units that are there. */
  readonly room: string;
  /** Takes `units`, which are there, from `state` under `limit` and `window` at `now`. */
  readonly spend: string;
}

const fixedWindow: Rules = {
  open: /* lua */ `
local state, isFresh, isMoved = kept, false, false
local ends = kept[1]
if not ends or ends <= now or kept[2] == 0 then
  state, isFresh = { (math.floor(now / window) + 1) * window, 0 }, true
elseif ends > now + window then
  state, isFresh, isMoved = { now + window, kept[2] }, true, true
end
`,
  room: 'local room = limit - state[2]',
  spend: 'state[2] = state[2] + units',
};

/** From when on the newest units count no more. */
export const LEAVES = 'math.ceil((state[2] + #state + 8) * window / 10)';

const slidingWindow: Rules = {
  open: /* lua */ `
local current = math.floor(now * 10 / window)
local state = { kept[1] or 0, kept[2] or current, unpack(kept, 3) }
local isMoved = #state > 2 and state[2] + #state - 3 > current
if isMoved then
  local newest = #state > 3 and table.remove(state) or 0
  state[#state] = state[#state] + newest
  state[2] = current - #state + 3
  state[1] = ${LEAVES}
end
while state[3] and (state[3] == 0 or state[2] < current - 10) do
  table.remove(state, 3)
  state[2] = state[2] + 1
end
if not state[3] then state[2] = current end
local isFresh = isMoved or not state[3]
`,
  room: /* lua */ `
local room = limit
for index = 3, #state do room = room - state[index] end
`,
  spend: /* lua */ `
local newest = math.floor(now * 10 / window) - state[2] + 3
for index = #state + 1, newest do state[index] = 0 end
state[newest] = state[newest] + units
state[1] = ${LEAVES}
`,
};

/** From `elapsed`, `rate` and `window` makes `back` and `backFraction`. 15 bits of the rate at a time: elapsed * rate may pass 2^53. */
export const REFILL = /* lua */ `
local high = math.floor(rate / 32768)
local product = elapsed * high
local whole = math.floor(product / window)
local rest = (product - whole * window) * 32768 + elapsed * (rate - high * 32768)
local more = math.floor(rest / window)
local back, backFraction = whole * 32768 + more, rest - more * window
`;

// Of the expiry alone a rounded product is good enough, a millisecond late. It moves in strides, which spares most calls the
// commands that set the key's.
const expire = /* lua */ `
local lasts = math.ceil((state[2] * window + state[3]) / state[5]) + 1
if state[1] < now + lasts then state[1] = now + math.ceil(lasts * 1.125) end
`;

const tokenBucket: Rules = {
  open: /* lua */ `
local missing, fraction, since, rate = kept[2] or 0, kept[3] or 0, kept[4] or now, kept[5] or 0
local isMoved = since > now
local elapsed = isMoved and 0 or math.min(now - since, window)
${REFILL}
missing, fraction = missing - back, fraction - backFraction
if fraction < 0 then missing, fraction = missing - 1, fraction + window end
if missing < 0 then missing, fraction = 0, 0 end
local state = { isMoved and 0 or kept[1] or 0, missing, fraction, now, rate, kept[6] }
local isFresh = isMoved or (missing == 0 and fraction == 0)
if isMoved then
  ${expire}
end
`,
  room: 'local room = limit - state[2] - (state[3] > 0 and 1 or 0)',
  spend: /* lua */ `
state[2], state[5] = state[2] + units, limit
if state[6] then state[6] = state[6] + units end
${expire}
`,
};

export const RULES: Readonly<Record<CountingAlgorithm, Rules>> = {
  'fixed-window': fixedWindow,
  'sliding-window': slidingWindow,
  'token-bucket': tokenBucket,
};

/** Makes `rules`: by algorithm, the rules as functions. */
export const RULE_TABLE = /* lua */ `local rules = {}${Object.entries(RULES).map(asFunctions).join('')}`;

function asFunctions([algorithm, { open, room, spend }]: readonly [string, Rules]): string {
  return /* lua */ `
rules['${algorithm}'] = {
  open = function(kept, window, now) ${open} return state, isFresh, isMoved end,
  room = function(state, limit) ${room} return room end,
  spend = function(state, limit, window, units, now) ${spend} end,
}
`;
}
