#!lua flags=no-writes
-- Reads the live stream from a seq on. Stream ids begin with the epoch, so it is looked up.
-- KEYS own, log, epochs  ARGV first seq, limit -> {tail, {{id, {'c', commit}}, ...}}
local tail = redis.call('HGET', KEYS[1], 't') or '0'
if tonumber(tail) < tonumber(ARGV[1]) then return {tail, {}} end
local epoch = redis.call('ZREVRANGEBYSCORE', KEYS[3], ARGV[1], '-inf', 'LIMIT', 0, 1)[1]
local start = epoch and (epoch .. '-' .. ARGV[1]) or '-'
return {tail, redis.call('XRANGE', KEYS[2], start, '+', 'COUNT', ARGV[2])}
