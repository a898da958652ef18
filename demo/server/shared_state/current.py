"""Which store this server uses."""

from functools import cache

from demo.server.shared_state.memory_store import MemoryStore
from demo.server.shared_state.store import Store


@cache
def store() -> Store:
    """The one of this process, made when it is first asked for."""
    return MemoryStore()
