"""A small training on its way to a process of its own, through that one's standard input; and what it tells back.

A line of JSON says what is to be done; the pixels of all pictures follow. While it trains, `CURVES` in its folder says
how far it is; in the end there is an entry for each network in `a` and `b`. See `train/service/small_worker.py`.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from train.data.cifar10 import Images
from train.engine import device, guard
from train.entry.run_folder import CURVES, FOLDERS
from train.tools.small import small_entry
from train.tools.small.loop import Training
from train.tools.small.plan import About, Plan
from train.tools.small.sets import SmallSet

PIECE = 2**20  # bytes


def pieces(data: SmallSet, plan: Plan, out: Path, threads: int) -> Iterator[bytes]:
    """What the process reads."""
    pixels = [part.pictures.contiguous().numpy().reshape(-1) for part in (data.train, data.held)]
    about = {name: getattr(data, name) for name in ("title", "classes", "mean", "std", "card")}
    labels = [part.labels.tolist() for part in (data.train, data.held)]
    order = {"plan": asdict(plan), "about": asdict(data.about), "labels": labels, "out": str(out), "threads": threads}
    yield json.dumps(order | about | {"bytes": sum(len(each) for each in pixels)}).encode() + b"\n"
    for each in pixels:
        for at in range(0, len(each), PIECE):
            yield each[at : at + PIECE].tobytes()


def obey(order: dict[str, Any], pixels: bytes) -> None:
    """Train, and leave an entry for each network; SIGTERM ends it after its running step, with what it has.

    Args:
        order: the line of `pieces`.
        pixels: what follows it.

    Raises:
        LayerError, OSError: in words.
    """
    device.prepare(torch.device("cpu"), order["threads"])
    plan = Plan(**order["plan"] | {"variants": tuple(order["plan"]["variants"])})
    out = Path(order["out"])
    with guard.stop_between_batches() as stopped:
        training = Training(plan, _received(order, pixels), stopped, lambda all_of: _tell(all_of, out))
        variants = training.run()
        letters = "AB" if len(variants) > 1 else ("",)
        for one, letter, folder in zip(variants, letters, FOLDERS, strict=False):
            small_entry.write(training, one, letter, out / folder)
        _tell(training, out, is_over=True)


def _received(order: dict[str, Any], pixels: bytes) -> SmallSet:
    about, values, at, parts = About(**order["about"]), np.frombuffer(pixels, np.uint8).copy(), 0, []
    for labels in order["labels"]:
        end = at + len(labels) * about.channels * about.side**2
        shaped = values[at:end].reshape(-1, about.channels, about.side, about.side)
        parts.append(Images(torch.from_numpy(shaped), torch.tensor(labels)))
        at = end
    named = {name: tuple(order[name]) for name in ("classes", "mean", "std")}
    return SmallSet(about, order["title"], **named, train=parts[0], held=parts[1], card=order["card"])


def _tell(training: Training, out: Path, is_over: bool = False) -> None:
    """Write how far it is; a reader finds the file whole or not at all."""
    found = {
        "at": round(training.at, 3),
        "is_over": is_over,
        "is_cut": training.is_cut,
        "curves": [
            {
                "loss": [[round(at, 3), round(loss, 4)] for at, loss in one.points],
                "rows": [
                    {name: round(row[name], 4) for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy")}
                    for row in one.history
                ],
                "seconds": round(one.seconds, 2),
            }
            for one in training.variants
        ],
    }
    temporary = out / f"{CURVES}.tmp"
    temporary.write_text(json.dumps(found), encoding="ascii")
    temporary.replace(out / CURVES)
