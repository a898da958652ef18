"""How good own classes are with so many pictures of each: several draws and bodies, on pictures never looked at."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

import model_zoo
from model_zoo.entries import entry
from model_zoo.entries.best_epoch import best_row
from train.engine import metrics
from train.tools.own import fine_tune, own_entry
from train.tools.own.body import Body
from train.tools.own.kept_features import features
from train.tools.own.pictures import Collection
from train.tools.own.scenes import scenes
from train.tools.own.study_sets import Draws, smaller
from train.tools.own.teach import Taught
from train.tools.own.validation import Validation, head_of, validate

RESULTS, FEATURES, TABLE = "results.json", "features", "own-study.md"


@dataclass(frozen=True)
class Further:
    """How each network is fine-tuned, as the options of `python -m train own` say it."""

    epochs: int
    batch_size: int
    learning_rate: float
    turn: bool


@dataclass(frozen=True)
class Result:
    """One draw of so many pictures of each class, on one body."""

    body: str
    per_class: int
    draw: int
    size: int  # pixels, chosen by cross-validation on these pictures
    strength: float  # of the penalty, chosen likewise
    validated: float  # cross-validated accuracy, 0..1
    low: float  # its interval of 95 %
    high: float
    accuracy: float  # on the test pictures, 0..1
    roc_auc: float  # there: the mean over the classes, of two classes that of the second
    held_right: tuple[int, int, int] | None = None  # pictures held out: right before and after fine-tuning, of how many
    tuned_accuracy: float | None = None  # on the test pictures, fine-tuned
    tuned_roc_auc: float | None = None
    tuned_epoch: int = 0  # that counts; 0 where none was better
    tuned_seconds: float = 0.0


def study(
    draws: Draws,
    bodies: Sequence[Sequence[Body]],
    counts: Sequence[int],
    out: Path,
    limit: int | None = None,
    further: Further | None = None,
) -> list[Result]:
    """Measure, and keep features and results in `out`; what stands there already is not measured again.

    Args:
        bodies: for each network the body at the sizes that are compared by cross-validation, by the loss.
        counts: of pictures of each class.
        limit: only so many test pictures, to try things.
        further: how each network is then fine-tuned; None: it is not.

    Raises:
        DataError: nothing can be held out to fine-tune.
        OSError: `out` cannot be written.
    """
    test = draws.test if limit is None else draws.test.take(range(min(limit, len(draws.test))))
    found = _kept(out)
    for sizes in bodies:
        for at, draw in enumerate(draws.draws):
            for count in counts:
                if any((one.body, one.per_class, one.draw) == (sizes[0].name, count, at) for one in found):
                    continue
                found.append(_measured(smaller(draw, count), draw, sizes, test, out, (count, at), further))
                out.mkdir(parents=True, exist_ok=True)
                text = json.dumps([asdict(one) for one in found], indent=1) + "\n"
                entry.write_files({out / RESULTS: text.encode()})
    return found


def _measured(
    part: Collection,
    draw: Collection,
    sizes: Sequence[Body],
    test: Collection,
    out: Path,
    about: tuple[int, int],
    further: Further | None,
) -> Result:
    body, inputs, validation = _chosen(part, draw, sizes, out)
    classes = len(part.classes)
    head = head_of(inputs, part.labels, classes, validation.strength, body.has_bias)
    outputs = head(features(body, test.pictures, out / FEATURES, "test"))
    labels = torch.tensor(test.labels)
    low, high = validation.interval
    found = Result(
        body=body.name,
        per_class=about[0],
        draw=about[1],
        size=body.size,
        strength=validation.strength,
        validated=validation.accuracy or 0.0,
        low=low,
        high=high,
        accuracy=metrics.loss_and_accuracy(outputs, labels)[1],
        roc_auc=metrics.roc_auc(outputs, labels),
    )
    if further is None:
        return found
    taught = Taught(part, tuple(scenes(part.pictures)), body, inputs, validation, head, (), 0.0, None)
    return _tuned(found, taught, test, further, out / f"{body.name}-{about[0]}-{about[1]}")


def _tuned(found: Result, taught: Taught, test: Collection, further: Further, folder: Path) -> Result:
    """The result with what fine-tuning makes of the network, which is left in `folder`."""
    model = own_entry.write(taught, folder.with_name(f"{folder.name}-head"))
    how = fine_tune.recipe(model, further.epochs, further.batch_size, further.learning_rate, further.turn)
    fine_tune.fine_tune(taught, how, model, folder, seed=found.draw)
    tuned = model_zoo.load_folder(folder)
    before, best = tuned.history[0], best_row(tuned.history)
    held = int(fine_tune.held_out(taught).sum())
    print(f"testing {folder.name} on {len(test):,} pictures", flush=True)
    answered = own_entry.record_test(tuned, test)
    return replace(
        found,
        held_right=(round(before["val_accuracy"] * held), round(best["val_accuracy"] * held), held),
        tuned_accuracy=answered["accuracy"],
        tuned_roc_auc=answered["roc_auc"],
        tuned_epoch=int(best["epoch"]),
        tuned_seconds=round(sum(row["seconds"] for row in tuned.history), 1),
    )


def _chosen(part: Collection, draw: Collection, sizes: Sequence[Body], out: Path) -> tuple[Body, Tensor, Validation]:
    """The size of the least cross-validated loss, features there, and the validation; no test picture is looked at."""
    place = {picture.key: i for i, picture in enumerate(draw.pictures)}
    index = [place[picture.key] for picture in part.pictures]
    scenes_ = scenes(part.pictures)
    found = []
    for body in sizes:
        inputs = features(body, draw.pictures, out / FEATURES, "draw")[index]
        validation = validate(inputs, part.labels, scenes_, len(part.classes), body.has_bias)
        found.append((body, inputs, validation))
    return min(found, key=lambda one: one[2].loss or float("inf"))


def _kept(out: Path) -> list[Result]:
    try:
        return [Result(**one) for one in json.loads((out / RESULTS).read_bytes())]
    except OSError:
        return []


def table(found: Sequence[Result]) -> str:
    """Markdown: a row for each body and number of pictures; mean and standard deviation over the draws.

    Where networks were fine-tuned, it says of the pictures held out to choose the epoch how many were right before and
    after in all draws together, and what the test says of the fine-tuned network.
    """
    tuned = any(one.held_right for one in found)
    heads = ["body", "pictures of each class", "draws", "pixels", "cross-validated", "test accuracy", "test ROC AUC"]
    heads += ["held out: right before, after", "fine-tuned test accuracy", "fine-tuned test ROC AUC"] if tuned else []
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for body, count in dict.fromkeys((one.body, one.per_class) for one in found):
        mine = [one for one in found if (one.body, one.per_class) == (body, count)]
        pixels = " and ".join(map(str, sorted({one.size for one in mine})))
        cells = [
            _percent([one.validated for one in mine]),
            _percent([one.accuracy for one in mine]),
            _plain([one.roc_auc for one in mine]),
            *(_further_cells(mine) if tuned else []),
        ]
        lines.append(f"| `{body}` | {count} | {len(mine)} | {pixels} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _further_cells(mine: Sequence[Result]) -> list[str]:
    before, after, held = (sum(each) for each in zip(*(one.held_right or (0, 0, 0) for one in mine), strict=True))
    return [
        f"{before}, {after} of {held}",
        _percent([one.tuned_accuracy for one in mine if one.tuned_accuracy is not None]),
        _plain([one.tuned_roc_auc for one in mine if one.tuned_roc_auc is not None]),
    ]


def _percent(values: list[float]) -> str:
    if not values:
        return ""
    spread = f", sd {100 * statistics.stdev(values):.1f} points" if len(values) > 1 else ""
    return f"{statistics.mean(values):.1%}{spread}"


def _plain(values: list[float]) -> str:
    if not values:
        return ""
    spread = f", sd {statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.3f}{spread}"
