#!lua
-- Deletes a key if it has this value. KEYS key  ARGV value -> 1 or 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
