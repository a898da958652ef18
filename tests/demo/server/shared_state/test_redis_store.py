"""What only a store has that several servers share, and how a server starts with it."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.errors import UserError
from demo.server.shared_state import current
from demo.server.shared_state.memory_store import MemoryStore
from tests.bench.serve import free_port
from tests.conftest import ROOT

redis_store = pytest.importorskip("demo.server.shared_state.redis_store")


def test_two_servers_have_the_same(redis_address: str) -> None:
    one, other = (redis_store.RedisStore(redis_address, namespace="two-servers") for _ in range(2))
    one.put("class:A", {"pupils": 0}, 60)
    together = threading.Barrier(2)

    def join(store: redis_store.RedisStore) -> None:
        together.wait()
        for _ in range(50):
            store.update("class:A", lambda found: {"pupils": found["pupils"] + 1})

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(join, (one, other)))
    assert one.get("class:A") == other.get("class:A") == {"pupils": 100}


def test_nothing_is_left_in_redis_when_all_has_ended(redis_address: str) -> None:
    import redis

    store = redis_store.RedisStore(redis_address, namespace="passing")
    store.put("k", 1, 0.3)
    raw = redis.Redis.from_url(redis_address)
    assert list(raw.scan_iter("{passing}*"))
    end = time.monotonic() + 20
    while list(raw.scan_iter("{passing}*")):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.faults("The Redis that servers share is gone", "What needs it is refused in a sentence; all else works")
def test_where_nothing_answers_that_is_said_in_a_sentence() -> None:
    store = redis_store.RedisStore(f"redis://127.0.0.1:{free_port()}/0")
    for ask in (lambda: store.get("k"), lambda: store.put("k", 1, 60), lambda: store.listed(""), store.check):
        with pytest.raises(UserError, match="Please try again"):
            ask()


@pytest.mark.faults(
    "CONVSCOPE_STORE names no Redis, or one that does not answer as the server starts",
    "The server does not start; one line says so",
)
@pytest.mark.parametrize(
    "address",
    [
        *("localhost", "http://localhost", "redis://127.0.0.1:port/0"),
        *("redis://:secret@127.0.0.1:1/0", "redis://127.0.0.1:1/0?password=secret"),
    ],
)
def test_a_wrong_address_is_said_at_the_start(address: str) -> None:
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | {current.VARIABLE: address},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert current.VARIABLE in done.stderr and "secret" not in done.stderr


def test_which_store_a_server_uses(redis_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = current.store.__wrapped__
    monkeypatch.delenv(current.VARIABLE, raising=False)
    assert isinstance(fresh(), MemoryStore)
    monkeypatch.setenv(current.VARIABLE, redis_address)
    assert isinstance(fresh(), redis_store.RedisStore)
    monkeypatch.setitem(sys.modules, "demo.server.shared_state.redis_store", None)
    with pytest.raises(ValueError, match="pip install"):
        fresh()
