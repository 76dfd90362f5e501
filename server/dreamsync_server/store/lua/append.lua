#!lua
-- Appends one batch, whole or not at all, if its owner still owns the world and knows its tail.
-- KEYS own, log, texts, epochs
-- ARGV epoch, nonce, expected tail, batch id, count, commit * count, (reference, text) * any
-- -> {'OK' | 'FENCED' | 'TAIL', tail}
local own = redis.call('HMGET', KEYS[1], 'e', 'n', 't', 'b', 'te')
if not own[1] then return {'FENCED', '-1'} end
if own[1] ~= ARGV[1] or own[2] ~= ARGV[2] then return {'FENCED', own[3]} end
if own[3] ~= ARGV[3] then
  if own[4] ~= ARGV[4] then return {'TAIL', own[3]} end
  -- A resend of what is there already. It is written again, so that WAIT and fsync have
  -- something of this very connection to wait for.
  redis.call('HSET', KEYS[1], 'b', ARGV[4])
  return {'OK', own[3]}
end
local tail = tonumber(own[3])
local last = 5 + tonumber(ARGV[5])
if own[5] ~= ARGV[1] then redis.call('ZADD', KEYS[4], tail + 1, ARGV[1]) end
for i = 6, last do
  tail = tail + 1
  redis.call('XADD', KEYS[2], ARGV[1] .. '-' .. string.format('%.0f', tail), 'c', ARGV[i])
end
for i = last + 1, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
local seq = string.format('%.0f', tail)
redis.call('HSET', KEYS[1], 't', seq, 'te', ARGV[1], 'b', ARGV[4])
return {'OK', seq}
