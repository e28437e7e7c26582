"""The relay's two Lua scripts: each compares the stream's last id and acts, or tells what it found and does nothing."""

_LAST_ID = """
local last = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for k = 1, #info, 2 do if info[k] == 'last-generated-id' then last = info[k + 1] end end
end
"""

SEPARATOR = "\x1f"
"""Stands between the parts of an entry; JSON escapes control characters, so no field's value can hold it."""

APPEND = (
    _LAST_ID
    + """
if last ~= ARGV[1] then return {0, last} end
for i = 2, #ARGV, 2 do
  local parts, from, packed = {}, 1, ARGV[i + 1]
  while true do
    local at = string.find(packed, '\\31', from, true)
    if not at then break end
    parts[#parts + 1] = string.sub(packed, from, at - 1)
    from = at + 1
  end
  parts[#parts + 1] = string.sub(packed, from)
  redis.call('XADD', KEYS[1], ARGV[i], unpack(parts))
end
return {1, last}
"""
)
"""KEYS: the stream. ARGV: the last id believed in, then per entry its id and its fields and values, joined by SEPARATOR.

One argument per entry: packing twenty of them each was half of the client's time. All entries or none: ids rise and
the first is checked against the last id, a full server refuses the first XADD before anything is written. Returns
{1, id} when appended, {0, the stream's last id} when it is another.
"""

ASIDE = (
    _LAST_ID
    + """
if last ~= ARGV[1] then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
return 1
"""
)
"""KEYS: a stream that holds nothing of ours, the name it gets. ARGV: its last id. Returns 1 when it was moved."""
