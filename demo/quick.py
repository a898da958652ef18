"""A quicker start: what Gradio does for editors only, left out."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def without_stubs() -> Iterator[None]:
    """Let component classes be defined without a `.pyi` beside their source.

    Gradio 6.31 parses the source of each of its 80 component classes at every start, and of ours, to write these files
    for editors, which costs a quarter of the whole start-up. It leaves out a class whose source file is not known.
    """
    known = inspect.getfile

    def getfile(thing: Any) -> str:
        if type(thing).__name__ == "ComponentMeta":
            raise OSError("no stub is wanted")
        return known(thing)

    inspect.getfile = getfile
    try:
        yield
    finally:
        inspect.getfile = known
