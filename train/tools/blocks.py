"""How good networks are on the block of ground that each has not seen, and the threshold for their answers together.

train/commands/blocks.py trains them; tiles of one block overlap, so whole blocks are held out.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

import model_zoo
from model_zoo.entries import entry
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


def held_out(runs: Mapping[str, Path], data: str, cache: Path | None = None) -> list[Held]:
    """The answers of each network to the photos of the block that was held out from it.

    Args:
        runs: block -> folder of the training without it.
        data: what `--data` took.
        cache: folder of the decoded photos.

    Raises:
        DataError: the photos cannot be had.
        BrokenEntry: a run cannot be read.
    """
    found = []
    for block, folder in runs.items():
        model = model_zoo.load_folder(folder)
        images, values = sources.labelled(model, data, "validation", cache=cache), model.card["preprocessing"]
        outputs = metrics.logits(model.net, images, values["mean"], values["std"], label=f"block {block}")
        found.append(Held(block, model.history, outputs, images.labels))
    return found


def write_report(runs: Mapping[str, Path], data: str, out: Path, note: str = "", cache: Path | None = None) -> str:
    """Table and summary of all blocks, with a note between them, as text; written to `out`/blocks.md, too.

    Args:
        runs, data, cache: as for `held_out`.
    """
    found = held_out(runs, data, cache)
    text = "\n\n".join(filter(None, (table(found), note, summary(found)))) + "\n"
    entry.write_files({out / TABLE: text.encode()})
    return text


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
