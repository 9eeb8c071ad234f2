/**
 * A counter of `concurrency`, with the functions that counting.ts has. Its value is '+', from when on it says nothing, the block's
 * end, the end of the last lease, units held, the first permit and the last. The value of a permit is its end, units, and the permits
 * before and after it, '*' for none: all are in one list by their ends, so that who asks removes what has ended and no more.
 */
export const holding = /* lua */ `
local holding = {}

local function leaseOf(c, id)
  local ends, units, before, after = string.match(
    redis.call('HGET', c.key, c.field .. ' ' .. id) or '', '^(%d+) (%d+) (%S+) (%S+)$')
  return ends and { ends = tonumber(ends), units = tonumber(units), before = before, after = after }
end

local function putLease(c, id, lease)
  local text = digits({ lease.ends, lease.units }) .. lease.before .. ' ' .. lease.after
  return redis.call('HSET', c.key, c.field .. ' ' .. id, text) == 1
end

local function read(c, text)
  local ends, block, expires, held, first, last = string.match(
    text or '', '^%+(%d+) (%d+) (%d+) (%d+) (%S+) (%S+)$')
  c.before, c.blockedUntil = tonumber(ends), tonumber(block) or 0
  c.expires, c.held, c.first, c.last = tonumber(expires) or 0, tonumber(held) or 0, first or '*', last or '*'
end

holding.keep = function(c)
  local ends = max(c.blockedUntil, c.expires)
  if ends <= now then
    redis.call('HDEL', c.key, c.field)
    return
  end
  local text = '+' .. digits({ ends, c.blockedUntil, c.expires, c.held }) .. c.first .. ' ' .. c.last
  put(c.key, c.field, text, c.before, ends)
end

holding.open = function(c)
  read(c, redis.call('HGET', c.key, c.field))
  local first = c.first
  while c.first ~= '*' do
    local lease = leaseOf(c, c.first)
    if lease.ends > now then break end
    if not isLook then redis.call('HDEL', c.key, c.field .. ' ' .. c.first) end
    c.first, c.held = lease.after, c.held - lease.units
  end
  if c.first == '*' then c.last, c.expires = '*', 0 end
  if isLook or first == c.first then return end
  if c.first ~= '*' then
    local lease = leaseOf(c, c.first)
    lease.before = '*'
    putLease(c, c.first, lease)
  end
  holding.keep(c)
end

holding.permitOf = function(c, id)
  local lease = leaseOf(c, id)
  return lease and lease.ends > now and lease or nil
end

holding.room = function(c) return c.limit - c.held end

local function unlinkLease(c, id, lease)
  redis.call('HDEL', c.key, c.field .. ' ' .. id)
  c.held = c.held - lease.units
  local before = lease.before ~= '*' and leaseOf(c, lease.before)
  local after = lease.after ~= '*' and leaseOf(c, lease.after)
  if before then
    before.after = lease.after
    putLease(c, lease.before, before)
  else c.first = lease.after end
  if after then
    after.before = lease.before
    putLease(c, lease.after, after)
  else c.last, c.expires = lease.before, before and before.ends or 0 end
end

-- The last of the list, so it ends no sooner than the others, also when the clock went back.
holding.take = function(c, units, id)
  if c.permit then unlinkLease(c, id, c.permit) end
  local last = c.last ~= '*' and leaseOf(c, c.last)
  if last then
    last.after = id
    putLease(c, c.last, last)
  else c.first = id end
  local lease = { ends = max(now + c.window, c.expires), units = units, before = c.last, after = '*' }
  local isNew = putLease(c, id, lease) and not c.permit
  c.last, c.expires, c.held = id, lease.ends, c.held + units
  holding.keep(c)
  if isNew then sweep(c.key, now) end
end

-- When it ends, what is held, and of the first leases units and end, as many as have to end before a denied request passes.
holding.numbers = function(c, code)
  if c.first == '*' then return {} end
  local list, id, missing = { c.expires, c.held }, c.first, c.least - holding.room(c)
  if code == 1 or code == 3 or c.least > c.limit then return list end
  while missing > 0 and id ~= '*' do
    local lease = leaseOf(c, id)
    list[#list + 1], list[#list + 2] = lease.units, lease.ends
    id, missing = lease.after, missing - lease.units
  end
  return list
end

holding.giveBack = function(c, id)
  local lease = id and holding.permitOf(c, id)
  if not lease then return end
  unlinkLease(c, id, lease)
  holding.keep(c)
end

holding.block = function(c, untilMs)
  c.blockedUntil = untilMs
  holding.keep(c)
end

dropHolding = function(key, field, text)
  if string.find(field, ' ', 1, true) then return end
  local c = { key = key, field = field }
  read(c, text)
  local id = c.first
  while id ~= '*' do
    local lease = leaseOf(c, id)
    redis.call('HDEL', key, field .. ' ' .. id)
    id = lease.after
  end
  redis.call('HDEL', key, field)
end
`;
