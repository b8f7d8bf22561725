"""What Redis does in one step for a turn. Every key of a person carries the same hash tag, so it lies on one server.

Times are milliseconds of Redis' own clock: hosts whose clocks differ or jump agree all the same.
"""

from __future__ import annotations

CLAIM = """
-- KEYS: session, holder, waiting, seen, count, reply. ARGV: ticket, lease, patience, limit, window
local session, holder, waiting, seen, count, reply = unpack(KEYS)
local ticket = ARGV[1]
local function leave(one)
  redis.call('ZREM', waiting, one)
  redis.call('ZREM', seen, one)
end
local given = redis.call('GET', reply)
if given then
  leave(ticket)
  return {'given', given}
end
local now_holds = redis.call('GET', holder)
if now_holds == ticket then  -- asked again, because the connection broke before the answer came
  return {'yours', redis.call('GET', session)}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Who has not asked for a while waits no more: its process is dead.
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - ARGV[3])) do leave(gone) end
local first = redis.call('ZRANGE', waiting, 0, 0)[1]
local is_free = not now_holds or string.sub(now_holds, 1, 5) == 'done:'
if not is_free or (first and first ~= ticket) then
  if not redis.call('ZSCORE', waiting, ticket) then
    redis.call('ZADD', waiting, time[1] * 1000000 + time[2], ticket)
  end
  redis.call('ZADD', seen, now, ticket)
  redis.call('PEXPIRE', waiting, 60000)
  redis.call('PEXPIRE', seen, 60000)
  return {'wait'}
end
leave(ticket)
local turns = redis.call('INCR', count)
if turns == 1 then redis.call('PEXPIRE', count, ARGV[5]) end
if turns > tonumber(ARGV[4]) then return {'too_many'} end
redis.call('SET', holder, ticket, 'PX', ARGV[2])
return {'yours', redis.call('GET', session)}
"""
"""Whose turn is it? In the order of arrival; a ticket asks again until it is told."""

SAVE = """
-- KEYS: session, holder, replies, reply. ARGV: ticket, session's time, reply's time, s + state, r + reply, drops
local session, holder, replies, reply = unpack(KEYS)
local now_holds = redis.call('GET', holder)
if now_holds == 'done:' .. ARGV[1] then return 1 end
if now_holds ~= ARGV[1] then return 0 end
if ARGV[4] ~= '' then redis.call('SET', session, string.sub(ARGV[4], 2), 'PX', ARGV[2]) end
if ARGV[6] == '1' then
  for _, earlier in ipairs(redis.call('SMEMBERS', replies)) do redis.call('DEL', earlier) end
  redis.call('DEL', replies)
end
if ARGV[5] ~= '' then
  redis.call('SET', reply, string.sub(ARGV[5], 2), 'PX', ARGV[3])
  redis.call('SADD', replies, reply)
  redis.call('PEXPIRE', replies, ARGV[3])
end
redis.call('SET', holder, 'done:' .. ARGV[1], 'PX', 10000)
return 1
"""
"""Keep what a turn leaves behind, if its claim still holds. Asked twice it does the same once."""

RELEASE = """
-- KEYS: holder, waiting, seen. ARGV: ticket
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
"""
"""Give a claim back, or stop waiting for one."""

FORGET = """
-- KEYS: session, replies, holder, notes
for _, reply in ipairs(redis.call('SMEMBERS', KEYS[2])) do redis.call('DEL', reply) end
for _, note in ipairs(redis.call('SMEMBERS', KEYS[4])) do redis.call('DEL', note) end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])
if string.sub(redis.call('GET', KEYS[3]) or '', 1, 5) == 'done:' then redis.call('DEL', KEYS[3]) end
return 1
"""
"""Remove what is kept of a person; who is being answered goes on."""

TAKE = """
-- KEYS: count. ARGV: window
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
"""
"""Count one more within a window."""

NOTE = """
-- KEYS: note, notes. ARGV: time, v + value
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.sub(ARGV[2], 2), 'PX', ARGV[1])
redis.call('SADD', KEYS[2], KEYS[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[2], ARGV[1]) end
return 1
"""
"""Keep or remove a short text; its owner's notes are listed, so that they can be forgotten."""

READ = "return redis.call('GET', KEYS[1])"
EXISTS = "return redis.call('EXISTS', KEYS[1])"
WRITE = "return redis.call('SET', KEYS[1], '1', 'PX', 10000)"
