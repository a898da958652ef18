"""Does the server grow? Visitors ask mixed questions of all tabs; what the process holds is noted in ten parts.

    python -m tests.soak                         3,000 questions by 30 visitors: some minutes
    python -m tests.soak --requests 100000       more of them
    python -m tests.soak --hours 8               a night

It prints a Markdown table and ends with status 1 where something grew from after the first tenth to the end: memory by
more than 5 %; threads, open files or temporary files by more than a few. The first tenth fills the caches, which have
limits. Memory swings by some hundred MB with what is under way, so that one look tells little: it is the median of all
seconds, which the table has beside the most, and compared are the second tenth and the last. Linux only, since it reads
/proc.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.crowd import PICTURES, picture
from tests.bench.serve import memory, server
from tests.helpers import events_of, send, upload
from tests.soak.mix import ask

GROWTH = 0.05  # of memory
SLACK = {"threads": 8, "open files": 30, "temporary files": 60}
TENTHS = 10
RELOAD = 40  # questions after which a visitor loads the page anew, which is another session


@dataclass
class Told:
    """What all visitors got."""

    answered: Counter[str] = field(default_factory=Counter)  # by tab
    refused: Counter[str] = field(default_factory=Counter)  # by event
    lost: list[str] = field(default_factory=list)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3000, help="questions in all")
    parser.add_argument("--hours", type=float, default=0.0, help="how long to ask instead")
    parser.add_argument("--clients", type=int, default=30)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as place:
        folders = {name: str(Path(place) / part) for name, part in FOLDERS.items()}
        Path(folders["TMPDIR"]).mkdir()
        log = Path(place) / "log.txt"
        # Caches are full within the first tenth.
        with log.open("w") as file, server("app.py", file, CONVSCOPE_MEMORY="300", **folders) as (address, _, pid):
            rows, told = soak(address, pid, Path(place), given)
        complaints = grown(rows) + told.lost[:5] + log.read_text().splitlines()[:5]
    print(table(rows))
    print(f"\nAnswered by tab: {', '.join(f'{name} {count:,}' for name, count in sorted(told.answered.items()))}.")
    if told.refused:
        print(f"Refused in words: {', '.join(f'{name} {count:,}' for name, count in told.refused.items())}.")
    print("\n".join(["", *(f"- {each}" for each in complaints)]) if complaints else "\nNothing grew.")
    return int(bool(complaints))


FOLDERS = {"TMPDIR": "tmp", "GRADIO_TEMP_DIR": "tmp/uploads", "CONVSCOPE_RUNS": "runs", "CONVSCOPE_PRIVATE": "private"}


def soak(address: str, pid: int, place: Path, given: argparse.Namespace) -> tuple[list[dict[str, float]], Told]:
    """Ask; what the server holds after each tenth."""
    told, events, start = Told(), events_of(address), time.monotonic()
    files = [upload(address, f"{number}.png", picture(number)) for number in range(PICTURES)]

    def share() -> float:
        """How much of all is done, 0 to 1."""
        return (time.monotonic() - start) / (given.hours * 3600) if given.hours else told.asked / given.requests

    def visitor(number: int) -> None:
        dice, session = random.Random(number), uuid.uuid4().hex
        while share() < 1:
            question = ask(dice, dice.choice(files))
            if dice.random() < 1 / RELOAD:
                session = uuid.uuid4().hex
            try:
                answered, _ = send(address, events[question.event], question.data, question.carries, session)
                with told.lock:
                    if answered:
                        told.answered[question.tab] += 1
                    else:
                        told.refused[question.event] += 1
            except Exception as error:
                with told.lock:
                    told.lost.append(f"{question.event}: {error!r}"[:300])
            with told.lock:
                told.asked += 1

    threads = [threading.Thread(target=visitor, args=(number,), daemon=True) for number in range(given.clients)]
    for thread in threads:
        thread.start()
    rows = []
    for tenth in range(1, TENTHS + 1):
        seconds = [memory(pid)]
        while share() < tenth / TENTHS and any(thread.is_alive() for thread in threads):
            seconds.append(memory(pid))
            time.sleep(1)
        held = {"MB": round(statistics.median(seconds)), "most": round(max(seconds))}
        rows.append({"questions": told.asked} | held | counts(pid, place))
        print(f"{tenth}0 %: {rows[-1]}", file=sys.stderr, flush=True)
    for thread in threads:
        thread.join()
    return rows, told


def counts(pid: int, place: Path) -> dict[str, float]:
    """What the server's process has, but for memory."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {
        "threads": next(int(line.split()[1]) for line in status if line.startswith("Threads:")),
        "open files": len(os.listdir(f"/proc/{pid}/fd")),
        "temporary files": sum(path.is_file() for path in place.rglob("*")),
    }


def grown(rows: list[dict[str, float]]) -> list[str]:
    """What grew after the first tenth, in words."""
    first, second, last = rows[0], rows[1], rows[-1]
    found = []
    if last["MB"] > second["MB"] * (1 + GROWTH):
        found.append(f"Memory grew from {second['MB']:,} to {last['MB']:,} MB: more than {GROWTH:.0%}.")
    found += [
        f"The number of {name} grew from {first[name]:,} to {last[name]:,}."
        for name, slack in SLACK.items()
        if last[name] > first[name] + slack
    ]
    return found


def table(rows: list[dict[str, float]]) -> str:
    """The measurements in Markdown: of each tenth the memory, and at its end the rest."""
    names = ["questions", "MB", "most", *SLACK]
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return "\n".join([*lines, *(f"| {' | '.join(f'{row[name]:,}' for name in names)} |" for row in rows)])


if __name__ == "__main__":
    sys.exit(main())
