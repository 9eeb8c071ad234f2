import type { CountingAlgorithm } from '../../../domain/limits/policy.ts';
import { COUNTING_ALGORITHMS } from '../../../domain/limits/policy.ts';
import type { RedisScript } from '../script.ts';
import { defineScript } from '../script.ts';
import { RULES } from './algorithms.ts';
import { CLOCK, KEEP, PUT, READ } from './storage.ts';

/*
 * Scripts that take units from counters that count, without permits, when all of them are there: the calls that are asked most. They
 * answer one text, which costs the server and the client less than a list of numbers: the time, and after a comma for each request
 * the code of its answer (see scripts.ts) and then what is kept of its counter, as it is kept.
 */

/** From `key`, `field`, `limit`, `window` and `units`, and with `fixed-window` `begin`, makes `answer`. */
function takeUnits(algorithm: CountingAlgorithm): string {
  const { open, room, spend } = RULES[algorithm];
  const takeAny = /* lua */ `
${READ}${open}${room}
local isBlocked = extra and extra.block > now
local isTaken = units <= room and not isBlocked
if isTaken then
  ${spend}
end
if isTaken or isMoved then
  ${KEEP}
  keptText = text
  local isNew = redis.call('HSET', key, field, text) == 1
  if isNew or before ~= ends then
    ${PUT}
    if isNew then sweep(key, now) end
    stay(key, before, ends, now, slack)
  end
end
answer = (isBlocked and '2' or isTaken and '1' or '0') .. (keptText or '')
`;
  return /* lua */ `
local answer
local text = redis.call('HGET', key, field)
local keptText = text
${algorithm === 'fixed-window' ? inOpenWindow(takeAny) : takeAny}
`;
}

/**
 * Most requests meet the window of the epoch that goes on, with nothing else to heed: `begin` is how its text begins. Its end stays,
 * so the hash stays for as long as it does. To look for that text takes a third of the time of reading any.
 */
function inOpenWindow(otherwise: string): string {
  return /* lua */ `
if text and string.sub(text, 1, #begin) == begin then
  local used = tonumber(string.sub(text, #begin + 1)) + units
  if used > limit then answer = '0' .. text
  else
    text = begin .. used .. ' '
    redis.call('HSET', key, field, text)
    answer = '1' .. text
  end
else
  ${otherwise}
end
`;
}

// Of a request of fixed-window, from `window`.
const beginOf = "string.format('%.0f ', (math.floor(now / window) + 1) * window)";

/** ARGV: driven clock or '', slack of the expiry in ms, field, limit, window in ms, cost. */
export const CONSUME_SCRIPTS: Readonly<Record<CountingAlgorithm, RedisScript>> = {
  'fixed-window': consumeScript('fixed-window'),
  'sliding-window': consumeScript('sliding-window'),
  'token-bucket': consumeScript('token-bucket'),
};

function consumeScript(algorithm: CountingAlgorithm): RedisScript {
  return defineScript({
    name: `consume-${algorithm}`,
    keys: 1,
    lua: /* lua */ `${CLOCK}
local slack, key, field = tonumber(ARGV[2]), KEYS[1], ARGV[3]
local limit, window, units = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
${algorithm === 'fixed-window' ? `local begin = ${beginOf}` : ''}
${takeUnits(algorithm)}
return string.format('%.0f,', now) .. answer
`,
  });
}

/**
 * As those, for requests of any counters, one after the other.
 * KEYS: the hash of each request. ARGV: driven clock or '', slack of the expiry in ms, how many policies, of each its algorithm, field,
 * limit and window in ms, and then of each request which of the policies, and its cost.
 */
export const consumeEachScript = defineScript({
  name: 'consume-each',
  lua: /* lua */ `${CLOCK}
local slack, count = tonumber(ARGV[2]), tonumber(ARGV[3])
local takers = {}
${COUNTING_ALGORITHMS.map(asTaker).join('')}
local policies, at = {}, 4
for index = 1, count do
  local window = tonumber(ARGV[at + 3])
  policies[index] = { takers[ARGV[at]], ARGV[at + 1], tonumber(ARGV[at + 2]), window, ${beginOf} }
  at = at + 4
end
local answers = { string.format('%.0f', now) }
for index = 1, #KEYS do
  local take, field, limit, window, begin = unpack(policies[tonumber(ARGV[at])])
  answers[index + 1] = take(KEYS[index], field, limit, window, begin, tonumber(ARGV[at + 1]))
  at = at + 2
end
return table.concat(answers, ',')
`,
});

function asTaker(algorithm: CountingAlgorithm): string {
  return /* lua */ `
takers['${algorithm}'] = function(key, field, limit, window, begin, units)
  ${takeUnits(algorithm)}
  return answer
end
`;
}
