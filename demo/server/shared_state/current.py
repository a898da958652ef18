"""Which store this server uses: its own memory, or what CONVSCOPE_STORE names, which other servers share."""

import os
from functools import cache

from demo.errors import UserError
from demo.server.shared_state.memory_store import MemoryStore
from demo.server.shared_state.store import Store

VARIABLE = "CONVSCOPE_STORE"
SCHEMES = ("redis://", "rediss://", "unix://")
NO_ADDRESS = f"{VARIABLE} says where servers share their state, such as redis://localhost:6379/0; it is {{!r}}."
NO_PACKAGE = f'{VARIABLE} names a Redis, for which a package is missing: pip install "redis>=5,<9"'
NO_ANSWER = f"Nothing answers as a Redis does at {{}}. Is it running, and is {VARIABLE} right?"


@cache
def store() -> Store:
    """The one of this process, made when it is first asked for.

    Raises:
        ValueError: CONVSCOPE_STORE cannot be used; the message says why.
    """
    address = os.environ.get(VARIABLE, "").strip()
    return _shared(address) if address else MemoryStore()


def _shared(address: str) -> Store:
    if not address.startswith(SCHEMES):
        raise ValueError(NO_ADDRESS.format(_without_password(address)))
    try:
        from demo.server.shared_state.redis_store import RedisStore
    except ModuleNotFoundError as error:
        raise ValueError(NO_PACKAGE) from error
    try:
        found = RedisStore(address)
        found.check()
    except UserError as error:
        raise ValueError(NO_ANSWER.format(_without_password(address))) from error
    except ValueError as error:
        raise ValueError(NO_ADDRESS.format(_without_password(address))) from error
    return found


def _without_password(address: str) -> str:
    """For the log, which others may read."""
    scheme, _, rest = address.partition("?")[0].partition("://")  # a password may stand among the options, too
    return f"{scheme}://{rest.rpartition('@')[2]}"
