"""The stores that all tests of shared state ask for the same."""

import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from demo.server.shared_state.memory_store import MemoryStore
from demo.server.shared_state.store import Store
from tests.bench.serve import free_port
from tests.bench.visitors.replicas import program

# By name: what makes an empty store of its own that keeps at most `most_bytes`. A second kind is one more line.
Make = Callable[..., Store]
KINDS: dict[str, Make] = {"memory": MemoryStore}
REDIS = "redis"


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the tests' own; they are skipped where none is installed."""
    pytest.importorskip("redis")
    server = program("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed")
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    with (folder / "log.txt").open("w") as log:
        words = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        process = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        yield _answering(f"redis://127.0.0.1:{port}/0", folder / "log.txt")
    finally:
        process.terminate()
        process.wait(20)


def _answering(address: str, log: Path) -> str:
    from demo.errors import UserError
    from demo.server.shared_state.redis_store import RedisStore

    end = time.monotonic() + 30
    while True:
        try:
            RedisStore(address).check()
            return address
        except UserError:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)


@pytest.fixture(params=[*KINDS, REDIS])
def make(request: pytest.FixtureRequest) -> Make:
    """What makes empty stores of one kind: `make()`, `make(most_bytes=...)`."""
    if request.param == REDIS:
        address = request.getfixturevalue("redis_address")
        from demo.server.shared_state.redis_store import RedisStore

        return lambda **more: RedisStore(address, namespace=f"test-{uuid.uuid4().hex}", **more)
    return partial(KINDS[request.param])


@pytest.fixture
def store(make: Make) -> Store:
    """An empty one."""
    return make()
