#!lua
-- Makes a world that nobody owns; with the log that was staged for it, where it has one.
-- KEYS own, card, segments, sealed, epochs, texts, snapshots
-- ARGV card, seq of the staged log's tail ('0' for none), its epoch
-- -> 1, 0 where the id is taken, -1 where what was staged does not end there
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then return 0 end
if ARGV[2] ~= '0' then
  local last = redis.call('ZREVRANGE', KEYS[4], 0, 0, 'WITHSCORES')
  if not last[1] or tonumber(last[2]) ~= tonumber(ARGV[2]) then return -1 end
  if redis.call('EXISTS', KEYS[3], KEYS[5]) < 2 then return -1 end
  for i = 3, 7 do redis.call('PERSIST', KEYS[i]) end
end
local te = ARGV[2] == '0' and '' or ARGV[3]
redis.call('HSET', KEYS[1], 'e', ARGV[3], 'n', '', 'o', '', 't', ARGV[2], 'te', te, 'b', '',
  'z', ARGV[2])
redis.call('SET', KEYS[2], ARGV[1])
return 1
