"""Photos a second of `python -m train survey` on a folder: by one process, by two, and by Ray with one and two workers.

    python -m tests.bench survey-folder --photos 60

Each way surveys the same photos into a folder of its own; its start, which reads PyTorch in every worker, is part of
the time, so that few photos say little. Rows of Ray are left out where that is not installed.
"""

import argparse
import csv
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.bench.measures import photo
from tests.bench.serve import ROOT

RAY = "import sys, ray; from train.__main__ import main\nray.init(num_cpus=int(sys.argv.pop(1)), log_to_driver=False)\n"


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--network", default="invasive-resnet")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "photos"
        folder.mkdir()
        for number in range(given.photos):
            Image.fromarray(photo(number)).resize((2400, 1800)).save(folder / f"{number}.jpg", quality=90)
        print(f"{os.cpu_count()} cores, {given.photos} photos of 2400 x 1800 pixels, {given.network}\n")
        print("| by | seconds | photos/s | same rows |\n|---|---|---|---|")
        first: set[str] = set()
        for name, command in ways().items():
            out = Path(place) / name.replace(" ", "-")
            words_of = ["survey", given.network, str(folder), "--out", str(out)]
            start = time.perf_counter()
            subprocess.run(command(words_of), cwd=ROOT, check=True, capture_output=True)
            seconds = time.perf_counter() - start
            with (out / "surveys.csv").open(newline="") as file:
                rows = {f"{row['photo']} {row['share']}" for row in csv.DictReader(file)}
            first = first or rows
            print(f"| {name} | {seconds:.1f} | {given.photos / seconds:.2f} | {rows == first} |", flush=True)


def ways() -> dict:
    """Name -> what makes a command of the words of `python -m train`."""
    plain = {
        f"{count} process{'es' if count > 1 else ''}": lambda words, count=count: [
            *(sys.executable, "-m", "train", *words, "--workers", str(count))
        ]
        for count in (1, 2)
    }
    if importlib.util.find_spec("ray") is None:
        return plain
    by_ray = {
        f"Ray, {count} worker{'s' if count > 1 else ''}": lambda words, count=count: [
            *(sys.executable, "-c", RAY + "sys.exit(main(sys.argv[1:]))", str(count), *words, "--ray", "local")
        ]
        for count in (1, 2)
    }
    return plain | by_ray


if __name__ == "__main__":
    main()
