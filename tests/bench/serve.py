"""Start a server in a process of its own, for measuring it from outside."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def server(
    script: str, log: IO | None = None, patience: float = 120, port: int = 0, **environment: str
) -> Iterator[tuple[str, float, int]]:
    """Run a script that launches a Gradio app; its stderr goes to the file `log`, if one is given.

    Args:
        patience: seconds until it must have started.
        port: where it listens; else one that is free.

    Yields:
        Its address, the seconds from process start to the first page served, and the process number.
    """
    port = port or free_port()
    settings = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_ANALYTICS_ENABLED": "False",
    }
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, script], cwd=ROOT, env=settings | environment, stdout=subprocess.DEVNULL, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                if httpx.get(address, timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                if process.poll() is not None or time.perf_counter() - start > patience:
                    raise RuntimeError(f"{script} did not start") from None
                time.sleep(0.02)
        yield address, time.perf_counter() - start, process.pid
    finally:
        process.terminate()
        process.wait(20)


def memory(pid: int, key: str = "VmRSS") -> float:
    """Resident memory of a process in MB (Linux); with "VmHWM" the most that it has ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) / 1024
    return float("nan")
