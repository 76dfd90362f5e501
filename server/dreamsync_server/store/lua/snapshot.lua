#!lua
-- Stores a snapshot and drops the oldest. KEYS own, snapshots
-- ARGV epoch, nonce, seq, snapshot, how many are kept -> 'OK' | 'FENCED' | 'AHEAD'
local own = redis.call('HMGET', KEYS[1], 'e', 'n', 't')
if own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then return 'FENCED' end
if tonumber(ARGV[3]) > tonumber(own[3]) then return 'AHEAD' end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
local seqs = redis.call('HKEYS', KEYS[2])
table.sort(seqs, function(a, b) return tonumber(a) > tonumber(b) end)
for i = tonumber(ARGV[5]) + 1, #seqs do redis.call('HDEL', KEYS[2], seqs[i]) end
return 'OK'
