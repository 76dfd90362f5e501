#!lua
-- Gives a world up, where it is still owned so. KEYS own  ARGV epoch, nonce -> 1 or 0
local own = redis.call('HMGET', KEYS[1], 'e', 'n')
if own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'n', '', 'o', '', 'b', '')
return 1
