"""The Lua texts of the delivery engine: each is one atomic step on one stream and one group.

In every script KEYS[1] is the stream, ARGV[1] the group, ARGV[2] this consumer. The pending list is the only state:
who owns an entry, how long it is idle, how many deliveries count. An entry given back belongs to a pseudo consumer,
so its owner tells its story.
"""

RETRY = "~retry"  # owner of an entry that ended properly and waits for its next attempt
ALONE = "~alone"  # the same for a suspect: it runs with nothing beside it

# ARGV[3] the entry, [4] 1 = acknowledge it, 0 = a slice; then per output: command, type of its key or "any",
# number of arguments, arguments; its key is KEYS[2..]. -> 1 done, 0 the entry is no longer ours and nothing was written.
# All types are looked at before the first write: a later output that fails would leave the first one written.
FINISH = """
local owned = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not owned or owned[2] ~= ARGV[2] then return 0 end
local at = 5
for k = 2, #KEYS do
  if ARGV[at + 1] ~= 'any' and #KEYS > 2 then
    local found = redis.call('TYPE', KEYS[k])['ok']
    if found ~= 'none' and found ~= ARGV[at + 1] then
      return redis.error_reply('WRONGTYPE output ' .. ARGV[at] .. ' ' .. KEYS[k] .. ' stands on a ' .. found)
    end
  end
  at = at + 3 + tonumber(ARGV[at + 2])
end
at = 5
for k = 2, #KEYS do
  local n = tonumber(ARGV[at + 2])
  redis.call(ARGV[at], KEYS[k], unpack(ARGV, at + 3, at + 2 + n))
  at = at + 3 + n
end
if ARGV[4] == '1' then redis.call('XACK', KEYS[1], ARGV[1], ARGV[3]) end
return 1
"""

# KEYS[2] the dead-letter stream, [3] the ids buried before; ARGV[3] the entry, [4..] the letter as XADD takes it. -> as FINISH.
# A group made anew at 0 gives out again what it had buried: an id stands in KEYS[3] for as long as its entry may come back.
# A hash, for that is what the services' users may write; ids that cannot come back are looked for at every hundredth.
BURY = """
local owned = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not owned or owned[2] ~= ARGV[2] then return 0 end
if redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then
  redis.call('XADD', KEYS[2], unpack(ARGV, 4))
  redis.call('HSET', KEYS[3], ARGV[3], '')
  if redis.call('HLEN', KEYS[3]) % 100 == 0 then
    local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
    local since = tonumber(string.match(oldest and oldest[1] or ARGV[3], '%d+'))
    for _, id in ipairs(redis.call('HKEYS', KEYS[3])) do
      if tonumber(string.match(id, '%d+')) < since then redis.call('HDEL', KEYS[3], id) end
    end
  end
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

# ARGV[3] the entry, [4] its new owner, [5] its idle time in ms, [6] the count it shall have. -> 1 done, 0 not ours.
GIVE_BACK = """
local owned = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not owned or owned[2] ~= ARGV[2] then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[4], 0, ARGV[3], 'IDLE', ARGV[5], 'RETRYCOUNT', ARGV[6], 'JUSTID')
return 1
"""

# ARGV[3] least idle time in ms, [4] how many, [5] 1 = suspects, 0 = all others, [6] candidates to pass over,
# [7..] entries running here. -> {suspects seen, {entry, count, fields}, ..}; count 0: it was trimmed while pending.
# A suspect is owned by ~alone, or by a consumer that went silent with it for the second time. Our own entry that we do
# not run is a lost reply: it is not counted.
TAKE = """
local here = {}
for i = 7, #ARGV do here[ARGV[i]] = true end
local want, alone, pass = tonumber(ARGV[4]), ARGV[5] == '1', tonumber(ARGV[6])
local out, suspects, start, pages = {0}, 0, '-', 0
while #out - 1 < want and pages < 20 do
  local page = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], start, '+', 100)
  for _, p in ipairs(page) do
    local id, owner, count = p[1], p[2], p[4]
    if not here[id] then
      local suspect = owner == '~alone' or (owner ~= '~retry' and owner ~= ARGV[2] and count >= 2)
      if suspect then suspects = suspects + 1 end
      if suspect == alone and #out - 1 < want then
        if pass > 0 then pass = pass - 1 else
          if owner ~= ARGV[2] then count = count + 1 end
          local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', count)
          if claimed[1] then out[#out + 1] = {id, count, claimed[1][2]}
          else redis.call('XACK', KEYS[1], ARGV[1], id) out[#out + 1] = {id, 0, {}} end
        end
      end
    end
  end
  if #page < 100 then break end
  start, pages = '(' .. page[100][1], pages + 1
end
out[1] = suspects
return out
"""

# ARGV[3..] entries running here. -> those that are no longer ours; a heartbeat never takes one back.
TOUCH = """
local lost = {}
for i = 3, #ARGV do
  local owned = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)[1]
  if owned and owned[2] == ARGV[2] then redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
  else lost[#lost + 1] = ARGV[i] end
end
return lost
"""

# ARGV[3] idle time in ms, [4..] entries running here. Gives back, uncounted, what is ours on the server and was never
# seen here (a lost reply). -> how many.
SWEEP = """
local here, swept = {}, 0
for i = 4, #ARGV do here[ARGV[i]] = true end
for _, p in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000, ARGV[2])) do
  if not here[p[1]] then
    local count = math.max(p[4] - 1, 0)
    redis.call('XCLAIM', KEYS[1], ARGV[1], '~retry', 0, p[1], 'IDLE', ARGV[3], 'RETRYCOUNT', count, 'JUSTID')
    swept = swept + 1
  end
end
return swept
"""

# Idle times are told by the server's wall clock: where that was set back, an entry given out before looks busy (idle 0)
# until the clock has caught up. Every entry at idle 0 is set to "given out now", which changes nothing for one that was.
REBASE = """
local start, pages = '-', 0
while pages < 20 do
  local page = redis.call('XPENDING', KEYS[1], ARGV[1], start, '+', 100)
  for _, p in ipairs(page) do
    if p[3] == 0 then
      redis.call('XCLAIM', KEYS[1], ARGV[1], p[2], 0, p[1], 'IDLE', 0, 'RETRYCOUNT', p[4], 'JUSTID')
    end
  end
  if #page < 100 then return end
  start, pages = '(' .. page[100][1], pages + 1
end
"""

TYPE_OF_COMMAND = {
    "XADD": "stream",
    "SADD": "set",
    "SREM": "set",
    "ZADD": "zset",
    "ZREM": "zset",
    "HSET": "hash",
    "HDEL": "hash",
}
"""What a key must be, where it exists, for the command to succeed; other commands fit any key."""
