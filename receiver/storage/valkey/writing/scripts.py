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
# KEYS: what was published, history. ARGV: time, figures, who publishes, a day, what it has of the
# figures, and obsolete days. Returns whether that is published now.
PUBLISH: Final = b"""
local known = redis.call('HMGET', KEYS[1], 'time', 'by')
local before, now = tonumber(known[1] or -1) or -1, tonumber(ARGV[1])
if before > now or (before == now and known[2] ~= ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'time', ARGV[1], 'figures', ARGV[2], 'by', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
for at = 6, #ARGV do redis.call('HDEL', KEYS[2], ARGV[at]) end
return 1
"""
# KEYS: what was published. ARGV: what time it is, and which times are to come.
REDATE: Final = b"""
if (tonumber(redis.call('HGET', KEYS[1], 'time') or 0) or 0) <= tonumber(ARGV[2]) then return 0 end
return redis.call('HSET', KEYS[1], 'time', ARGV[1])
"""
# KEYS: what was published, history. ARGV: after which time.
PUBLISHED: Final = b"""
local time = tonumber(redis.call('HGET', KEYS[1], 'time') or -1)
if not time or time <= tonumber(ARGV[1]) then return false end
return {time, redis.call('HGET', KEYS[1], 'figures'), redis.call('HKEYS', KEYS[2])}
"""
# KEYS: a turn. ARGV: whose it is, and for how many milliseconds (0 to give it back).
TURN: Final = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
# KEYS: the latest time. ARGV: one, and which times are to come: none of them is kept.
SEEN: Final = b"""
local before = tonumber(redis.call('GET', KEYS[1]) or -1) or -1
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
# KEYS: who is there. ARGV: a receiver, and for how many seconds (0 to be there no longer).
HERE: Final = b"""
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[2] == '0' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return redis.call('EXPIRE', KEYS[1], ARGV[2])
"""
