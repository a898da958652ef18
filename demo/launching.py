"""How the page is started, by `app.py` or by `demo.show`: the settings that both share."""

from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from demo.classroom import route as classroom
from demo.glossary import route as glossary
from demo.languages import route as languages
from demo.live import route as live
from demo.monitoring import route as monitoring
from demo.page import build
from demo.pictures import thumbnails
from demo.server import disk, gradio_compat, metrics, modules
from demo.server.bad_requests import BadRequests
from demo.server.body_limit import BodyLimit, SlowBodies
from demo.server.gzip import CompressedAnswers, CompressedPage
from demo.server.headers import SafeHeaders
from demo.tabs.builder import route as builder
from demo.tabs.own import route as own
from demo.theme import STYLES, THEME

FAVICON = Path(__file__).parent / "static" / "favicon.png"


def built() -> gr.Blocks:
    """The page, not yet launched; Gradio is told what it needs to know of it."""
    blocks = build()
    monitoring.watch(blocks)
    gradio_compat.report()
    disk.hold(gradio_compat.first_files(blocks))
    return blocks


def settings(frames: str = "") -> dict[str, Any]:
    """The arguments of `Blocks.launch`, but for the address; `frames` as for `SafeHeaders`."""
    counted = tuple(f"/{part.ADDRESS}" for part in (live, own, builder, classroom))
    limited = Middleware(BodyLimit, limit=12_000_000, uploads=gradio_compat.upload_route(), counted=counted)
    return {
        "theme": THEME,
        "css_paths": STYLES,
        "max_file_size": "100mb",  # a zip of photos; pictures have lower limits, in demo/pictures/decode.py
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "state_session_capacity": 128,  # of 260 kB each; no session holds anything that a page would miss
        "footer_links": ["api"],
        "i18n": gradio_compat.texts(),
        "favicon_path": FAVICON,
        "head": modules.preloads(),
        "app_kwargs": {
            "middleware": [
                Middleware(metrics.CountedRequests),
                Middleware(SafeHeaders, frames=frames),
                Middleware(CompressedPage),
                Middleware(CompressedAnswers),
                Middleware(BadRequests),
                Middleware(SlowBodies),
                Middleware(disk.UploadRoom, folder=gradio_compat.upload_folder(), uploads="/upload"),
                limited,
            ],
            "routes": [
                *monitoring.routes(),
                *(part.route() for part in (modules, thumbnails, live, own, builder, classroom, glossary, languages)),
            ],
        },
        "prevent_thread_lock": True,
    }
