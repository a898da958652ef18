"""Components of the Survey tab."""

from pathlib import Path
from typing import Any

import gradio as gr

from demo.core.components import JsonHTML, widget
from demo.server.gradio_compat import given_files, template_component
from demo.tabs.aerial.batch import Upload


@template_component
class Files(gr.File):
    """Files from a stranger: only their names and where they lie; what they are is for the handlers to find out."""

    def preprocess(self, payload: Any) -> Any:
        """A list of `Upload`s."""
        files = given_files(payload)
        if any(not file.path for file in files):
            raise gr.Error("Please upload the photos as files.", print_exception=False)
        return [Upload(str(file.orig_name or Path(file.path).name), Path(file.path)) for file in files]


@template_component
class Order(gr.Textbox):
    """The name of the order that the page shows, unseen; "" for any text that is too long for one.

    Every event sends the one that is there when it is sent. A `gr.State` is read when an event's turn comes, and would
    give one that has waited the name of an order that came later.

    It has no `__init__` of its own: Gradio 6.31 sends the page only what the constructor names, so that with a bare
    `**kwargs` it would not be told `visible="hidden"`.
    """

    def preprocess(self, payload: Any) -> str:
        return payload if isinstance(payload, str) and len(payload) <= 16 else ""


class SurveyMap(gr.HTML):
    """A photo with a heat map over it. Class, threshold and opacity are chosen in it, without asking the server.

    Value: what `demo.tabs.aerial.survey_map.running` yields; or {}. Its events are `save` with `kind`, `label` and
    `threshold`, and `check` with the latter two.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/aerial/survey", "save", "check"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class SiteCheck(JsonHTML):
    """Windows of a survey to mark by eye; its events are `estimate`, `fit` and `undo` with `marks`, and `save` with
    `kind`, too.

    Value: what `demo.tabs.aerial.site_check.begin` returns, with `outcome` once that is known; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/aerial/site_check", "estimate", "fit", "undo", "save"), **kwargs)


class FileTable(gr.HTML):
    """Answers for many files as a table to sort; its event is `save`.

    Value: what `demo.tabs.aerial.batch.value` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/aerial/files", "save"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
