"""How long the survey of one whole drone photo takes: seconds a photo, windows/s, and the memory that it needs.

    python -m tests.bench.bench_survey                                   a drawn photo of 4000 x 2250 pixels
    python -m tests.bench.bench_survey --entry ENTRY --photo PHOTO       a network and a photo of your own
    python -m tests.bench.bench_survey --megapixels 50                   the largest that the page takes

Opening the photo counts, as do cutting out, preparing and answering the windows, which stand side by side and are a
sixteenth of the photo wide (250 pixels). One such photo may take 20 s on two cores. A table is printed, and
build/bench_survey.json written.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import model_zoo
from demo.pictures.decode import open_photo
from model_zoo import Model, nets
from model_zoo.aerial.survey import survey
from model_zoo.entries import entry

ROOT = Path(__file__).parents[2]
SHAPE = 4000 / 2250
SHIPPED = "invasive-resnet"


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--entry",
        help="a name of the zoo, or a folder; invasive-resnet, or else a residual network of as much work",
    )
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--megapixels", type=float, default=9.0, help="of the drawn photo")
    parser.add_argument("--overlap", action="store_true", help="windows that overlap by half")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="as in the page; 2 for the command line on two cores")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_survey.json")
    given = parser.parse_args(words)
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        model = _model(given.entry, Path(folder))
        photo = given.photo or Path(folder) / "photo.jpg"
        if not given.photo:  # in a process of its own, for the memory that drawing takes is not to be counted
            drawing = multiprocessing.get_context("spawn").Process(target=_draw, args=(photo, given.megapixels))
            drawing.start()
            drawing.join()
        result = measure(model, photo, given.rounds, given.overlap)
    machine = {"machine": f"{os.cpu_count()} cores, {platform.platform()}", "torch": torch.__version__}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(machine | vars(given) | result, indent=2, default=str))
    for name, value in result.items():
        print(f"{name.replace('_', ' '):<42} {value:12,.3f}")


def measure(model: Model, path: Path, rounds: int, overlap: bool) -> dict[str, float]:
    """Medians over the rounds."""
    opening, answering, computing = [], [], []
    survey(model, Image.new("RGB", (300, 200)))  # the first pass of a network is slower
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(rounds):
        start, busy = time.perf_counter(), time.process_time()
        photo = open_photo(path)
        opened = time.perf_counter()
        window = round(max(photo.size) / 16)
        result = survey(model, photo, window=window, stride=window // 2 if overlap else window)
        opening.append(opened - start)
        answering.append(time.perf_counter() - opened)
        computing.append(time.process_time() - busy)
    seconds = statistics.median(map(sum, zip(opening, answering, strict=True)))
    windows = len(result.lefts) * len(result.tops)
    return {
        "weights_millions": sum(weights.numel() for weights in model.net.parameters()) / 1e6,
        "photo_megapixels": photo.width * photo.height / 1e6,
        "windows": windows,
        "seconds_a_photo": seconds,
        "seconds_of_processor_time": statistics.median(computing),
        "of_which_opening_it": statistics.median(opening),
        "photos_per_s": 1 / seconds,
        "windows_per_s": windows / statistics.median(answering),
        "memory_grown_by_at_most_MB": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }


def _model(name: str | None, folder: Path) -> Model:
    if name or SHIPPED in model_zoo.names():
        return model_zoo.entry_of(name or SHIPPED)
    card = {
        "name": "residual",
        "title": "Residual, random weights",
        "net": {"file": "resnet9", "arguments": {"classes": 2, "width": 20}},
        "classes": ["other", "invasive"],
        "preprocessing": {"size": 128, "mean": [0.4] * 3, "std": [0.2] * 3, "interpolation": "bicubic"},
    }
    card |= {key: {} for key in ("data", "recipe", "environment", "metrics")}
    state = nets.build("resnet9", {"classes": 2, "width": 20}).state_dict()
    entry.write(folder / "residual", state, card, [dict.fromkeys(entry.HISTORY_COLUMNS, 0.0)], "")
    return model_zoo.load_folder(folder / "residual")


def _draw(path: Path, megapixels: float) -> None:
    """Noise on colours that change slowly, whose JPEG is about as large as that of a meadow."""
    height = round((megapixels * 1e6 / SHAPE) ** 0.5)
    width = round(height * SHAPE)
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(40, 200, (height // 40, width // 40, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(np.int16)
    pixels += rng.integers(-25, 26, (height, width, 1), dtype=np.int16)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, "JPEG", quality=88)


if __name__ == "__main__":
    main()
