"""The stores that all tests of shared state ask for the same."""

from collections.abc import Callable
from functools import partial

import pytest

from demo.server.shared_state.memory_store import MemoryStore
from demo.server.shared_state.store import Store

# By name: what makes an empty store of its own that keeps at most `most_bytes`. A second kind is one more line.
Make = Callable[..., Store]
KINDS: dict[str, Make] = {"memory": MemoryStore}


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest) -> Make:
    """What makes empty stores of one kind: `make()`, `make(most_bytes=...)`."""
    return partial(KINDS[request.param])


@pytest.fixture
def store(make: Make) -> Store:
    """An empty one."""
    return make()
