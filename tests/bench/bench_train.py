"""How fast training is, on the machine at hand.

    python tests/bench/bench_train.py --data DIR                     our loop against the tutorial's, images/s
    python tests/bench/bench_train.py --data DIR --rounds 1 --pictures 1000                 the same, shorter
    python tests/bench/bench_train.py --data DIR --time-to 76 90 94  seconds from data in memory to that accuracy

Run it on an otherwise idle machine. The tutorial's loop is the plain one of most lessons: float32, a DataLoader that
opens one PNG file per picture, the same network, batch and optimiser. Both loops train in turn, each in a process of
its own, so that they see the same machine; the ratio of neighbours is what counts.

`--time-to` runs `python -m train` with the recipe for that accuracy, once for each seed, and prints the table of
`python -m train summary`; with `--keep DIR` the run folders stay, and another call does only what is missing. `--limit`
tries it with few pictures. On a GPU, bench_airbench.py compares with the package airbench.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

ROOT = Path(__file__).parents[2]
RECIPE_FOR = {76: "cifar10-fast-76", 90: "cifar10-fast-90", 94: "cifar10-fast"}
WANTED = 3.5  # times the tutorial's images/s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="torchvision root with CIFAR-10")
    parser.add_argument("--rounds", type=int, default=3, help="repetitions of both loops; 0 leaves them out")
    parser.add_argument("--pictures", type=int, default=5_000, help="in each repetition, at least 512")
    parser.add_argument("--threads", type=int, help="CPU threads; all cores if not given")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--time-to", type=int, nargs="+", default=[], choices=sorted(RECIPE_FOR))
    parser.add_argument("--seeds", type=int, default=3, help="runs for each accuracy")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the runs stay")
    parser.add_argument("--limit", type=int, help="only so many pictures in the runs")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_train.json")
    parser.add_argument("--loop", choices=("ours", "tutorial"), help=argparse.SUPPRESS)
    parser.add_argument("--pngs", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.pictures < 4 * BATCH:
        parser.error(f"--pictures must be at least {4 * BATCH}: the first steps warm up.")
    if given.loop:
        print(json.dumps({"ours": ours, "tutorial": tutorial}[given.loop](given)))
        return
    import torch

    result: dict[str, Any] = {"machine": platform.platform(), "torch": torch.__version__}
    if given.rounds:
        result["loops"] = loops(given)
        print_loops(result["loops"])
    if given.time_to:
        print(time_to(given))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))


# ------------------------------------------------------------------------------------------------------- the two loops

BATCH = 128


def loops(given: argparse.Namespace) -> dict[str, Any]:
    """Images/s of both loops, in turn, each in a process of its own."""
    rates: dict[str, list[float]] = {"ours": [], "tutorial": []}
    with tempfile.TemporaryDirectory() as folder:
        write_pngs(given.data, Path(folder), given.pictures)
        for number in range(given.rounds):
            for loop, found in rates.items():
                words = [sys.executable, __file__, *sys.argv[1:], "--loop", loop, "--pngs", folder]
                done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
                found.append(json.loads(done.stdout.splitlines()[-1])["images_per_s"])
                print(f"round {number + 1}, {loop}: {found[-1]:.0f} images/s", file=sys.stderr)
    ratios = [a / b for a, b in zip(rates["ours"], rates["tutorial"], strict=True)]
    return rates | {"ratios": ratios, "ratio_median": statistics.median(ratios)}


def print_loops(found: dict[str, Any]) -> None:
    print("| training `cifar10-cnn`'s network | images/s, median | of each round |\n|---|---|---|")
    for loop, name in (("ours", "our loop"), ("tutorial", "the tutorial's loop")):
        print(f"| {name} | {statistics.median(found[loop]):.0f} | {', '.join(f'{rate:.0f}' for rate in found[loop])} |")
    ratios = ", ".join(f"{ratio:.2f}" for ratio in found["ratios"])
    print(f"| ratio (wanted: {WANTED}) | {found['ratio_median']:.2f} | {ratios} |\n")


def write_pngs(data: str, folder: Path, count: int) -> None:
    from PIL import Image

    from train.data.cifar10 import cifar10

    images = cifar10(data, "train").take(slice(0, count))
    for index, (picture, label) in enumerate(zip(images.pictures, images.labels.tolist(), strict=True)):
        place = folder / str(label)
        place.mkdir(exist_ok=True)
        Image.fromarray(picture.permute(1, 2, 0).numpy()).save(place / f"{index:05}.png")


def ours(given: argparse.Namespace) -> dict[str, float]:
    """One epoch of `cifar10-cnn` as `python -m train` runs it, without validation and files."""
    from dataclasses import replace

    import torch

    from train.data.cifar10 import cifar10
    from train.engine import device
    from train.recipes import RECIPES

    if given.threads:
        torch.set_num_threads(given.threads)
    device.keep_freed_memory()
    on = device.choose(given.device)
    recipe = replace(RECIPES["cifar10-cnn"], epochs=2)
    images = cifar10(given.data, "train").take(slice(0, given.pictures)).to(on)
    _, rows = trained(recipe, images, 0, on)
    return {"images_per_s": len(images) / rows[1]["seconds"]}  # the first one warms up


def trained(recipe: Any, images: Any, seed: int, on: Any) -> tuple[Any, list[dict[str, float]]]:
    """A network and the rows of its epochs, without validation and files; the pictures are on the device."""
    import torch

    from train.engine import epoch, init, optim
    from train.engine.distributed import Setting
    from train.engine.progress import Progress
    from train.engine.task import Cifar10

    net = init.build(recipe, images, seed).to(device=on, memory_format=torch.channels_last)
    optimisers = optim.build(recipe, net)
    progress = Progress(Path(), recipe.epochs, len(images), speaks=False)
    setting = Setting(seed, on)
    context = epoch.Context(recipe, Cifar10(recipe), images, None, setting, threading.Event(), progress)
    return net, [epoch.epoch_row(context, net, net, None, optimisers, number + 1) for number in range(recipe.epochs)]


def tutorial(given: argparse.Namespace) -> dict[str, float]:
    """The loop of most lessons: ImageFolder, ToTensor, DataLoader, Adam, float32."""
    import torch
    from torch.nn.functional import cross_entropy
    from torch.utils.data import DataLoader
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import ToTensor

    from model_zoo import nets
    from train.engine import device

    if given.threads:
        torch.set_num_threads(given.threads)
    on = device.choose(given.device)
    torch.manual_seed(0)
    loader = DataLoader(ImageFolder(given.pngs, ToTensor()), batch_size=BATCH, shuffle=True)
    net = nets.build("talk_cnn", {}).to(on)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    seen, began = 0, 0.0
    for step, (pictures, labels) in enumerate(loader):
        if step == 2:  # the first ones warm up
            seen, began = 0, time.perf_counter()
        loss = cross_entropy(net(pictures.to(on)), labels.to(on))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        seen += len(labels)
    loss.item()
    return {"images_per_s": seen / (time.perf_counter() - began)}


# ---------------------------------------------------------------------------------------------- seconds to an accuracy


def time_to(given: argparse.Namespace) -> str:
    """Complete runs, each in a process of its own, as `python -m train summary` tells of them."""
    from train.tools.summary import read, table

    with nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory() as folder:
        runs = [one(given, Path(folder), accuracy, seed) for accuracy in given.time_to for seed in range(given.seeds)]
        return table(read(runs)[0], [accuracy / 100 for accuracy in given.time_to])


def one(given: argparse.Namespace, folder: Path, accuracy: int, seed: int) -> Path:
    """The folder of a finished run."""
    out = folder / f"{RECIPE_FOR[accuracy]}-seed{seed}"
    if (out / "checkpoint.safetensors").exists() or not (out / "card.json").exists():
        words = [sys.executable, "-m", "train", RECIPE_FOR[accuracy], "--data", given.data, "--out", str(out)]
        words += ["--seed", str(seed), "--device", given.device, "--snapshots", "none"]
        words += ["--threads", str(given.threads)] if given.threads else []
        words += ["--limit", str(given.limit)] if given.limit else []
        words += ["--resume"] if (out / "checkpoint.safetensors").exists() else []
        print(f"{out.name} ...", file=sys.stderr)
        subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return out


if __name__ == "__main__":
    main()
