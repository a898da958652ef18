"""Components of the Train tab."""

from typing import Any

from demo.core.components import JsonHTML, widget


class TrainedRuns(JsonHTML):
    """The networks that were trained here, to be named and deleted.

    Value: what `demo.tabs.train.runs.Listed` holds; or {}. Its events carry the `tickets` of this browser: `own` asks
    which of them it may change; `rename` has a run's `name` and its new `title`; `remove` its `name`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/train/runs", "own", "rename", "remove"), **kwargs)
