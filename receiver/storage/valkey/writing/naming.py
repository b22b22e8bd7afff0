"""What the node that has the names does at once, in its own language; see `scripts.py`."""

from collections.abc import Iterable
from typing import Final

from ...bounds import Bounds
from .. import keys
from ..link import Command
from ..texts import size_in

# Which run of which node this is.
_HERE: Final = b"""
local function here()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  return redis.call('CLUSTER', 'MYID') .. ' ' .. run .. ' '
end
"""
# Since when all is here, after what may have been lost was made good: a node that took over, came
# back or was emptied may lack the last codes that were given, or know less than a receiver does.
# None of these is given again, nor any whose mark may be too old, or missing.
_SINCE: Final = (
    _HERE
    + b"""
local function since(at, last, free, retired, known)
  local here, value = here(), redis.call('GET', at) or ''
  local highest = tonumber(redis.call('GET', last) or 0)
  if string.sub(value, 1, #here) == here and highest >= known then return value end
  local time = redis.call('TIME')
  value = here .. time[1] .. '.' .. time[2]
  redis.call('SET', at, value)
  redis.call('SET', last, math.max(highest, known))
  redis.call('INCRBY', last, 10000)
  redis.call('DEL', free, retired)
  return value
end
"""
)
GIVE_KEYS: Final = (
    *(keys.CODES, keys.NAMES, keys.RETIRED, keys.FREE, keys.LAST, keys.SIZE),
    keys.AT,
)
# KEYS: codes, names, retired, free, last, size, at. ARGV: how many names a table may have, how many
# bytes, how many new ones where it is more than half full, and the highest code that is known; then
# of each name its table, its text and its size. Returns since when all is on which node, and codes,
# 0 where there is no room.
GIVE: Final = (
    _SINCE
    + b"""
local codes, names, retired, free, last, size, at = unpack(KEYS)
local value = since(at, last, free, retired, tonumber(ARGV[4]))
local most, most_bytes, few = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local found, left, crowded = {}, {}, false
redis.call('HINCRBY', size, 'asked', 1)
for place = 5, #ARGV, 3 do
  local table, text, bytes = ARGV[place], ARGV[place + 1], tonumber(ARGV[place + 2])
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
return {value, found}
"""
)
ASK_KEYS: Final = (
    *(keys.RETIRED, keys.MINUTE, keys.MINUTE_AT, keys.SIZE, keys.LAST, keys.FREE, keys.AT),
)
# KEYS: retired, minute, minute at, size, last, free, at. ARGV: how many seconds a minute has, since
# which one to tell what was retired, and the highest code that is known. Returns since when all is
# on which node, the minute, the highest code, and codes.
ASK: Final = (
    _SINCE
    + b"""
local value = since(KEYS[7], KEYS[5], KEYS[6], KEYS[1], tonumber(ARGV[3]))
local now = tonumber(redis.call('TIME')[1])
local began = tonumber(redis.call('GET', KEYS[3]) or -1)
redis.call('HINCRBY', KEYS[4], 'asked', 1)
if now < began or now - began >= tonumber(ARGV[1]) then
  redis.call('INCR', KEYS[2])
  redis.call('SET', KEYS[3], now)
end
local minute = tonumber(redis.call('GET', KEYS[2]) or 0)
local last = tonumber(redis.call('GET', KEYS[5]) or 0)
local told = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[2], '+inf')
return {value, minute, last, told}
"""
)
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
FREE_KEYS: Final = (
    *(keys.CODES, keys.NAMES, keys.RETIRED, keys.SIZE, keys.FREE, keys.FREED, keys.MINUTE, keys.AT),
)
# KEYS: codes, names, retired, size, free, freed, minute, at. ARGV: until which minute they have to
# have been retired, and since when all was on which node when rows began to be read; then of each
# code its size and itself. One that had a name rests for as long again: if the last while is lost,
# the name has the code again, and no other one may have had it.
FREE: Final = (
    _HERE
    + b"""
local here, value = here(), redis.call('GET', KEYS[8]) or ''
if value ~= ARGV[2] or string.sub(value, 1, #here) ~= here then return 0 end
local minute = redis.call('GET', KEYS[7]) or 0
local count = 0
for at = 3, #ARGV, 2 do
  local code = ARGV[at + 1]
  local retired = redis.call('ZSCORE', KEYS[3], code)
  if retired and tonumber(retired) <= tonumber(ARGV[1]) then
    local text = redis.call('HGET', KEYS[2], code)
    redis.call('HDEL', KEYS[2], code)
    if text and text ~= '' then
      local table = string.match(text, '^[^%z]*')
      redis.call('HDEL', KEYS[1], text)
      redis.call('HINCRBY', KEYS[4], 'names:' .. table, -1)
      redis.call('HINCRBY', KEYS[4], 'bytes:' .. table, -ARGV[at])
      redis.call('ZADD', KEYS[3], minute, code)
    else
      redis.call('ZREM', KEYS[3], code)
      redis.call('LPUSH', KEYS[5], code)
    end
    count = count + 1
  end
end
if count > 0 then redis.call('INCR', KEYS[6]) end
return count
"""
)


def giving(
    names: Iterable[tuple[str, bytes]], bounds: Bounds, *, few: int, highest: int
) -> Command:
    """Return what asks for the codes of names, each with its table and as it is kept.

    New ones are `few` where a table is more than half full; `highest` is the highest code that is
    known.
    """
    return (
        *(b"EVAL", GIVE, len(GIVE_KEYS), *GIVE_KEYS),
        *(bounds.most, bounds.most_bytes, few, highest),
        *(part for table, text in names for part in (table, text, size_in(text))),
    )
