#!lua
-- Puts a proposal in a world's inbox and rings. KEYS own, inbox
-- ARGV most entries, proposal, channel, bell -> 1, 0 where it is full, -1 where there is no world
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[1]) then return 0 end
redis.call('XADD', KEYS[2], '*', 'p', ARGV[2])
redis.call('SPUBLISH', ARGV[3], ARGV[4])
return 1
