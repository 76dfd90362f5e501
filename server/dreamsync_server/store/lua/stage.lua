#!lua
-- Puts a part of a log away for a world that is yet to be created; it is gone after a while.
-- KEYS own, segments, sealed, epochs, texts, snapshots
-- ARGV ttl ms, first seq, last seq, segment, seq of a snapshot ('' for none), snapshot,
--      count of epochs, (epoch, its first seq) * count, (reference, text) * any
-- -> 1, or 0 where there is such a world
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[2])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[6], ARGV[5], ARGV[6]) end
local last = 7 + 2 * tonumber(ARGV[7])
for i = 8, last, 2 do redis.call('ZADD', KEYS[4], ARGV[i + 1], ARGV[i]) end
for i = last + 1, #ARGV, 2 do redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 1]) end
for i = 2, 6 do redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
return 1
