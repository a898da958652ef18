"""Components of the Photos tab."""

from pathlib import Path
from typing import Any

import gradio as gr

from demo.core.components import widget
from demo.tabs.aerial.batch import Upload


class Files(gr.File):
    """Files from a stranger: only their names and where they lie; what they are is for the handlers to find out."""

    is_template = True  # the front end is that of gr.File

    def preprocess(self, payload: Any) -> Any:
        """A list of `Upload`s."""
        files = getattr(payload, "root", [payload]) if payload is not None else []
        if any(not file.path for file in files):
            raise gr.Error("Please upload the photos as files.", print_exception=False)
        return [Upload(str(file.orig_name or Path(file.path).name), Path(file.path)) for file in files]


class Order(gr.HTML):
    """The name of the order that the page shows, unseen; "" for any text that is too long for one.

    Every event sends the one that is there when it is sent. A `gr.State` is read when an event's turn comes, and would
    give one that has waited the name of an order that came later.
    """

    def __init__(self, **kwargs: Any) -> None:
        # Gradio 6.31 shows a hidden Textbox in a tab.
        super().__init__(
            "",
            html_template="<span hidden></span>",
            js_on_load=None,
            apply_default_css=False,
            visible="hidden",
            **kwargs,
        )

    def preprocess(self, payload: Any) -> str:
        return payload if isinstance(payload, str) and len(payload) <= 16 else ""


class SurveyMap(gr.HTML):
    """A photo with a heat map over it. Class, threshold and opacity are chosen in it, without asking the server.

    Value: what `demo.tabs.aerial.survey_map.running` yields; or {}. Its event is `save` with `kind`, `label` and
    `threshold`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/aerial/survey", "save"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class FileTable(gr.HTML):
    """Answers for many files as a table to sort; its event is `save`.

    Value: what `demo.tabs.aerial.batch.value` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/aerial/files", "save"), **kwargs)

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
