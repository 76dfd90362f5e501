#!lua
-- Writes a world's hints, unless it is gone. KEYS card, status  ARGV status -> 1 or 0
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[1])
return 1
