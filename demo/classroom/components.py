"""The component of classes that stands beside all tabs."""

from typing import Any

import gradio as gr

from demo.core.components import widget


class ClassBand(gr.HTML):
    """The line in the bar that says which class this page is in, as pupil or teacher; nothing where it is in none.

    It has no value and no events: its module asks `demo.classroom.route`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("classroom/band", with_maps=False), **kwargs)
