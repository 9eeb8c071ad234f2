/** What the parts of the script share. */
export const COMMON = /* lua */ `
local base = KEYS[1]
local given = cjson.decode(ARGV[1])
local WINDOWS = { '1h', '24h', '7d' }
local PART = 4000

-- Commands with any number of arguments: unpack puts them on a stack that takes 8,000.
local function read(command, key, names)
  local values = {}
  for first = 1, #names, PART do
    local part = redis.call(command, key, unpack(names, first, math.min(first + PART - 1, #names)))
    for at = 1, #part do values[first + at - 1] = part[at] end
  end
  return values
end

local function readKeys(keys)
  local values = {}
  for first = 1, #keys, PART do
    local part = redis.call('MGET', unpack(keys, first, math.min(first + PART - 1, #keys)))
    for at = 1, #part do values[first + at - 1] = part[at] end
  end
  return values
end

local function write(command, key, values)
  for first = 1, #values, PART do
    redis.call(command, key, unpack(values, first, math.min(first + PART - 1, #values)))
  end
end

-- Formatted once for all sets that a score goes to.
local function negated(score)
  return string.format('%.17g', -score)
end

local function append(list, first, second)
  list[#list + 1] = first
  list[#list + 1] = second
end

local function listOf(lists, name)
  lists[name] = lists[name] or {}
  return lists[name]
end

-- The sum of two scores, as the domain adds them.
local function add(a, b)
  if not a then return b end
  return math.max(a, b) + math.log(1 + 2 ^ -math.abs(a - b)) / math.log(2)
end
`;

/** Reads which events are new, and sorts the views that count by program and by viewer. */
export const FOLD = /* lua */ `
local outcomes, newEvents, programs, viewers = {}, {}, {}, {}

local function countProgram(view)
  local id, attributes, at = given.programs[view[2]], given.attributes[view[3]], view[5]
  local program = programs[id]
  if not program then
    program = { id = id, count = 0, at = at, scores = {} }
    programs[id] = program
    programs[#programs + 1] = program
  end
  program.count = program.count + 1
  if at >= program.at then program.at, program.attributes = at, attributes end
  for window = 1, 3 do program.scores[window] = add(program.scores[window], view[6 + window]) end
end

local function isFurther(at, position, before)
  if at ~= before.at then return at > before.at end
  return position > before.position
end

local function noteViewer(view)
  local user, id, at, position = given.users[view[4]], given.programs[view[2]], view[5], view[6]
  local viewer = viewers[user]
  if not viewer then
    viewer = { seen = base .. 'seen:' .. user, positions = base .. 'positions:' .. user, ids = {}, views = {} }
    viewers[user] = viewer
    viewers[#viewers + 1] = viewer
  end
  local before = viewer.views[id]
  if not before then viewer.ids[#viewer.ids + 1] = id end
  if not before or isFurther(at, position, before) then viewer.views[id] = { at = at, position = position } end
end

local eventKeys, isNew = {}, {}
for index, id in ipairs(given.events) do eventKeys[index] = base .. 'event:' .. id end
for index, seen in ipairs(readKeys(eventKeys)) do
  isNew[index] = not seen or given.now - tonumber(seen) > given.memory
end

for index, view in ipairs(given.views) do
  local event = view[1]
  local counts = event == 0 or isNew[event]
  outcomes[index] = counts and '1' or '0'
  if counts then
    if event > 0 then newEvents[#newEvents + 1] = eventKeys[event] end
    isNew[event] = false
    countProgram(view)
    if view[4] > 0 then noteViewer(view) end
  end
end
`;
