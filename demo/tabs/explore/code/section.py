"""Code: layout, events, and what the server says of a step."""

from dataclasses import asdict, dataclass
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.networks import network
from demo.core.payloads import payload, picked
from demo.errors import UserError
from demo.server.modules import calling
from demo.server.scheduler import alone
from demo.tabs.explore.code import network_zip
from demo.tabs.explore.code.components import StepCode
from model_zoo.explain import code

READY, MAKING = "Download this network as PyTorch code (zip)", "Making the file …"
SAVE = calling("static/lib/save.js", "saveFile", READY)


@dataclass(frozen=True)
class Parts:
    """The components that have events."""

    widget: StepCode
    download: gr.Button
    file: gr.DownloadButton


def layout() -> Parts:
    """The line, and the button for the whole network below it."""
    widget = StepCode(elem_id="code")
    download = gr.Button(READY, size="sm", elem_id="code-download")
    # It holds the file alone: when clicked, a download button saves what it had before its handlers ran.
    return Parts(widget, download, gr.DownloadButton(visible="hidden"))


def wire(parts: Parts, model: gr.Radio) -> None:
    """The download; `line` is wired with the other questions of the tab."""
    private: dict[str, Any] = {"api_visibility": "private"}
    making = parts.download.click(None, None, parts.download, js=f"() => '{MAKING}'", **private)
    making = making.then(download, model, parts.file, show_progress="hidden", **private, **alone("code"))
    making.success(None, parts.file, parts.download, js=SAVE, **private)
    # Not `then`: after a failure Gradio 6.31 goes on with `failure` alone.
    making.failure(None, None, parts.download, js=f"() => '{READY}'", **private)


@user_errors
def line(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The code of a step; where it cannot be written, a message why. It is the same for all pictures."""
    step, _ = picked(payload(event))
    asked = {"model": model, "step": step}
    found = network(model)
    try:
        lines = code.steps(found.net, found.size)
    except ValueError as error:
        return asked | {"message": str(error)}
    if step not in lines:
        raise UserError(f"{found.title} has no step {step!r} with a line of code.")
    said = lines[step]
    return asked | asdict(said) | {"text": said.text}


@user_errors
def download(model: str) -> str:
    """The path of the chosen network as a zip."""
    return network_zip.path_of(network(model))
