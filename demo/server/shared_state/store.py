"""What a store of shared state does, whoever keeps it: `MemoryStore` beside this file, or a server for it.

tests/demo/server/shared_state/ asks every store for the same.
"""

from collections.abc import Callable
from typing import Any, Protocol

from demo.errors import UserError

Json = Any  # what JSON can say: dict, list, str, int, float, bool or None within another
MOST_KEY = 200  # bytes of a key
MOST_VALUE = 100_000  # bytes of one value as JSON
MOST_BYTES = 64_000_000  # of all keys and values together
FULL = "The server has no room for more classes and the like just now. Please try again later."
TOO_LARGE = "This is more than the server keeps in one place. Please make it smaller."


class StoreFull(UserError):
    """There is no room: nothing has been changed."""

    def __init__(self, sentence: str = FULL) -> None:
        super().__init__(sentence)


class Store(Protocol):
    """Small JSON values by key, which end by themselves.

    All methods may be called from any thread, and from several servers at once: each of them happens as a whole, or not
    at all. Values come back as new objects: changing one changes nothing in the store. A key that has ended is as if it
    had never been.
    """

    def get(self, key: str) -> Json | None:
        """The value, or None where there is none."""
        ...

    def put(self, key: str, value: Json, seconds: float) -> None:
        """Keeps a value for so long from now, in place of any that was there.

        Raises:
            StoreFull: it does not fit, alone or beside the others.
        """
        ...

    def add(self, key: str, value: Json, seconds: float) -> bool:
        """As `put`, but only where there is none: False where there is one, which stays.

        Raises:
            StoreFull: it does not fit.
        """
        ...

    def update(self, key: str, change: Callable[[Json], Json | None]) -> Json | None:
        """Gives the value what `change` makes of it, as one step that no other change comes between.

        Args:
            key: of a value. Where there is none, nothing happens.
            change: gets the value, which it may alter, and returns the new one; None leaves all as it was. It may be
                called more than once, so that it must do nothing else. What it raises is raised, and nothing changes.

        Returns:
            What is there afterwards; it ends when it would have. None where there is no value.

        Raises:
            StoreFull: the new one does not fit.
        """
        ...

    def delete(self, *keys: str) -> None:
        """Forgets these, those that there are."""
        ...

    def listed(self, prefix: str) -> dict[str, Json]:
        """All values whose keys begin so, in the order of the keys."""
        ...
