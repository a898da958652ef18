"""A class on a page of its own: how long its pupils and its teacher wait.

    python -m tests.bench.visitors.bench_class                   30 pupils for 60 seconds
    python -m tests.bench.visitors.bench_class --pupils 60 --seconds 120

All pupils join at once; each polls as a page does, every two seconds, and answers a card every five, right or wrong,
through the page's own queue. The teacher's board polls beside them and sends the class somewhere every ten seconds.
Prints the median, 95 % and longest of the seconds of each kind of question, and how long a move took to reach
everybody; writes build/bench_class.json. Run it on an otherwise idle machine.
"""

import argparse
import json
import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.serve import ROOT, server
from tests.classes import RIGHT, WRONG, Page, ask

POLL, ANSWER, MOVE = 2.0, 5.0, 10.0  # seconds between two of each


class Timed:
    """Seconds by what they were spent on, from many threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.lock = threading.Lock()

    def __call__(self, name: str, since: float) -> None:
        with self.lock:
            self.seconds[name].append(time.perf_counter() - since)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pupils", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_class.json")
    given = parser.parse_args()
    with server("app.py") as (address, _, _):
        found = taught(address, given.pupils, given.seconds)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({"pupils": given.pupils, "seconds": given.seconds, "waits": found}, indent=2))
    print(f"{given.pupils} pupils, {given.seconds:g} s")
    for name, each in found.items():
        told = f"median {each['median']:.3f} s, 95 % {each['p95']:.3f} s, longest {each['max']:.3f} s"
        print(f"{name:7} {each['n']:6.0f} x  {told}")


def taught(address: str, pupils: int, seconds: float) -> dict[str, dict[str, float]]:
    """What everybody waited for, by kind of question."""
    timed, made = Timed(), ask(address, "open")
    together = threading.Barrier(pupils + 1)
    moves: dict[int, float] = {}  # when each was sent

    def pupil(number: int) -> None:
        page = Page(address, f"benchclass{number}")
        page.answer(RIGHT, None)  # a page that is open already
        draw = random.Random(number)
        together.wait()
        since = time.perf_counter()
        mine = ask(address, "join", page.client, code=made["code"])
        timed("join", since)
        given, serial = {"code": mine["code"], "token": mine["token"]}, 0
        end = time.perf_counter() + seconds
        answers_at = time.perf_counter() + draw.uniform(0, ANSWER)
        while (begun := time.perf_counter()) < end:
            found = ask(address, "poll", page.client, **given, query="?lesson=convolution.2", look=serial)
            timed("poll", begun)
            if found["look"]["serial"] > serial:
                serial = found["look"]["serial"]
                timed("moved", moves.get(serial, begun))
            if begun >= answers_at:
                since = time.perf_counter()
                page.answer(draw.choice([RIGHT, WRONG]), given)
                timed("answer", since)
                answers_at += ANSWER
            time.sleep(max(0.0, begun + POLL - time.perf_counter()))

    def teacher() -> None:
        client, question = httpx.Client(timeout=60), {"code": made["code"], "token": made["secret"]}
        together.wait()
        end, move_at, serial = time.perf_counter() + seconds, time.perf_counter() + MOVE / 2, 0
        while (begun := time.perf_counter()) < end:
            ask(address, "board", client, **question)
            timed("board", begun)
            if begun >= move_at and begun < end - 2 * POLL:
                serial, move_at = serial + 1, move_at + MOVE
                moves[serial] = time.perf_counter()
                ask(address, "look", client, **question, query=f"?tab=explore&channel={serial}")
            time.sleep(max(0.0, begun + POLL - time.perf_counter()))

    with ThreadPoolExecutor(pupils + 1) as threads:
        running = [threads.submit(teacher), *(threads.submit(pupil, number) for number in range(pupils))]
        for each in running:
            each.result()
    answered = ask(address, "board", code=made["code"], token=made["secret"])["places"]["convolution.2"]["answered"]
    assert answered == pupils or seconds < 2 * ANSWER, f"only {answered} of {pupils} have answered"
    return {name: summary(each) for name, each in sorted(timed.seconds.items())}


def summary(seconds: list[float]) -> dict[str, float]:
    """How many there were, and their median, 95 % and longest."""
    ordered = sorted(seconds)
    late = ordered[round(0.95 * (len(ordered) - 1))]
    return {"n": len(ordered), "median": statistics.median(ordered), "p95": late, "max": ordered[-1]}


if __name__ == "__main__":
    main()
