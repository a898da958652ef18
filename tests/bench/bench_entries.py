"""What a run folder with many entries costs: seconds until the page is there, and memory, with 5 and with 500.

    python -m tests.bench entries                 a table
    python -m tests.bench entries --chosen 60     and so many of them chosen one after another

Run it on an otherwise idle machine.
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gradio_client import Client, handle_file

from tests.bench.serve import ROOT, memory, server
from tests.pictures import encoded, noise

COUNTS = 5, 500
ORIGINAL = "cifar10-fast"


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chosen", type=int, default=60)
    given = parser.parse_args(words)
    print("| entries | start, median | memory at the start | after some were chosen |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        for count in COUNTS:
            runs = Path(place) / f"runs-{count}"
            copies(runs, count)
            seconds = []
            for number in range(given.rounds):
                with server("app.py", CONVSCOPE_RUNS=str(runs)) as (address, took, pid):
                    seconds.append(took)
                    if number < given.rounds - 1:
                        continue
                    at_first, chosen = memory(pid), min(count, given.chosen)
                    predict(address, Path(place), [f"copy-{each:03}" for each in range(chosen)])
                    after = memory(pid)
            print(f"| {count} | {statistics.median(seconds):.1f} s | {at_first:.0f} MB | {after:.0f} MB ({chosen}) |")


def copies(runs: Path, count: int) -> None:
    """So many entries, which share the bytes of one on the disk."""
    original = ROOT / "model_zoo" / "weights" / ORIGINAL
    for number in range(count):
        folder = runs / f"copy-{number:03}"
        folder.mkdir(parents=True)
        for file in original.iterdir():
            if file.is_file():
                (folder / file.name).symlink_to(file)


def predict(address: str, place: Path, names: list[str]) -> None:
    """One answer of each network."""
    picture = place / "noise.png"
    picture.write_bytes(encoded(noise(64, 64), "PNG"))
    client = Client(address, verbose=False)
    for name in names:
        client.predict(model=name, picture=handle_file(picture), api_name="/predict")


if __name__ == "__main__":
    main()
