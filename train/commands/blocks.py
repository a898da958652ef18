"""Every block of ground held out in turn: how good a recipe is on ground it has not seen, and its threshold.

    python -m train blocks --data DIR --out runs/blocks --with --epochs 12

Tiles of one block overlap, and light and plants differ from block to block: a recipe that is tried on one of them is
chosen for that one. Here each block is held out once, by a training on all the others with `--validation-block`. What
stands behind --with is given to every training, the name of its block in place of {block}: a teacher must not have seen
that block either (`--with --teacher runs/large/block-{block}`). None looks at the test photos. Trainings that have
ended are taken as they are and interrupted ones go on, so that the command can be given again.

Printed, and written to OUT/blocks.md: the ROC AUC on the held-out block after every epoch; and of the networks as they
are kept, each on the block that it has not seen, the ROC AUC of all these answers together and the threshold for them.
A block of one class only, or without which only one would be left to train on, is not held out; it is named there.
Epochs and threshold are what a training on all blocks (`--validation-block none --epochs N --threshold P`) needs, which
has no photos left to choose them by.
"""

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import model_zoo
from model_zoo.entries import entry
from train.commands.warm_start_study import train_once
from train.data import photo_set
from train.data.cifar10 import DataError
from train.engine import metrics, sources

TABLE = "blocks.md"


@dataclass(frozen=True)
class Held:
    """A block, and what the network that has not seen it makes of its photos."""

    block: str
    history: list[dict[str, float]]
    outputs: Tensor  # float32 (N, 2)
    labels: Tensor  # int64 (N,)


def held_out(
    recipe: str, data: str, blocks: Sequence[str], out: Path, words: Sequence[str] = (), cache: Path | None = None
) -> list[Held]:
    """Train what is not trained yet, one network per block, and answer each held-out block.

    Args:
        recipe: name of a recipe for photos.
        data: what `--data` takes: tiles with blocks.
        blocks: those to hold out, from `possible`.
        out: folder of the run folders.
        words: further options of every training; "{block}" in them stands for the name of its block.
        cache: folder of the decoded photos, to answer the held-out ones.

    Raises:
        DataError: the photos cannot be had.
        TrainingError: a training failed; it has said why.
    """
    found = []
    for block in blocks:
        run = out / f"block-{block}"
        own = [word.replace("{block}", block) for word in words]
        train_once(run, [recipe, "--data", data, "--out", str(run), "--validation-block", block, *own])
        model = model_zoo.load_folder(run)
        images, values = sources.labelled(model, data, "validation", cache=cache), model.card["preprocessing"]
        outputs = metrics.logits(model.net, images, values["mean"], values["std"])
        found.append(Held(block, model.history, outputs, images.labels))
    return found


def possible(data: str, cache: Path | None = None) -> tuple[list[str], list[str]]:
    """The blocks that can be held out: they have tiles of both classes, and so have all others together; and the rest.

    Raises:
        DataError: the set cannot be used, or has no such block.
    """
    classes = photo_set.training_blocks(sources.photo_folder(data), cache)
    if len(classes) < 2:
        raise DataError("This set of photos has no blocks of ground, or one: there is nothing to hold out in turn.")
    others = {block: set().union(*(classes[name] for name in classes if name != block)) for block in classes}
    can = [block for block in classes if len(classes[block]) == 2 and len(others[block]) == 2]
    if not can:
        raise DataError("No block of ground can be held out: each is of one class only, or all others together are.")
    return can, [block for block in classes if block not in can]


def table(found: Sequence[Held]) -> str:
    """Markdown: a row per epoch, a column per block, and their mean; at the end the best epoch of each."""
    names = [f"block {held.block} ({len(held.labels):,} photos)" for held in found]
    lines = [f"| ROC AUC after epoch | {' | '.join(names)} | mean |", f"|---|{'---|' * (len(found) + 1)}"]
    for epoch in range(min(len(held.history) for held in found)):
        lines.append(_row(str(epoch), [held.history[epoch]["val_auc"] for held in found]))
    lines.append(_row("best", [max(row["val_auc"] for row in held.history) for held in found]))
    return "\n".join(lines)


def _row(name: str, values: list[float]) -> str:
    return f"| {name} | {' | '.join(f'{value:.4f}' for value in [*values, statistics.mean(values)])} |"


def summary(found: Sequence[Held]) -> str:
    """What the answers to all held-out photos together give: ROC AUC, threshold, and what is decided with it."""
    outputs, labels = torch.cat([held.outputs for held in found]), torch.cat([held.labels for held in found])
    threshold = metrics.best_threshold(outputs, labels)
    decided = outputs.double().softmax(1)[:, 1] >= threshold
    right = (decided & (labels == 1)).sum()
    return (
        f"All {len(labels):,} photos, each answered by a network that has not seen its block: ROC AUC "
        f"{metrics.roc_auc(outputs, labels):.4f}; threshold {threshold} (highest F1): finds "
        f"{right / (labels == 1).sum():.1%} of the invasive ones, and {right / decided.sum():.1%} of what it finds are."
    )


def add_command(commands: Any) -> None:
    """`blocks` among the commands of `python -m train`."""
    command = commands.add_parser(
        "blocks",
        help="every block of ground held out in turn: ROC AUC by epoch, and the threshold",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=_run)
    command.add_argument("--recipe", default="invasive-resnet", help="invasive-resnet, if not given")
    command.add_argument("--data", required=True, metavar="DIR", help="as for the training")
    command.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder of the run folders")
    command.add_argument("--cache", type=Path, metavar="DIR", help="as for the training")
    command.add_argument(
        "--with",
        dest="words",
        metavar="OPTION",
        nargs=argparse.REMAINDER,
        default=[],
        help="everything behind it is given to every training",
    )


def _run(given: argparse.Namespace) -> int:
    words = [*given.words, *(["--cache", str(given.cache)] if given.cache else [])]
    can, cannot = possible(given.data, given.cache)
    why = "such a block is of one class only, or all others together are"
    left_out = [f"Not held out: {', '.join(cannot)}; {why}."] if cannot else []
    if cannot:  # before hours of training
        print(left_out[0], flush=True)
    found = held_out(given.recipe, given.data, can, given.out, words, given.cache)
    text = "\n\n".join([table(found), *left_out, summary(found)]) + "\n"
    entry.write_files({given.out / TABLE: text.encode()})
    print(text, end="")
    return 0
