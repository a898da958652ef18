"""Start ConvScope: `python app.py`, or as a Hugging Face Space.

GRADIO_SERVER_NAME and GRADIO_SERVER_PORT choose the address as Gradio defines them; CONVSCOPE_DATA and CONVSCOPE_RUNS
name the folders of data and of trained networks.
"""

import gc
import logging
import os
import sys
from pathlib import Path

from demo.server.memory import bound_arenas
from demo.server.paths import upload_folder

bound_arenas()
gc.disable()  # What the start makes stays: to look for garbage in it again and again would take a seventh of the start.

port = os.environ.get("GRADIO_SERVER_PORT", "")
if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
    sys.exit(f"GRADIO_SERVER_PORT must be a number from 1 to 65535, not {port!r}.")

# Before torch and gradio are imported: threads that wait must not take the core from another request, Gradio must not
# look anything up on the internet or work out usage statistics after every event, and uploads get their own folder.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")  # else it copies a list of the last 10,000 after every event
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("MPLBACKEND", "agg")  # Gradio asks matplotlib for it in every event; found out anew it costs 3 ms
os.environ.setdefault("GRADIO_TEMP_DIR", upload_folder())

try:  # ZeroGPU wants this before torch
    import spaces  # noqa: F401  # pyright: ignore[reportMissingImports] (only Spaces have it)
except ImportError:
    pass

import torch
from starlette.middleware import Middleware

from demo.server import gradio_compat, modules
from demo.server.body_limit import BodyLimit
from demo.server.gzip import CompressedPage
from demo.server.proxy import past_the_proxy

with gradio_compat.without_stubs(), past_the_proxy():
    from demo.page import build
    from demo.theme import STYLES, THEME

logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
torch.set_num_threads(1)  # one per request; requests run side by side on the cores
demo = build()
gc.freeze()  # nor does any later search look through it
gc.enable()
gradio_compat.report()

LIMITED = Middleware(BodyLimit, limit=12_000_000, uploads=gradio_compat.upload_route())
LAUNCH = {
    # An argument, because a port from the environment is only where Gradio begins to look for one that is free.
    "server_port": int(port) if port else None,
    "theme": THEME,
    "css_paths": STYLES,
    "max_file_size": "100mb",  # a zip of photos; pictures have lower limits, in demo/pictures/decode.py
    "ssr_mode": False,
    "run_history": False,
    "enable_monitoring": False,
    "show_error": False,
    "state_session_capacity": 256,
    "footer_links": ["api"],
    "favicon_path": Path(__file__).parent / "demo" / "static" / "favicon.png",
    "head": modules.preloads(),
    "app_kwargs": {"middleware": [LIMITED, Middleware(CompressedPage)], "routes": [modules.route()]},
    "prevent_thread_lock": True,
}

if __name__ == "__main__":
    try:
        with past_the_proxy():
            demo.launch(**LAUNCH)
    except OSError as error:
        # Gradio raises this when the asked-for port, or every port from 7860 to 7959, is in use.
        sys.exit(f"ConvScope could not start: {error}. Is the port in use? GRADIO_SERVER_PORT chooses another one.")
    demo.block_thread()
