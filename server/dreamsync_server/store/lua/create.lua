#!lua
-- Makes a world that nobody owns. KEYS own, card  ARGV card -> 1, or 0 where the id is taken.
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 0 end
redis.call('HSET', KEYS[1], 'e', '0', 'n', '', 'o', '', 't', '0', 'te', '', 'b', '', 'z', '0')
redis.call('SET', KEYS[2], ARGV[1])
return 1
