#!lua
-- Puts the oldest live commits away as a segment, and trims them from the live stream.
-- KEYS own, log, segments, sealed  ARGV epoch, nonce, first seq, last seq, lowest id kept, segment
-- -> 'OK' | 'FENCED' | 'MOVED' (something else was sealed meanwhile)
local own = redis.call('HMGET', KEYS[1], 'e', 'n', 't', 'z')
if own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then return 'FENCED' end
if tonumber(own[4]) + 1 ~= tonumber(ARGV[3]) or tonumber(ARGV[4]) > tonumber(own[3]) then
  return 'MOVED'
end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[6])
redis.call('ZADD', KEYS[4], ARGV[4], ARGV[3])
redis.call('XTRIM', KEYS[2], 'MINID', '=', ARGV[5])
redis.call('HSET', KEYS[1], 'z', ARGV[4])
return 'OK'
