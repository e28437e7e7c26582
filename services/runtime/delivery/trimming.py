"""Trimming: internal streams lose only what every declared group has finished; silent consumers are struck off."""

from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import ResponseError

# KEYS[1] the stream, ARGV the declared groups. Nothing is trimmed while one of them is missing: it will be made at 0.
# -> entries removed, or -1 where a group is missing.
TRIM = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local unfinished = {}
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local g = {}
  for i = 1, #flat, 2 do g[flat[i]] = flat[i + 1] end
  if g['pending'] > 0 then unfinished[g['name']] = redis.call('XPENDING', KEYS[1], g['name'])[2]
  else
    local ms, seq = string.match(g['last-delivered-id'], '(%d+)-(%d+)')
    unfinished[g['name']] = ms .. '-' .. string.format('%.0f', tonumber(seq) + 1)
  end
end
local floor, floor_ms, floor_seq
for _, name in ipairs(ARGV) do
  if not unfinished[name] then return -1 end
  local ms, seq = string.match(unfinished[name], '(%d+)-(%d+)')
  ms, seq = tonumber(ms), tonumber(seq)
  if not floor or ms < floor_ms or (ms == floor_ms and seq < floor_seq) then
    floor, floor_ms, floor_seq = unfinished[name], ms, seq
  end
end
if not floor then return -1 end
return redis.call('XTRIM', KEYS[1], 'MINID', '~', floor)
"""

# KEYS[1] the stream, ARGV[1] the group, [2] idle time in ms. A pseudo consumer that holds nothing goes too: it comes
# back with the next entry given to it. -> consumers removed.
REAP = """
local reaped = 0
for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local c = {}
  for i = 1, #flat, 2 do c[flat[i]] = flat[i + 1] end
  if c['pending'] == 0 and c['idle'] > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], c['name'])
    reaped = reaped + 1
  end
end
return reaped
"""

REAP_AFTER_S = 3_600.0  # names are new at each process start; without this they pile up with every restart


async def trim_finished(redis: Redis, stream: str, groups: Sequence[str]) -> int | None:
    """Remove what all declared `groups` have finished; returns how many entries, None while a group is missing."""
    removed = int(await redis.eval(TRIM, 1, stream, *groups))
    return None if removed < 0 else removed


async def reap_consumers(redis: Redis, stream: str, group: str, after_s: float = REAP_AFTER_S) -> int:
    """Strike consumers off that hold nothing and were silent for `after_s`; returns how many."""
    try:
        return int(await redis.eval(REAP, 1, stream, group, str(int(after_s * 1_000))))
    except ResponseError as error:
        if "no such key" in str(error) or "NOGROUP" in str(error):
            return 0
        raise
