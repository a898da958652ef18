"""How the page starts: its classes, without files for editors; and its description, worked out once."""

import copy
import functools
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from demo.server.gradio_compat.points import holds, point, source

if TYPE_CHECKING:
    import gradio as gr


@contextmanager
def without_stubs() -> Iterator[None]:
    """Let component classes be defined without a `.pyi` beside their source.

    Gradio 6.31 parses the source of each of its 80 component classes at every start, and of ours, to write these files
    for editors, which costs a quarter of the whole start-up. It leaves out a class whose source file is not known.
    """
    if not holds("stubs"):
        yield
        return
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


@point(
    "stubs",
    relies_on="`create_or_modify_pyi` leaves out a class whose source file is not known",
    otherwise="it writes a .pyi beside each component's source, and the start takes a quarter longer",
)
def _leaves_out_stubs() -> bool:
    written = source("component_meta").split("def create_or_modify_pyi", 1)[1]
    looked, _, caught = written.partition("inspect.getfile(component_class)")
    return len(looked) < 300 and caught.lstrip(") \n").startswith("except OSError")


def describe_once(page: "gr.Blocks") -> None:
    """Work out the description of each part of a finished page now, and keep it.

    Gradio 6.31 does it anew for every session, and so for every call by a program: schemas, signatures and settings of
    all components, which for this page takes longer than the network does. A session writes into its own copy of the
    settings; a component that an event replaces in a session is a new one, which describes itself.
    """
    if not holds("descriptions"):
        return
    for block in page.blocks.values():
        # Partials, not closures: ZeroGPU hardware may pickle components.
        setattr(block, "get_config", functools.partial(copy.copy, block.get_config()))  # noqa: B010
        if not block.skip_api:
            for name in ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs"):
                if hasattr(block, name):
                    setattr(block, name, functools.partial(_same, getattr(block, name)()))


def _same(description: Any) -> Any:
    return description


@point(
    "descriptions",
    relies_on="a component's `get_config` and `api_info` are asked for anew for every session",
    otherwise="each session describes all components again, which takes longer than the network does",
)
def _describes_by_methods() -> bool:
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as page:
        text = gr.Textbox("a")
    setattr(text, "get_config", functools.partial(copy.copy, text.get_config() | {"info": "ours"}))  # noqa: B010
    shown = next(part for part in page.get_config_file()["components"] if part["id"] == text._id)
    return page.blocks[text._id] is text and not text.skip_api and shown["props"]["info"] == "ours"
