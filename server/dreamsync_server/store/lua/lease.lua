#!lua
-- Takes or renews a lease. KEYS lease  ARGV value, ttl ms -> 1, or 0 where another has it
local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
