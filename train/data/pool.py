"""Photos decoded by several processes, in order, with a bounded number of them in memory."""

import multiprocessing
import os
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np

from train.data import decode
from train.data.archive_files import File
from train.data.cifar10 import DataError

CHUNK = 16  # photos that a process decodes at a time
LITTLE = 40e6  # bytes of photos that are decoded sooner than processes start

Square = tuple[str, str, np.ndarray | None]  # digest, trouble and pixels, as `decode.squares` gives them
Known = dict[tuple[str, int, int], tuple[str, np.ndarray]]  # name, size and stamp of a file -> its digest and pixels


def squares(
    files: Sequence[File], size: int, known: Known, processes: int | None
) -> Generator[tuple[File, Square], None, None]:
    """Every file in order with its digest, trouble and pixels, decoded in several processes where that pays."""
    if processes is None:
        much = sum(file.size for file in files if _copied(file, known) is None) > LITTLE
        processes = min(8, _cores()) if much else 1
    if processes == 1:
        for file in files:
            yield file, _copied(file, known) or decode.squares([file.place], size)[0]
        return
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=decode.end_with_parent)
    try:
        yield from _in_order(pool, files, size, known, 4 * processes)
    except BrokenProcessPool as error:
        raise DataError(
            "A process that decodes photos ended unexpectedly; perhaps the memory was full. Start again to go on: what "
            "was decoded is kept."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: Executor, files: Sequence[File], size: int, known: Known, ahead: int
) -> Iterator[tuple[File, Square]]:
    """At most `ahead` chunks are under way, so that a slow photo lets no more than those wait in memory."""
    waiting: deque[tuple[Sequence[File], Future | None]] = deque()
    for at in range(0, len(files), CHUNK):
        chunk = files[at : at + CHUNK]
        new = [file.place for file in chunk if _copied(file, known) is None]
        waiting.append((chunk, pool.submit(decode.squares, new, size) if new else None))
        if len(waiting) > ahead:
            yield from _received(*waiting.popleft(), known)
    while waiting:
        yield from _received(*waiting.popleft(), known)


def _received(chunk: Sequence[File], future: Future | None, known: Known) -> Iterator[tuple[File, Square]]:
    new = iter(future.result() if future else ())
    for file in chunk:
        yield file, _copied(file, known) or next(new)


def _copied(file: File, known: Known) -> Square | None:
    found = known.get((file.name, file.size, file.stamp))
    return (found[0], "", found[1]) if found else None


def _cores() -> int:
    """The cores that this process may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
