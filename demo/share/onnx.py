"""A network as an ONNX file to take home, made when somebody asks for it and kept for the next one who does."""

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import gradio as gr

from demo.core.handlers import user_errors
from demo.core.networks import network
from demo.errors import UserError
from demo.server.modules import calling
from demo.server.paths import work_folder
from demo.server.scheduler import alone
from model_zoo.entries import onnx_export
from model_zoo.entries.entry import CARD

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds; it takes about ten
SLOW = "This server could not make the file within five minutes. Please try again when fewer people use it."
FAILED = "This server could not make the file. Please tell whoever runs it to look into its log."
READY, MAKING = "Download this network (ONNX)", "Making the file, which can take half a minute …"
HELD = "This network stands in the memory of a program alone. Whoever wrote it can export it there: torch.onnx.export."
SAVE = calling("static/lib/save.js", "saveFile", READY)
log = logging.getLogger(__name__)
_one = threading.Lock()


def button(model: gr.Radio) -> None:
    """The button that saves the network which is chosen in `model`."""
    private: dict[str, Any] = {"api_visibility": "private"}
    shown = gr.Button(READY, size="sm", elem_id="take-home")
    # It holds the file alone: when clicked, a download button saves what it had before its handlers ran.
    file = gr.DownloadButton(visible="hidden")
    making = shown.click(None, None, shown, js=f"() => '{MAKING}'", **private)
    # Not by turns: it is made by a process of its own.
    making = making.then(network_file, model, file, show_progress="hidden", **private, **alone("export"))
    making.success(None, file, shown, js=SAVE, **private)
    # Not `then`: after a failure Gradio 6.31 goes on with `failure` alone.
    making.failure(None, None, shown, js=f"() => '{READY}'", **private)


@user_errors
def network_file(model: str) -> str:
    """The path of the chosen network as an ONNX file."""
    return onnx_file(model)


def onnx_file(name: str) -> str:
    """The path of a network's ONNX file, see `model_zoo.entries.onnx_export`.

    Raises:
        UserError: no such network, or the file cannot be made; the message says why.
    """
    model = network(name)
    if not (model.folder / CARD).is_file():
        raise UserError(HELD)
    home = work_folder() / "onnx" / digest(name)
    # The card holds the checksum of the weights: what was trained further has another file.
    folder = home / digest(model.card)
    path = folder / f"{file_name(name)}.onnx"
    with _one:
        if not path.is_file():
            shutil.rmtree(home, ignore_errors=True)
            _make(model.folder, path)
    return str(path)


def _make(folder: Path, path: Path) -> None:
    """Write the file in a process of its own, for the reasons that `model_zoo.entries.onnx_export` gives."""
    command = [sys.executable, "-m", onnx_export.__name__, str(folder), str(path)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}  # the other cores are for those who ask the networks
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(SLOW) from error
    if done.returncode == 0 and path.is_file():
        return
    last = (done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
    log.error("The ONNX file of %r could not be made, exit status %s: %s", folder.name, done.returncode, last)
    raise UserError(last if done.returncode == onnx_export.IN_WORDS else FAILED)


def digest(value: object) -> str:
    """A short name for a value that JSON can hold; another one for any other value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def file_name(name: str) -> str:
    """The name as every system can write it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "network"
