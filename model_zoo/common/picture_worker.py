"""A process that decodes pictures which may cost too much, so that those who wait for other things do not pay for it.

    python -m model_zoo.common.picture_worker

An order is a line of JSON, with the file behind it where it has no path. The answer is a line that it has been begun,
another with what became of it, and behind that the pixels, RGB, row by row; nothing is ever unpickled on either side.
Each picture has a budget of processor time, and the process one of memory; beyond the first the system ends it
(SIGXCPU), beyond the second there is a `MemoryError`. Windows has neither, macOS no limit of memory: there the other
side's patience is all that bounds them. The process ends when its input does, that is with the one that started it.
"""

import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import IO, Any

from PIL import Image

from model_zoo.common.picture_file import Limits, PictureError, Source, open_picture

MEMORY = 1_500_000_000
"""Bytes beside what the process needs to start. The most that pictures within our limits take: 50 million pixels of a
WebP, 16 bytes each while it is decoded."""

NICENESS = 10  # it takes what answers leave of the cores
STRIP = 8_000_000  # bytes of pixels that are written at once
STATM = "/proc/self/statm"  # Linux: pages of address space, and more


def main() -> None:
    """Answer orders until there are no more."""
    # Ctrl-C in a terminal reaches this process, too; it ends with the one that it belongs to.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(AttributeError, OSError):
        os.nice(NICENESS)
    _bound_memory()
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := orders.readline():
        order = json.loads(line)
        source = order["path"] if order["path"] is not None else orders.read(order["bytes"])
        _bound_time(order["seconds"])
        _tell(answers, {"begun": True})
        _answer(answers, source, order)


def _answer(answers: IO[bytes], source: Source, order: dict[str, Any]) -> None:
    try:
        limits = Limits(order["pixels"], order["most_bytes"])
        picture = open_picture(source, limits, order["short_side"], order["long_side"])
    except PictureError as error:
        refused = {"reason": error.reason, "advice": error.advice, "subject": error.subject}
        _tell(answers, refused | {"cause": repr(error.__cause__) if error.__cause__ else ""})
    except MemoryError:
        _tell(answers, {"memory": True})
    else:
        _tell(answers, {"size": picture.size})
        for strip in strips(*picture.size):
            answers.write(picture.crop(strip).tobytes())
        answers.flush()


def strips(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """The parts in which an RGB picture of that size is sent: left, top, right and bottom of each."""
    rows = max(1, STRIP // (3 * width))
    return [(0, top, width, min(height, top + rows)) for top in range(0, height, rows)]


def pasted(width: int, height: int, read: Any) -> Image.Image:
    """The picture that `_answer` sent; `read` gives so many bytes, or raises."""
    whole = Image.new("RGB", (width, height))
    for strip in strips(width, height):
        size = strip[2], strip[3] - strip[1]
        whole.paste(Image.frombytes("RGB", size, read(3 * size[0] * size[1])), strip[:2])
    return whole


def _tell(answers: IO[bytes], found: dict[str, Any]) -> None:
    answers.write(json.dumps(found).encode() + b"\n")
    answers.flush()


def _bound_time(seconds: int) -> None:
    """Let the system end this process after so many more seconds of processor time."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, most))


def _bound_memory() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        with open(STATM, encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, most))


if __name__ == "__main__":
    main()
