"""Settings that have to stand in the environment before torch and gradio are imported."""

import os

from demo.server.paths import upload_folder


def prepare() -> None:
    """Set what nobody has set: threads that wait must not take the core from another request, Gradio must not look
    anything up on the internet or work out usage statistics after every event, and uploads get their own folder.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
    os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")  # else it copies the last 10,000 after every event
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("MPLBACKEND", "agg")  # Gradio asks for it in every event; found out anew it costs 3 ms
    os.environ.setdefault("GRADIO_TEMP_DIR", upload_folder())
