#!lua
-- Takes a world over if it is held as it was seen. The epoch never returns, because it is never
-- below the store's clock.
-- KEYS own  ARGV nonce, node, epoch seen ('' = seen held by nobody), nonce seen
-- -> {'OK', epoch, tail} | {'HELD'} | {'GONE'}
local own = redis.call('HMGET', KEYS[1], 'e', 'n', 't')
if not own[1] then return {'GONE'} end
if ARGV[3] == '' then
  if own[2] ~= '' then return {'HELD'} end
elseif own[1] ~= ARGV[3] or own[2] ~= ARGV[4] then
  return {'HELD'}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local epoch = string.format('%.0f', math.max(tonumber(own[1]) + 1, now))
redis.call('HSET', KEYS[1], 'e', epoch, 'n', ARGV[1], 'o', ARGV[2], 'b', '')
return {'OK', epoch, own[3]}
