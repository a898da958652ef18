"""The addresses /healthz and /metrics, beside the page.

/healthz is cheap and answers also while all cores compute: it asks no network and waits for no queue. While the server
ends it answers 404, which HAProxy's `http-check disable-on-404` takes for "no new visitors", and others for "not
ready". /metrics is off on a Space, whose addresses everybody can read, and where CONVSCOPE_METRICS=off.
"""

import os
import re
import threading
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
from prometheus_client import Gauge
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from demo.server import gradio_compat, metrics
from demo.server.metrics import REGISTRY
from demo.server.scheduler import LONG, QUESTIONS
from demo.server.shutdown import SHUTDOWN
from demo.tabs.train.handlers import TRAININGS
from model_zoo.common.memory import KEPT
from model_zoo.entries.loading import loaded_count

VARIABLE = "CONVSCOPE_METRICS"
CLOSED = f"Metrics are closed here. Whoever runs this server can open them with {VARIABLE}=on."
PROJECT = Path(__file__).parents[2] / "pyproject.toml"

GAUGES = {
    "convscope_questions_running": ("Questions that are being answered.", lambda: QUESTIONS.count),
    "convscope_long_works_waiting": ("Long works that wait for their turn on the cores.", lambda: LONG.waiting),
    "convscope_trainings_running": ("Trainings that run.", lambda: int(TRAININGS.look("").running is not None)),
    "convscope_trainings_waiting": ("Trainings that wait.", lambda: TRAININGS.look("").waiting),
    "convscope_networks_held": ("Networks whose weights are in memory.", loaded_count),
    "convscope_kept_bytes": ("Bytes of networks, and of what was worked out with them.", lambda: KEPT.total),
    "convscope_threads": ("Threads of the server's process.", threading.active_count),
    "convscope_draining": ("1 while the server ends and takes no new visitors.", lambda: int(SHUTDOWN.is_draining)),
}
for _name, (_words, _value) in GAUGES.items():
    Gauge(_name, _words, registry=REGISTRY).set_function(_value)
_QUEUE = Gauge("convscope_queue_length", "Events that wait in Gradio's queue.", registry=REGISTRY)


def is_open() -> bool:
    """Whether everybody may read /metrics."""
    switch = os.environ.get(VARIABLE, "").strip().lower()
    return switch == "on" or (switch != "off" and not os.environ.get("SPACE_ID"))


def watch(page: gr.Blocks) -> None:
    """Count the events of a page, and how many of them wait."""
    gradio_compat.watch_events(page, metrics.event)
    _QUEUE.set_function(lambda: gradio_compat.queue_length(page))


def routes() -> list[Route]:
    """What answers both; for the `routes` of the app."""
    return [Route("/healthz", _health), Route("/metrics", _metrics)]


async def _health(request: Request) -> Response:
    """JSON: `status`, `version`, and `ready`, whether new visitors may come."""
    ready = not SHUTDOWN.is_draining
    told = {"status": "ok" if ready else "ending", "version": version(), "ready": ready}
    return JSONResponse(told, 200 if ready else 404, {"Cache-Control": "no-store"})


async def _metrics(request: Request) -> Response:
    if not is_open():
        return PlainTextResponse(CLOSED, 403)
    encode, kind = choose_encoder(request.headers.get("accept", ""))
    headers: dict[str, Any] = {"Cache-Control": "no-store", "Content-Type": kind}
    return Response(encode(REGISTRY), headers=headers)


@cache
def version() -> str:
    """Of ConvScope, as pyproject.toml says it; "unknown" where that file is not at hand."""
    try:
        found = re.search(r'^version = "([^"]+)"', PROJECT.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else "unknown"
