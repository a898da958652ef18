"""Many threads share few memory arenas."""

import subprocess
import sys
from pathlib import Path

import pytest

from demo.server.memory import ARENAS
from tests.conftest import ROOT

SCRIPT = """
import ctypes, sys, threading
from demo.server.memory import bound_arenas
if sys.argv[2] == "bound":
    bound_arenas()
threads, barrier = [], threading.Barrier(16)
def work():
    libc.malloc(1000)
    barrier.wait()
libc = ctypes.CDLL(None)
for _ in range(16):
    threads.append(threading.Thread(target=work))
    threads[-1].start()
for thread in threads:
    thread.join()
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc alone")
def test_threads_share_the_arenas(tmp_path: Path) -> None:
    counts = {}
    for way in ("bound", "free"):
        subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path / way), way], cwd=ROOT, check=True)
        counts[way] = (tmp_path / way).read_text().count("<heap nr=")
    assert counts["bound"] <= ARENAS < counts["free"]
