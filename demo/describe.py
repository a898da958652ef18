"""What a visitor costs before anything is asked: Gradio's description of every part of the page."""

import copy
import functools
from typing import Any

import gradio as gr


def once(page: gr.Blocks) -> None:
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
