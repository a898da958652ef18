"""The component of the code of a step."""

from typing import Any

from demo.core.components import JsonHTML, widget


class StepCode(JsonHTML):
    """The line of PyTorch that makes the step that Explore shows; its event is `line` with the step.

    Value: what `demo.tabs.explore.code.section.line` returns; or {}. In the browser it tells which argument is looked
    at by the event `argument` of `static/lib/events.js`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/explore/code/code", "line", with_maps=False), **kwargs)
