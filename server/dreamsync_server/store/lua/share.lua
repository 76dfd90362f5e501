#!lua
-- Puts an ending first in a pack's list of shared ones. KEYS list  ARGV ending, most -> 1
redis.call('LREM', KEYS[1], 0, ARGV[1])
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
return 1
