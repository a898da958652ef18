"""What the page changes inside Gradio, which Gradio does not promise to keep."""

import copy
import functools
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # `without_stubs` comes before the first import of gradio
    import gradio as gr


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


def once(page: "gr.Blocks") -> None:
    """Work out the description of each part of a finished page now, and keep it.

    Gradio 6.31 does it anew for every session, and so for every call by a program: schemas, signatures and settings of
    all components, which for this page takes longer than the network does. A session writes into its own copy of the
    settings; a component that an event replaces in a session is a new one, which describes itself.
    """
    for block in page.blocks.values():
        # Partials, not closures: ZeroGPU hardware may pickle components.
        block.get_config = functools.partial(copy.copy, block.get_config())
        if not block.skip_api:
            for name in ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs"):
                if hasattr(block, name):
                    setattr(block, name, functools.partial(_same, getattr(block, name)()))


def _same(description: Any) -> Any:
    return description
