"""What several tests of `train` share: the command line as a user runs it, and small trainings."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import torch

from model_zoo import nets
from model_zoo.entries import entry
from tests.conftest import ROOT
from train.__main__ import main

# A photo training of seconds, without the number of epochs.
TINY = ("--size", 32, "--width", 8, "--batch-size", 16, "--threads", 1, "--snapshots", "none")
PATIENCE = 600  # seconds
ALONE = os.environ | {"OMP_NUM_THREADS": "1"}


def command(*arguments: object) -> list[str]:
    """The words of `python -m train`."""
    return [sys.executable, "-m", "train", *map(str, arguments)]


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    """`python -m train` in a process of its own, to its end."""
    return subprocess.run(
        command(*arguments), cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=PATIENCE
    )


def run_here(*arguments: object) -> int:
    """`python -m train` in this process, which loads PyTorch only once; gives the exit status."""
    return main([*map(str, arguments)])


def refused(*arguments: object, **environment: str) -> str:
    """What a command that ends with an error has said, without a traceback; in a process of its own where it needs an
    environment."""
    if environment:
        done = run(*arguments, **environment)
        status, said = done.returncode, done.stderr
    else:
        with redirect_stderr(StringIO()) as stderr:
            try:
                status = run_here(*arguments)
            except SystemExit as ended:  # of argparse
                status = ended.code
        said = stderr.getvalue()
    assert status in (1, 2) and "Traceback" not in said
    return said


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def torchrun(processes: int, *words: object) -> list[str]:
    """The words that run something on several processes."""
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    return [sys.executable, *launch, *map(str, words)]


def done(words: list[str]) -> subprocess.CompletedProcess:
    """These words as a process on one thread, to its end."""
    return subprocess.run(words, cwd=ROOT, env=ALONE, capture_output=True, text=True, timeout=PATIENCE)


def epochs_in(folder: Path) -> int:
    """How many epochs the entry holds, 0 being the untrained network; -1 without an entry."""
    path = folder / entry.HISTORY
    return len(path.read_text().splitlines()) - 2 if path.exists() else -1


def interrupted(
    words: list[str], out: Path, environment: dict[str, str] | None = None, stop: signal.Signals = signal.SIGINT
) -> tuple[subprocess.Popen, str]:
    """Run a training until its entry holds the first epoch, then send it a signal; the process, and what it said."""
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + PATIENCE
    while epochs_in(out) < 1:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(stop)
    return process, process.communicate(timeout=PATIENCE)[1]


def wait(until: Callable[[], bool]) -> None:
    """Until something is so; a busy machine may take its time."""
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def stop_after(out: Path, epoch: int) -> threading.Thread:
    """Ctrl-C for this process as soon as that epoch is on the disk."""

    def watch() -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if epochs_in(out) >= epoch:
                os.kill(os.getpid(), signal.SIGINT)
                return
            time.sleep(0.005)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def untrained_entry(folder: Path, classes: tuple[str, ...], positive: str = "") -> Path:
    """An entry of these classes with random weights, called plants; `positive` is the one that its card names."""
    torch.manual_seed(1)
    net = nets.build("talk_cnn", {"classes": len(classes)})
    card = {
        "name": "plants",
        "title": "Plants",
        "net": {"file": "talk_cnn", "arguments": {"classes": len(classes)}},
        "classes": list(classes),
        "preprocessing": {"size": 32, "mean": [0.4] * 3, "std": [0.02] * 3, "interpolation": "bicubic"},
        "data": {},
        "recipe": {},
        "environment": {},
        "metrics": {},
        **({"decision": {"class": positive}} if positive else {}),
    }
    row = dict.fromkeys(entry.HISTORY_COLUMNS, 0.0)
    entry.write(folder, net.state_dict(), card, [row], "")
    return folder
