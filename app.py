"""Start ConvScope: `python app.py`, or as a Hugging Face Space. It takes no arguments.

GRADIO_SERVER_NAME and GRADIO_SERVER_PORT choose the address as Gradio defines them; CONVSCOPE_DATA and CONVSCOPE_RUNS
name the folders of data and of trained networks.
"""

import gc
import logging
import os
import sys
from typing import Any

from demo.server import environment, shutdown
from demo.server.disk import upload_budget
from demo.server.memory import bound_arenas, keep_trimmed
from demo.server.shared_state import current
from model_zoo.common import memory

if __name__ == "__main__" and {"-h", "--help"} & set(sys.argv[1:]):
    print((__doc__ or "").strip(), "\nREADME.md lists all that the environment can set.", sep="\n")
    sys.exit()
bound_arenas()
gc.disable()  # What the start makes stays: to look for garbage in it again and again would take a seventh of the start.

port = os.environ.get("GRADIO_SERVER_PORT", "")
if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
    sys.exit(f"GRADIO_SERVER_PORT must be a number from 1 to 65535, not {port!r}.")

try:
    memory.limit()
    upload_budget()
    drain = shutdown.drain_seconds()
    current.store()
except ValueError as error:
    sys.exit(str(error))
host = environment.take_ipv6()
environment.prepare()  # before torch and gradio are imported

try:  # ZeroGPU wants this before torch
    import spaces  # noqa: F401  # pyright: ignore[reportMissingImports] (only Spaces have it)
except ImportError:
    pass

import torch

from demo.server import gradio_compat
from demo.server.proxy import past_the_proxy

with gradio_compat.without_stubs(), past_the_proxy():
    from demo import launching

logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
torch.set_num_threads(1)  # one per request; requests run side by side on the cores
demo = launching.built()
gc.freeze()  # nor does any later search look through it
gc.enable()

# An argument, because a port from the environment is only where Gradio begins to look for one that is free.
LAUNCH: dict[str, Any] = {"server_name": host, "server_port": int(port) if port else None} | launching.settings()

if __name__ == "__main__":
    keep_trimmed()
    try:
        with past_the_proxy():
            demo.launch(**LAUNCH)
    except OSError as error:
        # Gradio raises this when the asked-for port, or every port from 7860 to 7959, is in use.
        sys.exit(f"ConvScope could not start: {error}. Is the port in use? GRADIO_SERVER_PORT chooses another one.")
    shutdown.SHUTDOWN.install(drain)
    demo.block_thread()
