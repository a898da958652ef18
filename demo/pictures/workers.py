"""Processes that decode what may cost much, each picture within a budget of time and memory.

One process for each two cores, started when the first such picture comes; they take what answers leave of the cores.
Visitors take turns (`demo.server.visitors`). A process that ends amid a picture, whatever the reason, costs that
picture alone: its owner gets a sentence, and the next picture a new process.
"""

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from demo.errors import UserError
from demo.server.paths import cores
from demo.server.scheduler import LONG, Turns
from demo.server.visitors import current, has_room
from model_zoo.common import picture_file, picture_worker
from model_zoo.common.picture_file import Limits, PictureError, Source

SECONDS = 8
"""Of processor time for one picture that the page shows. The slowest that programs write (40 million pixels of a WebP
without loss or a deep PNG) take three."""

WHOLE_SECONDS = 16  # for a photo of which every pixel is wanted
PATIENCE = 6  # times as long by the clock: others use the cores, too
MOST_WAITING, MOST_OF_ADDRESS, MOST_EACH = 16, 12, 4  # pictures that may wait: of all, an address and a visitor
START_SECONDS = 20  # by the clock, for a new process
BUSY = "This server is busy with other large pictures. Please try again in a minute, or make the picture smaller first."
FAILED = "is damaged or incomplete, or too large for this server"
ROOT = Path(__file__).parents[2]

_log = logging.getLogger(__name__)


class Died(Exception):
    """A process has ended: amid a picture, perhaps because of its time, or before it began."""

    def __init__(self, how: str, is_late: bool, has_begun: bool) -> None:
        super().__init__(how)
        self.is_late, self.has_begun = is_late, has_begun


class Worker:
    """One process."""

    def __init__(self) -> None:
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", picture_worker.__name__],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout
        self._is_late, self._is_new = False, True

    @property
    def is_alive(self) -> bool:
        """Whether it can take an order."""
        return self._process.poll() is None

    def picture(self, source: Source, limits: Limits, sides: tuple[int | None, int | None], seconds: int) -> Any:
        """What it says of an order, or the picture.

        Raises:
            Died: it ended.
        """
        data = source if isinstance(source, bytes) else b""
        path = None if isinstance(source, bytes) else os.fspath(source)
        order = {"path": path, "bytes": len(data), "pixels": limits.pixels, "most_bytes": limits.bytes}
        order |= {"short_side": sides[0], "long_side": sides[1], "seconds": seconds}
        patience = PATIENCE * seconds + (START_SECONDS if self._is_new else 0)
        self._is_new = False
        watch = threading.Timer(patience, self._give_up)
        watch.daemon = True
        watch.start()
        has_begun = False
        try:
            self._orders.write(json.dumps(order).encode() + b"\n" + data)
            self._orders.flush()
            has_begun = json.loads(self._answers.readline())["begun"]
            found = json.loads(self._answers.readline())
            return picture_worker.pasted(*_size(found["size"], limits), self._read) if "size" in found else found
        except (OSError, ValueError, EOFError) as error:
            self.close()
            code = self._process.returncode
            late = self._is_late or code == -getattr(signal, "SIGXCPU", 0)
            raise Died(f"it ended with {code}", late, has_begun) from error
        finally:
            watch.cancel()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        with suppress(OSError):
            self._process.communicate(timeout=START_SECONDS)

    def _give_up(self) -> None:
        self._is_late = True
        self._process.kill()

    def _read(self, count: int) -> bytes:
        data = self._answers.read(count)
        if len(data) < count:
            raise EOFError
        return data


def _size(told: Any, limits: Limits) -> tuple[int, int]:
    width, height = (int(side) for side in told)
    if not 0 < width * height <= limits.pixels or width < 0:
        raise ValueError("no size")
    return width, height


class Pool:
    """So many processes."""

    def __init__(self, most: int) -> None:
        self._turns = Turns(most)
        self._idle: list[Worker] = []
        atexit.register(self.close)

    def picture(
        self, source: Source, limits: Limits, short_side: int | None = None, long_side: int | None = None
    ) -> Image.Image:
        """As `picture_file.open_picture`.

        Raises:
            PictureError: see there; or it takes too long.
            MemoryError: or too much memory.
            UserError: too many pictures wait.
        """
        waiting = self._turns.visitors_waiting()
        if len(waiting) >= MOST_WAITING or not has_room(current(), waiting, MOST_EACH, MOST_OF_ADDRESS):
            raise UserError(BUSY)
        # Long work waits here without its turn, which somebody who decodes a picture may want.
        with LONG.aside(), self._turns.one():
            found = self._asked(source, limits, (short_side, long_side), SECONDS if short_side else WHOLE_SECONDS)
        return found if isinstance(found, Image.Image) else _refuse(found)

    def close(self) -> None:
        """End all processes that do nothing now; the others end when this one does."""
        while self._idle:
            self._idle.pop().close()

    def _asked(self, *order: Any, again: bool = True) -> Any:
        worker = self._worker()
        try:
            found = worker.picture(*order)
        except Died as death:
            if again and not death.has_begun and not death.is_late:  # somebody ended it while it rested
                return self._asked(*order, again=False)
            _log.warning("A process gave up a picture: %s", death)
            if death.is_late:
                raise PictureError(picture_file.TOO_LONG, picture_file.SAVE_ANEW, "picture") from None
            raise PictureError(FAILED, subject="picture") from None
        self._idle.append(worker)
        return found

    def _worker(self) -> Worker:
        with suppress(IndexError):
            while True:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
                worker.close()
        try:
            return Worker()
        except OSError as error:  # no more processes or memory
            _log.warning("No process could be started: %r", error)
            raise UserError(BUSY) from error


def _refuse(found: dict[str, Any]) -> Image.Image:
    if found.get("memory"):
        raise MemoryError
    error = PictureError(str(found["reason"]), str(found["advice"]), str(found["subject"]))
    raise error from (ValueError(found["cause"]) if found["cause"] else None)


POOL = Pool(max(1, cores() // 2))
