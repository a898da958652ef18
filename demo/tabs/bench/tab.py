"""The Bench tab: its layout and events."""

from typing import Any

import gradio as gr

from demo.core.handlers import SILENT_EVENT, tell_when_unanswered
from demo.tabs.bench.components import Bench
from demo.tabs.bench.handlers import kernels, pictures


def layout() -> Bench:
    """The contents of the tab."""
    return Bench(elem_id="bench", padding=False)


def wire(bench: Bench, model: gr.Radio, picture: gr.Image, **limit: Any) -> None:
    """The events of the tab.

    Args:
        bench: what `layout` returned.
        model, picture: of the page.
        limit: concurrency of handlers that answer quickly.
    """
    often: dict[str, Any] = {"trigger_mode": "multiple"} | SILENT_EVENT | limit
    tell_when_unanswered(bench.pictures(pictures, picture, bench, **often), "bench")
    tell_when_unanswered(bench.kernels(kernels, model, bench, **often), "bench")
