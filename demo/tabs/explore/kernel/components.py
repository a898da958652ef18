"""The Kernel segment of the panel."""

from typing import Any

import gradio as gr

from demo.core.components import widget


class KernelView(gr.HTML):
    """The kernels of the chosen channel, and at the chosen value the patch under one of them and the products.

    It has no value and no events: what it shows, other widgets know already.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/kernel/kernel"), padding=False, **kwargs)
