"""Trainings for a server: each in a process of its own, one at a time, the others waiting in a queue.

Those who order take turns: next is a training of whoever had one longest ago.

The process is that of `python -m train RECIPE ...` (see train/service/worker.py), so that the server keeps its cores
and its memory, and a crash of the training does not hurt it. All that is known of a training is read from its run
folder, which is a zoo entry after every epoch. Nothing here needs PyTorch, so that a server which imports this starts
no slower.
"""

import logging
import secrets
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from train.entry.run_folder import (
    ARCHIVE_BYTES,
    CHECKPOINT,
    LOG,
    Progress,
    downloaded,
    has_pictures,
    last_words,
    new_folder,
    read_progress,
    started,
)
from train.service import runs as run_folders
from train.service.orders import ALL_PICTURES, FEWEST_PICTURES, Order, Refused, check, recipes

__all__ = [
    "ALL_PICTURES",
    "ARCHIVE_BYTES",
    "FEWEST_PICTURES",
    "Order",
    "Progress",
    "Queue",
    "Refused",
    "Scene",
    "Training",
    "check",
    "downloaded",
    "has_pictures",
    "recipes",
    "started",
]

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
MOST_WAITING, MOST_EACH = 20, 15  # that wait, and those of one who orders: a class may have one address
MOST_SNAPSHOTS = 20  # epochs of a training that keeps the weights after each of them, some MB apiece
EVERY = 0.5  # seconds between two looks at the run folder
POINTS = 20  # of the trail, per epoch

WAITING, RUNNING, STOPPING = "waiting", "running", "stopping"
FINISHED, STOPPED, FAILED = "finished", "stopped", "failed"


@dataclass(frozen=True)
class Training:
    """One order and what became of it."""

    ticket: str  # a secret of whoever ordered it
    order: Order
    data: Path  # a torchvision root
    runs: Path  # the folder for its run folder
    state: str = WAITING
    folder: Path | None = None  # the run folder, from the start on
    progress: Progress | None = None  # the latest one, while it runs
    trail: tuple[Progress, ...] = ()  # about `POINTS` per epoch, for curves within an epoch
    reason: str = ""  # of a failure, in a sentence
    ended_at: float = 0.0  # time.monotonic()
    by: str = ""  # who ordered it, as far as turns are concerned

    @property
    def ended(self) -> bool:
        return self.state in (FINISHED, STOPPED, FAILED)


@dataclass(frozen=True)
class Scene:
    """What one visitor can know."""

    mine: Training | None  # the last that this visitor ordered
    running: Training | None  # whoever ordered it
    last: Training | None  # that ended after it had begun
    place: int  # of `mine` in the queue, from 1; 0 if it does not wait
    waiting: int  # orders in the queue


class Queue:
    """The trainings of one server. All methods may be called from any thread and return at once."""

    def __init__(self, threads: int) -> None:
        """Each training gets that many CPU threads."""
        self._threads = threads
        self._lock = threading.Lock()
        self._all: dict[str, Training] = {}  # in the order of ordering
        self._turns = 0
        self._had: dict[str, int] = {}  # of each who ordered, the number of the last turn
        self._process: subprocess.Popen | None = None
        self._worker: threading.Thread | None = None

    def order(self, order: Order, data: Path, runs: Path, by: str = "") -> str:
        """Start a training, or queue it behind those of others.

        Args:
            data: a torchvision root; CIFAR-10 is downloaded into it when missing.
            runs: the folder of run folders.
            by: who orders it, such as an address: those who order take turns.

        Returns:
            The ticket with which to look at it and to stop it.

        Raises:
            Refused: a value is out of range, or too many are waiting.
        """
        check(order)
        with self._lock:
            line = self._line()
            if len(line) >= MOST_WAITING or sum(each.by == by for each in line) >= MOST_EACH:
                raise Refused(f"{len(line)} trainings are waiting already. Please try again later.")
            ticket = secrets.token_urlsafe(12)
            self._all[ticket] = Training(ticket, order, data.resolve(), runs.resolve(), by=by)
            self._forget()
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()
        return ticket

    def stop(self, ticket: str) -> None:
        """Stop a training after its running step, or take it out of the queue.

        Raises:
            Refused: there is none of that ticket under way.
        """
        with self._lock:
            training = self._all.get(ticket)
            if training is None or training.ended:
                raise Refused("There is no training of yours to stop. Only the browser that started one can stop it.")
            if training.state == WAITING:
                self._all[ticket] = replace(training, state=STOPPED, ended_at=time.monotonic())
                return
            self._all[ticket] = replace(training, state=STOPPING)
            if self._process:
                self._process.terminate()

    def look(self, ticket: str) -> Scene:
        """How things stand for whoever holds this ticket, or for somebody without one."""
        with self._lock:
            trainings, waiting = list(self._all.values()), self._line()
        mine = next((each for each in trainings if each.ticket == ticket), None)
        return Scene(
            mine,
            next((each for each in trainings if each.state in (RUNNING, STOPPING)), None),
            next((each for each in reversed(trainings) if each.ended and each.folder), None),
            waiting.index(mine) + 1 if mine in waiting else 0,
            len(waiting),
        )

    def may_edit(self, runs: Path, name: str, ticket: str) -> bool:
        """Whether whoever holds this ticket may rename and delete the training in the run folder `name`.

        Args:
            runs: the folder of run folders.
            ticket: "" for somebody without one.
        """
        return run_folders.may_edit(runs, name, ticket)

    def rename(self, runs: Path, name: str, title: str, ticket: str) -> str:
        """Give the network in the run folder `name` another title, which the page shows; it is kept in its card.

        Args:
            runs, ticket: as for `may_edit`.
            title: 1 to `runs.LONGEST` characters; blanks around it are left out, and runs of them count as one.

        Returns:
            The title as it is kept.

        Raises:
            Refused: it is somebody else's, is still being trained, is not there, or the title cannot be used.
        """
        with self._lock:  # so that no training begins in it meanwhile
            self._check_idle(runs, name)
            return run_folders.rename(runs, name, title, ticket)

    def delete(self, runs: Path, name: str, ticket: str) -> None:
        """Remove the run folder `name` with everything in it.

        Args:
            runs, ticket: as for `may_edit`.

        Raises:
            Refused: it is somebody else's, is still being trained, is not there, or the disk does not let go of it.
        """
        with self._lock:
            self._check_idle(runs, name)
            run_folders.delete(runs, name, ticket)

    def _check_idle(self, runs: Path, name: str) -> None:
        busy = [each.folder for each in self._all.values() if each.folder and not each.ended]
        if any((folder.parent, folder.name) == (runs.resolve(), name) for folder in busy):
            raise Refused(run_folders.BUSY)

    def _line(self) -> list[Training]:
        """Those that wait, in the order in which they will come if nobody orders any more."""
        waiting = [each for each in self._all.values() if each.state == WAITING]
        count: dict[str, int] = {}  # of each who ordered, how many stand before
        rounds = {}
        for each in waiting:
            rounds[each.ticket] = count.get(each.by, 0)
            count[each.by] = rounds[each.ticket] + 1
        return sorted(waiting, key=lambda each: (rounds[each.ticket], self._had.get(each.by, 0)))

    def _forget(self) -> None:
        """Only the latest of those that have ended are remembered."""
        for ticket in [ticket for ticket, each in self._all.items() if each.ended][:-100]:
            del self._all[ticket]
        known = {each.by for each in self._all.values()}
        self._had = {by: turn for by, turn in self._had.items() if by in known}

    def _end(self, ticket: str, state: str, reason: str) -> None:
        with self._lock:
            self._all[ticket] = replace(self._all[ticket], state=state, reason=reason, ended_at=time.monotonic())

    def _work(self) -> None:
        """Train one after the other until nobody waits."""
        while True:
            with self._lock:
                training = next(iter(self._line()), None)
                if training is None:
                    self._worker = None
                    return
                self._turns += 1
                self._had[training.by] = self._turns
                self._all[training.ticket] = replace(training, state=RUNNING)
            try:
                self._train(training)
            except OSError as error:
                self._end(training.ticket, FAILED, f"{error.filename or training.runs}: {error.strerror or error}.")
            except Exception:  # whatever it is, those who wait get their turn
                log.exception("A training could not be attended to")
                self._end(training.ticket, FAILED, "Something went wrong on the server.")

    def _train(self, training: Training) -> None:
        with self._lock:  # nobody is to delete it before it is known whose it is
            folder = new_folder(training.runs)
            run_folders.sign(folder, training.ticket)
            self._all[training.ticket] = replace(self._all[training.ticket], folder=folder)
        training.data.mkdir(parents=True, exist_ok=True)  # the server's own, not typed: CIFAR-10 is downloaded into it
        with (folder / LOG).open("wb") as output:
            process = subprocess.Popen(
                command(training, folder, self._threads),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the server's terminal is for the server
            )
        with self._lock:
            self._process = process
            if self._all[training.ticket].state == STOPPING:  # asked for before there was a process
                process.terminate()
        assert process.stdin is not None  # a pipe, see above
        with process.stdin:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    code = process.wait(EVERY)
                    break
                self._note(training.ticket, read_progress(folder))
        with self._lock:
            self._process = None
            stopped = self._all[training.ticket].state == STOPPING
        (folder / CHECKPOINT).unlink(missing_ok=True)  # large, and nobody goes on with these
        state = FINISHED if code == 0 else STOPPED if stopped else FAILED
        self._end(training.ticket, state, last_words(folder, code) if state == FAILED else "")

    def _note(self, ticket: str, progress: Progress | None) -> None:
        if progress is None:
            return
        with self._lock:
            training = self._all[ticket]
            trail = training.trail
            if not trail or abs(progress.at - trail[-1].at) >= 1 / POINTS:
                trail = (*trail, progress)
            self._all[ticket] = replace(training, progress=progress, trail=trail)


def command(training: Training, folder: Path, threads: int) -> list[str]:
    """The words of the command that trains this."""
    order = training.order
    values = {
        "data": training.data,
        "out": folder,
        "seed": order.seed,
        "epochs": order.epochs,
        "learning-rate": order.learning_rate,
        "batch-size": order.batch_size,
        "limit": order.pictures,
        "threads": threads,
        "snapshots": "all" if order.epochs <= MOST_SNAPSHOTS else "doubling",
    }
    return [
        sys.executable,
        "-m",
        "train.service.worker",
        order.recipe,
        *(f"--{name}={value}" for name, value in values.items()),
    ]
