"""A process of its own that trains what it is sent through a pipe, and is ended at the latest as its block is left.

Its parent keeps the pipe open for as long as it lives, so that the process ends with it. Loads no PyTorch by itself.
"""

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from train.entry.run_folder import LOG, last_words

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0  # seconds for a training to end once it was asked to
TAKING = 120.0  # seconds for it to take a piece: it imports PyTorch first, on a busy machine
Self = TypeVar("Self", bound="PipedProcess")


class PipedProcess:
    """`python -m MODULE`, whose output goes into a file in a folder of its own that its caller removes."""

    def __init__(self, place: Path, module: list[str]) -> None:
        """Start the process, which waits for what it is to do.

        Args:
            place: an empty folder.
            module: what Python is called with.

        Raises:
            OSError: the process cannot be started.
        """
        self._place, self._is_unwanted = place, False
        with (place / LOG).open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, *module],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the server's terminal is for the server
            )

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def send(self, piece: bytes) -> None:
        """Hand it a piece; waits until the process has taken it, or has ended. One that takes nothing is killed."""
        assert self._process.stdin is not None  # a pipe, see above
        watch = threading.Timer(TAKING, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            with suppress(OSError):  # the pipe is broken: `failure` says why
                self._process.stdin.write(piece)
                self._process.stdin.flush()
        finally:
            watch.cancel()

    def ended(self, seconds: float) -> bool:
        """Whether the process has ended, or does within so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False

    def ask_to_end(self) -> None:
        """Have it end after its running step; it may have something to write first."""
        if self._process.poll() is None:
            self._is_unwanted = True
            self._process.terminate()

    def end(self) -> None:
        """Have it end after its running step, or at once if it does not."""
        if self._process.poll() is None:
            self.ask_to_end()
            if not self.ended(PATIENCE):
                self._process.kill()
                self._process.wait()
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def failure(self) -> str:
        """Why it failed, in a sentence; "" where it did not, or was ended by `end`."""
        code = self._process.poll()
        is_ended = sys.platform == "win32" and self._is_unwanted  # there is no such signal: it ends with 1
        return last_words(self._place, code) if code not in (None, 0, 130, -15) and not is_ended else ""
