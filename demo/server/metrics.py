"""What whoever hosts the page can watch, counted for Prometheus: how many requests, how long, and what runs.

Nothing of a visitor stands in it: no address, no file, no session, only numbers by the kind of request and by the name
that a part of the page has.
"""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.shutdown import SHUTDOWN

# Not the library's own, which others in this process fill: in a notebook, whoever started the page.
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, open files and processor time; on Linux
REQUESTS = Counter(
    "convscope_requests", "Requests answered, by kind and status.", ("kind", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "convscope_request_seconds",
    "Seconds from a request to the end of its answer; streams, which stay open, are not among them.",
    ("kind",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
EVENTS = Histogram(
    "convscope_event_seconds",
    "Seconds in which the server answered an event of the page, its wait in the queue not counted; by name.",
    ("event",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
    registry=REGISTRY,
)
FAILED = Counter(
    "convscope_events_failed", "Events answered with an error, refusals in words among them.", ("event",),
    registry=REGISTRY,
)  # fmt: skip
STREAM, OTHER = "stream", "other"
# The beginning of a path below the page's -> kind; the first that fits counts.
KINDS = {
    "/gradio_api/queue/data": STREAM,
    "/gradio_api/heartbeat": STREAM,
    "/gradio_api/queue/join": "question",
    "/gradio_api/call": "program",
    "/gradio_api/run": "program",
    "/gradio_api/upload": "upload",
    "/gradio_api/file": "file",
    "/gradio_api": "gradio",
    "/modules": "static",
    "/assets": "static",
    "/static": "static",
    "/theme.css": "static",
    "/config": "page",
    "/live": "live",
    "/own": "own",
    "/healthz": "check",
    "/metrics": "check",
}


class CountedRequests:
    """ASGI middleware: counts every request, the refused ones too, so that it belongs around all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kind, start, status = kind_of(scope["path"].removeprefix(scope.get("root_path", ""))), time.perf_counter(), 499
        if kind not in (STREAM, "check"):
            SHUTDOWN.asked()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            status = 500 if status == 499 else status
            raise
        finally:
            REQUESTS.labels(kind, status).inc()
            if kind != STREAM:
                SECONDS.labels(kind).observe(time.perf_counter() - start)


def kind_of(path: str) -> str:
    """What a request is for, by its path below the page's: one of few words, whatever a stranger asks for."""
    if path in ("", "/"):
        return "page"
    return next((kind for begin, kind in KINDS.items() if path.startswith(begin)), OTHER)


def event(name: str, seconds: float, is_answered: bool) -> None:
    """Count an event of the page."""
    EVENTS.labels(name).observe(seconds)
    if not is_answered:
        FAILED.labels(name).inc()
