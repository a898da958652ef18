"""How fast training is, on the machine at hand.

    python tests/bench/bench_train.py --data DIR                     our loop against the tutorial's, images/s
    python tests/bench/bench_train.py --data DIR --time-to 76 90 94  seconds from data in memory to that accuracy
    python tests/bench/bench_train.py --data DIR --device auto --seeds 20 --time-to 94 --against-airbench

Run it on an otherwise idle machine. The tutorial's loop is the plain one of most lessons: float32, a DataLoader that
opens one PNG file per picture, the same network, batch and optimiser. Both loops train in turn in one process each, so
that they see the same machine; the ratio is what counts. `--against-airbench` needs the package `airbench` and CUDA.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

ROOT = Path(__file__).parents[2]
RECIPE_FOR = {76: "cifar10-fast-76", 90: "cifar10-fast-90", 94: "cifar10-fast"}
PICTURES = 5_000  # per round of the loops


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="torchvision root with CIFAR-10")
    parser.add_argument("--rounds", type=int, default=3, help="repetitions of both loops")
    parser.add_argument("--threads", type=int, help="CPU threads; all cores if not given")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--time-to", type=int, nargs="+", default=[], choices=sorted(RECIPE_FOR))
    parser.add_argument("--seeds", type=int, default=3, help="runs for each accuracy")
    parser.add_argument("--against-airbench", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench_train.json")
    parser.add_argument("--loop", choices=("ours", "tutorial"), help=argparse.SUPPRESS)
    parser.add_argument("--pngs", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.loop:
        print(json.dumps({"ours": ours, "tutorial": tutorial}[given.loop](given)))
        return
    import torch

    result = {"machine": platform.platform(), "torch": torch.__version__, "python": platform.python_version()}
    result["loops"] = loops(given)
    result["time_to"] = {accuracy: time_to(given, accuracy) for accuracy in given.time_to}
    if given.against_airbench:
        result["airbench"] = airbench(given)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=2))
    print_table(result)


# ------------------------------------------------------------------------------------------------------- the two loops


def loops(given: argparse.Namespace) -> dict[str, object]:
    """Images/s of both loops, in turn, each in a process of its own."""
    rates: dict[str, list[float]] = {"ours": [], "tutorial": []}
    with tempfile.TemporaryDirectory() as folder:
        write_pngs(given.data, Path(folder))
        for _ in range(given.rounds):
            for loop, found in rates.items():
                words = [sys.executable, __file__, *sys.argv[1:], "--loop", loop, "--pngs", folder]
                done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
                found.append(json.loads(done.stdout.splitlines()[-1])["images_per_s"])
    ratios = [a / b for a, b in zip(rates["ours"], rates["tutorial"], strict=True)]
    return rates | {"ratios": ratios, "ratio_median": statistics.median(ratios)}


def write_pngs(data: str, folder: Path) -> None:
    from PIL import Image

    from train.data import cifar10

    images = cifar10(data, "train").take(slice(0, PICTURES))
    for index, (picture, label) in enumerate(zip(images.pictures, images.labels.tolist(), strict=True)):
        place = folder / str(label)
        place.mkdir(exist_ok=True)
        Image.fromarray(picture.permute(1, 2, 0).numpy()).save(place / f"{index:05}.png")


def ours(given: argparse.Namespace) -> dict[str, float]:
    """One epoch of `cifar10-cnn` as `python -m train` runs it, without validation and files."""
    import threading
    from dataclasses import replace

    import torch

    from train import device, fit, optim, start
    from train.data import cifar10
    from train.distributed import World
    from train.progress import Progress
    from train.recipes import RECIPES

    if given.threads:
        torch.set_num_threads(given.threads)
    device.keep_freed_memory()
    on = device.choose(given.device)
    recipe = replace(RECIPES["cifar10-cnn"], epochs=2)
    images = cifar10(given.data, "train").take(slice(0, PICTURES)).to(on)
    net = start.build(recipe, images, 0).to(device=on, memory_format=torch.channels_last)
    optimisers = optim.build(recipe, net)
    progress = Progress(Path(), 2, len(images), speaks=False)
    task = fit.Task(recipe, images, None, 0, on, World(), threading.Event(), progress)
    rows = [fit._epoch(task, net, net, optimisers, epoch) for epoch in (1, 2)]
    return {"images_per_s": PICTURES / rows[1]["seconds"]}  # the first one warms up


def tutorial(given: argparse.Namespace) -> dict[str, float]:
    """The loop of most lessons: ImageFolder, ToTensor, DataLoader, Adam, float32."""
    import torch
    from torch.nn.functional import cross_entropy
    from torch.utils.data import DataLoader
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import ToTensor

    from model_zoo import nets
    from train import device

    if given.threads:
        torch.set_num_threads(given.threads)
    on = device.choose(given.device)
    torch.manual_seed(0)
    loader = DataLoader(ImageFolder(given.pngs, ToTensor()), batch_size=128, shuffle=True)
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


def time_to(given: argparse.Namespace, accuracy: int) -> dict[str, object]:
    """Test accuracy (plain, and with six views) and seconds of complete runs with one seed each."""
    runs = []
    for seed in range(given.seeds):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            words = [sys.executable, "-m", "train", RECIPE_FOR[accuracy], "--data", given.data, "--out", str(out)]
            words += ["--seed", str(seed), "--device", given.device, "--snapshots", "none"]
            words += ["--threads", str(given.threads)] if given.threads else []
            subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            card = json.loads((out / "card.json").read_text())
        metrics = card["metrics"]
        runs.append(
            {
                "seed": seed,
                "accuracy": metrics["test"]["accuracy"],
                "accuracy_with_views": metrics["test_with_views"]["accuracy"],
                "seconds": card["environment"]["seconds"],
                "seconds_of_views": metrics["test_with_views"].get("seconds"),
            }
        )
        print(runs[-1], file=sys.stderr)
    return {"recipe": RECIPE_FOR[accuracy], "runs": runs}


def airbench(given: argparse.Namespace) -> dict[str, object]:
    """The `airbench` package on the same card: seconds and accuracy as it reports them."""
    import torch

    try:
        import airbench as package
    except ImportError:
        sys.exit("--against-airbench needs: pip install airbench")
    if not torch.cuda.is_available():
        sys.exit("--against-airbench needs CUDA, which the package is written for.")
    package.warmup94()
    runs = []
    for _ in range(given.seeds):
        began = time.perf_counter()
        package.train94(verbose=False)
        torch.cuda.synchronize()
        runs.append(time.perf_counter() - began)
    return {"seconds": runs}


def print_table(result: dict) -> None:
    loop = result["loops"]
    print("| what | measured |\n|---|---|")
    for kind in ("ours", "tutorial"):
        print(f"| images/s, {kind} (median of {len(loop[kind])}) | {statistics.median(loop[kind]):.0f} |")
    print(f"| ratio (median of rounds; wanted: 3.5) | {loop['ratio_median']:.2f} |")
    for accuracy, found in result["time_to"].items():
        for name in ("accuracy", "accuracy_with_views", "seconds"):
            values = [run[name] for run in found["runs"]]
            spread = f", sd {statistics.stdev(values):.4g}" if len(values) > 1 else ""
            print(f"| {found['recipe']} ({accuracy} %): {name} | {statistics.mean(values):.4f}{spread} |")
    if "airbench" in result:
        print(f"| airbench, seconds | {statistics.mean(result['airbench']['seconds']):.2f} |")


if __name__ == "__main__":
    main()
