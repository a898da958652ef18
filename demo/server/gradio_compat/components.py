"""Components: whose front end they have, the texts that it lacks, and answers that change nothing."""

from typing import TYPE_CHECKING, Any, TypeVar

from demo.server.gradio_compat.points import holds, point, source

if TYPE_CHECKING:
    import gradio as gr

Class = TypeVar("Class", bound=type)
# Texts that Gradio 6.31 asks for by a key and has in no language: it would show the key itself, and `common.complete`
# is what it tells screen readers at the end of every event.
LACKING = {
    "common.complete": "Done",
    "common.video": "Video",
    "image.no_webcam_support": "This browser gives the page no camera; it may want an address with https.",
}


def template_component(component: Class) -> Class:
    """A component class whose front end is that of its parent, a component of Gradio's own; a decorator."""
    component.is_template = True  # type: ignore[attr-defined]
    if not holds("front ends"):
        name = component.__mro__[1].__name__.lower()
        component.get_block_name = component.get_block_class = lambda _: name  # type: ignore[attr-defined]
    return component


@point(
    "front ends",
    relies_on="a component class with `is_template` has the front end of its parent",
    otherwise="the name of the front end is overridden",
)
def _takes_front_end_of_parent() -> bool:
    return 'if hasattr(self, "is_template")' in source("blocks")


def is_update(value: Any) -> bool:
    """Whether it tells Gradio to leave a component as it is, and is no value."""
    import gradio as gr

    return value == gr.skip()


def texts() -> "gr.I18n":
    """The texts that Gradio lacks, for `Blocks.launch`; other languages fall back to English."""
    import gradio as gr

    return gr.I18n(en=LACKING)
