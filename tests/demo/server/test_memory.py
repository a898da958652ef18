"""Many threads share few memory arenas, and what they have freed is given back."""

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

FREEING = """
import os, sys, time
from demo.server.memory import keep_trimmed
if sys.argv[1] == "trimmed":
    keep_trimmed(every=0.05)
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
before = resident()
many = [bytearray(100_000) for _ in range(3_000)]
last = bytearray(100_000)
full = resident()
many.clear()
end = time.monotonic() + float(sys.argv[2])
while resident() > before + 30_000_000 and time.monotonic() < end:
    many = [bytearray(100_000) for _ in range(10)]  # requests go on
print(full - before, resident() - before, len(last))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc alone")
def test_threads_share_the_arenas(tmp_path: Path) -> None:
    counts = {}
    for way in ("bound", "free"):
        subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path / way), way], cwd=ROOT, check=True)
        counts[way] = (tmp_path / way).read_text().count("<heap nr=")
    assert counts["bound"] <= ARENAS < counts["free"]


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc alone")
def test_what_was_freed_is_given_back_though_something_lies_behind_it() -> None:
    """Without it nothing is, however long one waits."""
    left = {}
    for way, patience in (("trimmed", 60), ("kept", 2)):
        command = [sys.executable, "-c", FREEING, way, str(patience)]
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
        assert int(told[0]) > 280_000_000
        left[way] = int(told[1])
    assert left["trimmed"] < 31_000_000 and left["kept"] > 200_000_000
