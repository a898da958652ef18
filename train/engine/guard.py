"""What keeps a run from losing anything: folders checked first, clean stops, full disks said in a sentence."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from model_zoo.entries import entry
from train.entry.run_folder import CHECKPOINT, LOCK


class TrainingError(RuntimeError):
    """The training cannot start or go on; the message says why and what helps."""


@contextmanager
def only_run(out: Path, resume: bool, writes: bool = True) -> Iterator[None]:
    """Hold the run folder for one training; the system lets go of it however that training ends.

    Nothing is overwritten by accident, and a folder that cannot be written is found before training, not after. A
    folder that is made here goes again if nothing was written into it.

    Args:
        writes: false for the other processes of the same training, which only read.
    """
    if not writes:
        yield
        return
    _check(out, resume)  # before anything is made
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / LOCK, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise TrainingError(f"Another training is running in {out}. Wait for it, or name another --out.") from error
    except OSError as error:
        raise TrainingError(f"{out} cannot be written: {error.strerror or error}.") from error
    try:
        _check(out, resume)
        yield
    finally:
        lock.release()
        (out / LOCK).unlink(missing_ok=True)
        with suppress(OSError):  # the first one that holds something ends it
            for folder in missing:
                folder.rmdir()


def _check(out: Path, resume: bool) -> None:
    if resume and not (out / CHECKPOINT).is_file():
        if (out / entry.CARD).is_file():
            raise TrainingError(f"The training in {out} has finished: there is nothing to resume.")
        raise TrainingError(f"There is no checkpoint in {out} to resume; leave out --resume to start a training.")
    if not resume and (out / CHECKPOINT).is_file():
        raise TrainingError(f"{out} holds an unfinished training. Add --resume to go on, or name another --out.")
    if not resume and (out / entry.CARD).is_file():
        raise TrainingError(f"{out} holds a finished training. Name another --out, or remove that folder.")


@contextmanager
def stop_between_batches() -> Iterator[threading.Event]:
    """Ctrl-C and SIGTERM take effect between two steps, never while a file is written; a second one at once."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return

    def handler(number: int, frame: Any) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    old = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, previous in old.items():
            signal.signal(number, previous)


@contextmanager
def disk_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TrainingError(
            f"Writing to {out} failed: {error.strerror or error}. The older files there are whole; "
            "make room and go on with --resume."
        ) from error
