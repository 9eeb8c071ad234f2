import { defineScript } from '../script.ts';

/** KEYS: pointer, cards. ARGV: escaped id of the snapshot, when Redis may drop it, what is known of the snapshot, cards. */
export const saveSnapshot = defineScript({
  name: 'save-hot-list',
  keys: 2,
  lua: /* lua */ `
redis.call('RPUSH', KEYS[2], unpack(ARGV, 3))
redis.call('PEXPIREAT', KEYS[2], ARGV[2])
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
`,
});

/**
 * KEYS: pointer. ARGV: escaped id of the snapshot ('': the current one), what keys of snapshots begin with, first and last place.
 * Answers what is known of the snapshot, the number of its cards, and the cards of these places; nil when it is not there.
 */
export const readSnapshot = defineScript({
  name: 'read-hot-list',
  keys: 1,
  lua: /* lua */ `
local id = ARGV[1] ~= '' and ARGV[1] or redis.call('GET', KEYS[1])
if not id then return false end
local key = ARGV[2] .. id
local length = redis.call('LLEN', key)
if length == 0 then return false end
return { redis.call('LINDEX', key, 0), length - 1, redis.call('LRANGE', key, ARGV[3], ARGV[4]) }
`,
});
