"""What a node does at once, in its own language; all keys of a script are on one node.

Each that is to hold writes something in any case: whoever has not written anything is told at once
that replicas have all of it.
"""

from typing import Final

from ..marks import SIZE

# KEYS: a row. ARGV: the row as it was known (nothing where there was none), the row that is to be
# there (nothing to leave it), and for how many milliseconds (0 to delete it, -1 for as many
# as before). Returns what is there where that is another one. Whoever finds that it was deleted
# meanwhile is done, and what was deleted has to hold then.
SWAP: Final = (
    b"""
local row = redis.call('GET', KEYS[1]) or ''
if row ~= ARGV[1] then
  if #row == %d then redis.call('SET', KEYS[1], row, 'KEEPTTL') end
  return row
end
if ARGV[3] == '0' then redis.call('DEL', KEYS[1])
elseif ARGV[3] == '-1' then redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
elseif ARGV[2] == '' then redis.call('PEXPIRE', KEYS[1], ARGV[3])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return false
"""
    % SIZE
)
# KEYS: where something was deleted. ARGV: the mark of that.
UNMARK: Final = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
# KEYS: codes, names, retired, free, last, size. ARGV: how many names a table may have, how many
# bytes, how many new ones where it is more than half full; then of each name its table, its text
# and its size. Returns which node this is, and codes, 0 where there is no room.
GIVE: Final = b"""
local codes, names, retired, free, last, size = unpack(KEYS)
local most, most_bytes, few = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local found, left, crowded = {}, {}, false
redis.call('HINCRBY', size, 'asked', 1)
for at = 4, #ARGV, 3 do
  local table, text, bytes = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local code = redis.call('HGET', codes, text)
  if code then
    redis.call('ZREM', retired, code)
  else
    local many = tonumber(redis.call('HGET', size, 'names:' .. table) or 0)
    local sum = tonumber(redis.call('HGET', size, 'bytes:' .. table) or 0)
    if not left[table] then
      local half = many > math.floor(most / 2) or sum > math.floor(most_bytes / 2)
      left[table] = half and few or most
    end
    if left[table] > 0 then
      left[table] = left[table] - 1
      if many < most and sum + bytes <= most_bytes then
        code = redis.call('RPOP', free) or redis.call('INCR', last)
        redis.call('HSET', codes, text, code)
        redis.call('HSET', names, code, text)
        redis.call('HINCRBY', size, 'names:' .. table, 1)
        redis.call('HINCRBY', size, 'bytes:' .. table, bytes)
      end
    end
    crowded = crowded or not code
  end
  found[#found + 1] = tonumber(code) or 0
end
if crowded then redis.call('HSET', size, 'crowded', 1) end
return {redis.call('CLUSTER', 'MYID'), found}
"""
# KEYS: retired, minute, minute at, size, last. ARGV: how many seconds a minute has, and since which
# one to tell what was retired. Returns which node this is, the minute, the highest code, and codes.
ASK: Final = b"""
local now = tonumber(redis.call('TIME')[1])
local began = tonumber(redis.call('GET', KEYS[3]) or -1)
redis.call('HINCRBY', KEYS[4], 'asked', 1)
if now < began or now - began >= tonumber(ARGV[1]) then
  redis.call('INCR', KEYS[2])
  redis.call('SET', KEYS[3], now)
end
local minute = tonumber(redis.call('GET', KEYS[2]) or 0)
local last = tonumber(redis.call('GET', KEYS[5]) or 0)
local since = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[2], '+inf')
return {redis.call('CLUSTER', 'MYID'), minute, last, since}
"""
# KEYS: names, retired, minute. ARGV: codes that were in no row.
RETIRE: Final = b"""
local minute = redis.call('GET', KEYS[3]) or 0
local count = 0
for _, code in ipairs(ARGV) do
  if redis.call('HEXISTS', KEYS[1], code) == 1 then
    count = count + redis.call('ZADD', KEYS[2], 'NX', minute, code)
  end
end
return count
"""
# KEYS: retired. ARGV: codes that are in rows after all.
REVIVE: Final = b"""
return redis.call('ZREM', KEYS[1], unpack(ARGV))
"""
# KEYS: codes, names, retired, size, minute. ARGV: of each code its size and itself.
GIVE_UP: Final = b"""
local minute = redis.call('GET', KEYS[5]) or 0
local count = 0
for at = 1, #ARGV, 2 do
  local code = ARGV[at + 1]
  local text = redis.call('HGET', KEYS[2], code)
  if text and text ~= '' then
    local table = string.match(text, '^[^%z]*')
    redis.call('HDEL', KEYS[1], text)
    redis.call('HSET', KEYS[2], code, '')
    redis.call('HINCRBY', KEYS[4], 'names:' .. table, -1)
    redis.call('HINCRBY', KEYS[4], 'bytes:' .. table, -ARGV[at])
    redis.call('ZADD', KEYS[3], minute, code)
    count = count + 1
  end
end
return count
"""
# KEYS: codes, names, retired, size, free, freed. ARGV: until which minute they have to have been
# retired; then of each code its size and itself.
FREE: Final = b"""
local count = 0
for at = 2, #ARGV, 2 do
  local code = ARGV[at + 1]
  local retired = redis.call('ZSCORE', KEYS[3], code)
  if retired and tonumber(retired) <= tonumber(ARGV[1]) then
    local text = redis.call('HGET', KEYS[2], code)
    if text then
      redis.call('HDEL', KEYS[2], code)
      if text ~= '' then
        local table = string.match(text, '^[^%z]*')
        redis.call('HDEL', KEYS[1], text)
        redis.call('HINCRBY', KEYS[4], 'names:' .. table, -1)
        redis.call('HINCRBY', KEYS[4], 'bytes:' .. table, -ARGV[at])
      end
      redis.call('LPUSH', KEYS[5], code)
      count = count + 1
    end
    redis.call('ZREM', KEYS[3], code)
  end
end
if count > 0 then redis.call('INCR', KEYS[6]) end
return count
"""
# KEYS: what was published, history. ARGV: time, figures, day, who publishes, and obsolete days.
# Returns whether that is published now.
PUBLISH: Final = b"""
local known = redis.call('HMGET', KEYS[1], 'time', 'by')
local before, now = tonumber(known[1] or -1), tonumber(ARGV[1])
if before > now or (before == now and known[2] ~= ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], 'time', ARGV[1], 'figures', ARGV[2], 'by', ARGV[4])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[2])
for at = 5, #ARGV do redis.call('HDEL', KEYS[2], ARGV[at]) end
return 1
"""
# KEYS: what was published. ARGV: what time it is, and which times are to come.
REDATE: Final = b"""
if tonumber(redis.call('HGET', KEYS[1], 'time') or 0) <= tonumber(ARGV[2]) then return 0 end
return redis.call('HSET', KEYS[1], 'time', ARGV[1])
"""
# KEYS: what was published, history. ARGV: after which time.
PUBLISHED: Final = b"""
local time = redis.call('HGET', KEYS[1], 'time')
if not time or tonumber(time) <= tonumber(ARGV[1]) then return false end
return {tonumber(time), redis.call('HGET', KEYS[1], 'figures'), redis.call('HKEYS', KEYS[2])}
"""
# KEYS: a turn. ARGV: whose it is, and for how many milliseconds (0 to give it back).
TURN: Final = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
# KEYS: the latest time. ARGV: one, and which times are to come: none of them is kept.
SEEN: Final = b"""
local before = tonumber(redis.call('GET', KEYS[1]) or -1)
if before > tonumber(ARGV[2]) or before < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1])
end
return 0
"""
# KEYS: how often keys were left out. ARGV: how many of them are named, then how often, and which.
DROPPED: Final = b"""
local many = redis.call('HLEN', KEYS[1])
for at = 2, #ARGV, 2 do
  local known = redis.call('HEXISTS', KEYS[1], ARGV[at + 1])
  if known == 1 or many < tonumber(ARGV[1]) then
    redis.call('HINCRBY', KEYS[1], ARGV[at + 1], ARGV[at])
    many = many + 1 - known
  end
end
return many
"""
