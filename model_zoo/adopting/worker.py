"""Takes a stranger's network in, as a process with limits on its time and its memory; `bounded` starts it.

It reads an order as JSON from its input, writes the entry into the folder that the order names, and prints a line of
JSON: the sentence that says why nothing was written, or null.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READ_SECONDS = 40  # of one core, to read the file and build the network
TRACE_SECONDS = 5  # of one core, to run it once and keep what every step made
MOST_MEMORY = (
    5_000_000_000  # bytes of this process; 100 MB of weights and a walk of 200 million values take 2.5 billion
)
SLOW_READING = "Reading this network took too long, so it was given up."
SLOW_TRACE = (
    f"Running this network once took more than {TRACE_SECONDS} seconds. Take a smaller one, or smaller pictures for it."
)
TOO_LARGE = "Reading and running this network took more memory than this server gives to one. Take a smaller one."
NOT_FINITE = "For a plain picture the network answers with values that are not finite, so its weights are damaged."


@dataclass(frozen=True)
class Order:
    """What somebody wants to add; `json.dumps(vars(order))` is what this process reads."""

    file: str  # path of a .onnx or .safetensors file
    folder: str  # that is there and empty
    architecture: str  # as the command line takes it, of a .safetensors file
    name: str
    title: str
    classes: list[str] | None
    size: int | None
    mean: list[float] | None
    std: list[float] | None


class OutOfTime(BaseException):
    """Not an `Exception`: whoever tries a network in several ways must not take it for one that failed."""


def work(order: Order) -> str | None:
    """Write the entry; else the sentence that says why not."""
    from model_zoo.adopting import sources
    from model_zoo.adopting.entries import About, write
    from model_zoo.adopting.errors import AdoptError
    from model_zoo.adopting.preprocessing import IMAGENET

    about = About(order.name, order.title, order.classes, order.size, order.mean, order.std, otherwise=IMAGENET)
    file = Path(order.file)
    is_graph = file.suffix == ".onnx"
    try:
        with at_most(READ_SECONDS):
            source, weights = (order.file, None) if is_graph else (order.architecture, file)
            adopted = sources.adopted(source, about, weights, download=False, untrained=False)
    except AdoptError as error:
        return str(error)
    except OutOfTime:
        return SLOW_READING
    trouble = _trouble(adopted.model)
    if trouble is None:
        write(adopted, Path(order.folder))
    return trouble


def _trouble(model: Any) -> str | None:
    """Why the page could not show a network, found by running it once."""
    import torch

    from model_zoo.graph.step import answer
    from model_zoo.graph.walk import walk
    from model_zoo.onnx_graph.limits import MOST_IN_ALL

    size = model.card["preprocessing"]["size"]
    try:
        with at_most(TRACE_SECONDS):
            steps = walk(model.net, torch.zeros(1, 3, size, size))
    except OutOfTime:
        return SLOW_TRACE
    made = sum(step.output.numel() for step in steps)
    if made > MOST_IN_ALL:
        return (
            f"Of one picture of {size} x {size} pixels this network makes {made / 1e6:.0f} million values; at most "
            f"{MOST_IN_ALL / 1e6:.0f} million are shown. Take a smaller one, or smaller pictures for it."
        )
    return None if torch.isfinite(answer(steps).output).all() else NOT_FINITE


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Within it, `OutOfTime` is raised after so many seconds of work; where a system cannot do so, nothing is."""
    import signal

    if not hasattr(signal, "setitimer"):  # Windows; there `bounded` ends what takes too long
        yield
        return

    def ring(*_: Any) -> None:
        raise OutOfTime

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def limit_memory() -> None:
    """More than `MOST_MEMORY` cannot be had from now on; a system that knows no such limit has none."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


def main() -> None:
    import torch

    torch.set_num_threads(1)
    limit_memory()
    if hasattr(os, "nice"):
        os.nice(10)  # those who look at networks go first
    order = Order(**json.loads(sys.stdin.read()))
    try:
        trouble = work(order)
    except MemoryError:
        trouble = TOO_LARGE
    except RuntimeError as error:
        if "memory" not in str(error):
            raise
        trouble = TOO_LARGE
    print(json.dumps({"trouble": trouble}), flush=True)


if __name__ == "__main__":
    main()
