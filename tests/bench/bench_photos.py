"""What it is worth to decode photos once: photos/s of an epoch from the cache, against decoding in every epoch.

    python -m tests.bench.bench_photos                 a table and build/bench_photos.json
    python -m tests.bench.bench_photos --photos 100    quicker

Drawn JPEGs of the size of Kaggle's (1154 x 866, about 300 kB) become squares of 224 pixels. An epoch takes all of them
once, in random order, in batches of 64. Both ways run in one process on one core, turn by turn, so that the ratio holds
on a busy machine too.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from tests.photosets import photo
from train.data import decode
from train.data.photo_set import read

ROOT = Path(__file__).parents[2]
BATCH = 64
KINDS = 12  # drawings; every file has other bytes behind its picture's end


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3, help="epochs of each way")
    parser.add_argument("--size", type=int, default=224, help="pixels")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_photos.json")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), given.photos, given.rounds, given.size)
    machine = {"machine": f"{os.cpu_count()} cores, {platform.platform()}", "python": platform.python_version()}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(machine | vars(given) | result, indent=2, default=str))
    for name, value in result.items():
        print(f"{name.replace('_', ' '):<40} {value:10,.1f}")


def measure(folder: Path, count: int, rounds: int, size: int) -> dict[str, float]:
    """Photos/s of each way (medians), and the median of the ratios of the rounds."""
    files = draw(folder / "set", count)

    def cached() -> object:
        return read(folder / "set", size, cache=folder / "cache", processes=1, progress=False)

    filling = seconds(cached)
    opening = seconds(cached)
    photos = cached()
    pictures = photos.train.pictures
    order = np.random.default_rng(0).permutation(len(pictures))
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]

    def from_cache() -> None:
        for batch in batches:
            np.ascontiguousarray(pictures[batch])

    def from_files() -> None:
        for batch in batches:
            np.stack([decoded(files[index], size) for index in batch])

    times = [(seconds(from_cache), seconds(from_files)) for _ in range(rounds)]
    kept, plain = (statistics.median(column) for column in zip(*times, strict=True))
    return {
        "photos_per_s_decoding_in_every_epoch": len(order) / plain,
        "photos_per_s_from_the_cache": len(order) / kept,
        "ratio": statistics.median(slow / fast for fast, slow in times),
        "photos_per_s_while_the_cache_is_filled": count / filling,
        "ms_to_open_a_filled_cache": 1000 * opening,
    }


def decoded(path: Path, size: int) -> np.ndarray:
    return np.asarray(decode.centre(decode.open_picture(path.read_bytes(), size), size))


def draw(folder: Path, count: int) -> list[Path]:
    """A folder per class with `count` photos in all, the files of which are returned."""
    kinds = []
    for number in range(KINDS):
        grain = np.random.default_rng(number).normal(0, 14, (866, 1154, 1))
        pixels = np.asarray(photo(number, number % 2 == 1, 1154, 866)) + grain
        buffer = BytesIO()
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=90)
        kinds.append(buffer.getvalue())
    files = []
    for index in range(count):
        path = folder / ("with", "without")[index % 2] / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(kinds[index % KINDS] + index.to_bytes(4, "big"))
        files.append(path)
    return files


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
