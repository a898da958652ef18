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


def take_ipv6() -> str | None:
    """The address of IPv6 that GRADIO_SERVER_NAME asks for, in brackets, for `launch`; None where it asks for none.

    It is taken out of the environment: Gradio 6.31 looks for a free port at what it finds there as it is imported, with
    a socket that knows IPv4 alone.
    """
    name = os.environ.get("GRADIO_SERVER_NAME", "").strip("[]")
    if ":" not in name:
        return None
    del os.environ["GRADIO_SERVER_NAME"]
    return f"[{name}]"
