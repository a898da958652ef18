"""Shared state in Redis: for a page with several servers, which then have the same classes and the like.

All of it stands in four keys of Redis, `{NAMESPACE}:values` and so on, which scripts change together: each happens as a
whole there. They vanish with the last value, so that a Redis which others use as well is left as it was.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import redis

from demo.errors import UserError
from demo.server.shared_state.memory_store import OVERHEAD
from demo.server.shared_state.store import MOST_BYTES, MOST_KEY, MOST_VALUE, TOO_LARGE, Json, StoreFull

NAMESPACE = "convscope"
PATIENCE = 2.0  # seconds for Redis to answer
TRIES = 500  # of a change that others come between
LOST = "The server cannot reach what it shares with others just now. Please try again in a moment."

# Values by key; keys in order; when each ends, in milliseconds; how many bytes they take in all.
_HEAD = f"""
local values, names, ends, total = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function there(key)
  local last = redis.call('ZSCORE', ends, key)
  if not last or tonumber(last) <= now then return false end
  return redis.call('HGET', values, key)
end
local function size(key)
  if redis.call('HEXISTS', values, key) == 0 then return 0 end
  return #key + redis.call('HSTRLEN', values, key) + {OVERHEAD}
end
local function forget(key)
  redis.call('DECRBY', total, size(key))
  redis.call('HDEL', values, key)
  redis.call('ZREM', names, key)
  redis.call('ZREM', ends, key)
end
local function sweep()
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now)) do forget(key) end
end
local function keep(key, value, last, most)
  sweep()
  local more = #key + #value + {OVERHEAD} - size(key)
  if tonumber(redis.call('GET', total) or '0') + more > tonumber(most) then return 'full' end
  redis.call('INCRBY', total, more)
  redis.call('HSET', values, key, value)
  redis.call('ZADD', names, 0, key)
  redis.call('ZADD', ends, last, key)
  local latest = redis.call('ZREVRANGE', ends, 0, 0, 'WITHSCORES')[2]
  for _, each in ipairs(KEYS) do redis.call('PEXPIREAT', each, string.format('%.0f', latest)) end
  return 'kept'
end
"""
_GET = "return there(ARGV[1])"
_PUT = "return keep(ARGV[1], ARGV[2], now + ARGV[3], ARGV[4])"
_ADD = f"if there(ARGV[1]) then return 'there' end\n{_PUT}"
_CHANGE = """
local old = there(ARGV[1])
if not old then return 'gone' end
if old ~= ARGV[2] then return 'changed' end
return keep(ARGV[1], ARGV[3], redis.call('ZSCORE', ends, ARGV[1]), ARGV[4])
"""
_DELETE = "for _, key in ipairs(ARGV) do forget(key) end"
_LISTED = """
local found = {}
for _, key in ipairs(redis.call('ZRANGEBYLEX', names, '[' .. ARGV[1], ARGV[1] == '' and '+' or '[' .. ARGV[1] .. '\\255')) do
  local value = there(key)
  if value then found[#found + 1] = key; found[#found + 1] = value end
end
return found
"""  # noqa: E501  (a line of Lua)


class RedisStore:
    """A `Store` that every server with the same address and namespace has.

    Where Redis does not answer, every method raises UserError.
    """

    def __init__(self, address: str, most_bytes: int = MOST_BYTES, namespace: str = NAMESPACE) -> None:
        """Keep at most so many bytes of keys and values in the Redis at an address, such as redis://localhost:6379/0.

        Raises:
            ValueError: that is no address.
        """
        self._most = most_bytes
        self._redis = redis.Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        # Braces keep the four together where Redis is a cluster.
        self._keys = [f"{{{namespace}}}:{part}" for part in ("values", "names", "ends", "total")]
        self._get, self._put, self._add, self._change, self._delete, self._listed = (
            self._redis.register_script(_HEAD + body) for body in (_GET, _PUT, _ADD, _CHANGE, _DELETE, _LISTED)
        )

    def check(self) -> None:
        """Ask Redis for a sign of life.

        Raises:
            UserError: there is none.
        """
        with _in_words():
            self._redis.ping()

    def get(self, key: str) -> Json | None:
        """As `Store.get`."""
        found = self._run(self._get, key)
        return None if found is None else orjson.loads(found)

    def put(self, key: str, value: Json, seconds: float) -> None:
        """As `Store.put`."""
        self._kept(self._run(self._put, key, _data(key, value), round(seconds * 1000), self._most))

    def add(self, key: str, value: Json, seconds: float) -> bool:
        """As `Store.add`."""
        told = self._run(self._add, key, _data(key, value), round(seconds * 1000), self._most)
        return told != b"there" and self._kept(told)

    def update(self, key: str, change: Callable[[Json], Json | None]) -> Json | None:
        """As `Store.update`."""
        for attempt in range(TRIES):
            old = self._run(self._get, key)
            if old is None:
                return None
            new = change(orjson.loads(old))
            if new is None:
                return orjson.loads(old)
            data = _data(key, new)
            told = self._run(self._change, key, old, data, self._most)
            if told == b"gone":
                return None
            if told != b"changed":
                self._kept(told)
                return orjson.loads(data)
            time.sleep(random.random() * 0.001 * min(attempt + 1, 20))  # so that those who collided do not again
        raise UserError(LOST)

    def delete(self, *keys: str) -> None:
        """As `Store.delete`."""
        if keys:
            self._run(self._delete, *keys)

    def listed(self, prefix: str) -> dict[str, Json]:
        """As `Store.listed`."""
        found = self._run(self._listed, prefix)
        return {key.decode(): orjson.loads(value) for key, value in zip(found[::2], found[1::2], strict=True)}

    def _run(self, script: Any, *values: str | bytes | int) -> Any:
        with _in_words():
            return script(keys=self._keys, args=values)

    def _kept(self, told: bytes) -> bool:
        if told == b"full":
            raise StoreFull
        return True


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise UserError(LOST) from error


def _data(key: str, value: Json) -> bytes:
    data = orjson.dumps(value)
    if len(key.encode()) > MOST_KEY or len(data) > MOST_VALUE:
        raise StoreFull(TOO_LARGE)
    return data
