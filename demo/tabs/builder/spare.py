"""A process that has loaded PyTorch before its turn, while others wait: each turn is then some seconds shorter."""

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.server.paths import work_folder
from train.service.small import SmallTraining

log = logging.getLogger(__name__)


class Spare:
    """At most one process; all methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: tuple[Path, SmallTraining] | None = None

    def begin(self) -> None:
        """Have one ready, for the next training."""
        with self._lock:
            if self._ready is None:
                try:
                    place = Path(tempfile.mkdtemp(dir=work_folder()))
                    self._ready = place, SmallTraining(place)
                except OSError as error:  # a full disk or memory: it only saves seconds
                    log.warning("No process could be made ready: %s", error)

    def end(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            ready, self._ready = self._ready, None
        if ready:
            ready[1].end()
            shutil.rmtree(ready[0], ignore_errors=True)

    @contextmanager
    def taken(self, place: Path) -> Iterator[SmallTraining]:
        """The one that is ready, or a new one in the folder `place`; it has ended when the block is left."""
        with self._lock:
            ready, self._ready = self._ready, None
        if ready and ready[1].ended(0):  # the memory was full, perhaps
            shutil.rmtree(ready[0], ignore_errors=True)
            ready = None
        try:
            with ready[1] if ready else SmallTraining(place) as training:
                yield training
        finally:
            if ready:
                shutil.rmtree(ready[0], ignore_errors=True)


SPARE = Spare()
