"""`cifar10-fast` and the package airbench (Keller Jordan), side by side on one card.

    pip install airbench
    python tests/bench/bench_airbench.py --data DIR               20 trainings of each, in turn in one process
    python tests/bench/bench_airbench.py --data DIR --seeds 2     shorter

It needs CUDA, which the package is written for, and says so where there is none. Ours counts from the pictures in the
card's memory to the accuracy of the six views; theirs is what the package itself measures, which is the same stretch.
The first training of each, in which kernels are chosen, stands apart. Neither is compiled.
"""

import argparse
import importlib.util
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from tests.bench.bench_train import ROOT, trained
from train.data.cifar10 import CIFAR10_CLASSES, Images, cifar10
from train.engine import device, metrics
from train.recipes import FAST


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="torchvision root with CIFAR-10")
    parser.add_argument("--seeds", type=int, default=20, help="trainings of each")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_airbench.json")
    given = parser.parse_args()
    if missing := why_not():
        sys.exit(f"Nothing was measured: {missing}")
    result = race(given)
    print_table(result)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))


def why_not() -> str:
    """A sentence that says what is missing; empty if nothing is."""
    if not torch.cuda.is_available():
        return "the package airbench runs on CUDA alone, and there is no such device here."
    return "" if importlib.util.find_spec("airbench") else "pip install airbench first."


def race(given: argparse.Namespace) -> dict[str, Any]:
    """Seconds and accuracy of `cifar10-fast` and of airbench94, in turn on one card, a training of each per seed."""
    on = device.choose("cuda")
    device.use_fastest_kernels(on)
    train, test = (cifar10(given.data, split) for split in ("train", "test"))
    result: dict[str, Any] = {"card": device.describe(on), "torch": torch.__version__}
    with loader_files(train, test):
        train, test = train.to(on), test.to(on)
        result["first"] = {"ours": fast(train, test, 0, on), "airbench": theirs()}
        result["ours"], result["airbench"] = [], []
        for seed in range(given.seeds):
            result["ours"].append(fast(train, test, seed, on))
            result["airbench"].append(theirs())
            print(f"seed {seed}: {result['ours'][-1]}, airbench {result['airbench'][-1]}", file=sys.stderr)
    return result


def fast(train: Images, test: Images, seed: int, on: torch.device) -> dict[str, float]:
    """One training of `cifar10-fast`, from pictures on the device to the accuracy of the six views."""
    torch.accelerator.synchronize()
    began = time.perf_counter()
    net, rows = trained(FAST, train, seed, on)
    with device.autocast(on):
        outputs = metrics.logits(net, test, FAST.mean, FAST.std, batch=2000, views=FAST.views)
    seconds = time.perf_counter() - began  # the outputs are on the CPU: all is done
    accuracy = metrics.loss_and_accuracy(outputs, test.labels)[1]
    return {"seconds": seconds, "accuracy": accuracy, "seconds_of_epochs": sum(row["seconds"] for row in rows)}


def theirs() -> dict[str, float]:
    """One training of airbench94: the last line of what it prints holds its accuracy and its seconds."""
    import airbench

    with redirect_stdout(StringIO()) as printed:
        airbench.train94()
    return last_figures(printed.getvalue())


def last_figures(printed: str) -> dict[str, float]:
    """Accuracy of the six views and seconds in the table that the package prints."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if "|" in line]
    last = dict(zip(rows[0], rows[-1], strict=True))
    return {"seconds": float(last["total_time_seconds"]), "accuracy": float(last["tta_val_acc"])}


@contextmanager
def loader_files(train: Images, test: Images) -> Iterator[None]:
    """A working folder with CIFAR-10 as the package reads it, so that it downloads nothing."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cifar10").mkdir()
        for name, images in (("train", train), ("test", test)):
            pictures = images.pictures.permute(0, 2, 3, 1).contiguous()
            values = {"images": pictures, "labels": images.labels, "classes": list(CIFAR10_CLASSES)}
            torch.save(values, Path(folder) / "cifar10" / f"{name}.pt")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def print_table(result: dict[str, Any]) -> None:
    print(f"On {result['card']}, torch {result['torch']}, {len(result['ours'])} trainings of each in turn:\n")
    print("| | seconds, data in memory to six views | accuracy, six views | the first training |\n|---|---|---|---|")
    for key, name in (("ours", "`cifar10-fast`"), ("airbench", "airbench94")):
        columns = (
            f"{statistics.mean(values):.{digits}f}"
            + (f", sd {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")
            for values, digits in (
                ([run["seconds"] for run in result[key]], 3),
                ([100 * run["accuracy"] for run in result[key]], 2),
            )
        )
        print(f"| {name} | {' | '.join(columns)} % | {result['first'][key]['seconds']:.2f} s |")


if __name__ == "__main__":
    main()
