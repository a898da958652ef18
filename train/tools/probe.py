"""A linear probe of every step of a network: what each step alone tells of the classes.

Features and reading: `model_zoo/explain/lens.py`. The weights of a probe minimise the mean cross-entropy plus
L2 / 2 · |weights|², on features of mean 0 and standard deviation 1; of the strengths L2 in `STRENGTHS` the one with the
lowest cross-entropy on validation counts.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from model_zoo import Model, walk
from model_zoo.entries import entry
from model_zoo.entries import probes as files
from model_zoo.explain.lens import features
from model_zoo.graph.step import answer
from train.data.cifar10 import DataError, Images, normalise
from train.engine import device
from train.engine.sources import Splits
from train.entry import model_card

STRENGTHS = (10.0, 1.0, 0.1, 1e-2, 1e-3, 1e-4)  # the first leaves little but the bias, the last next to all
ITERATIONS = 100  # of L-BFGS at each strength; each begins where the one before ended
WALK_BYTES = 100_000_000  # outputs of the steps for one batch of pictures

Found = dict[str, tuple[Tensor, Tensor]]  # weight float32 (classes, features) and bias (classes,) by the step's name


@dataclass(frozen=True, eq=False)
class Fitted:
    """The probes of an entry, and what its card says of them."""

    probes: Found
    about: dict[str, Any]


def drawn(images: Images, count: int, seed: int) -> Images:
    """At most so many of the pictures, by chance with a seed, in their order."""
    if len(images) <= count:
        return images
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    return images.take(order[:count].sort().values)


def fit(model: Model, pictures: Splits, count: int, seed: int) -> Fitted:
    """Fit a probe to every step and measure it, on the test pictures once.

    Args:
        count: of training pictures, drawn with the seed; all of them where there are fewer.

    Raises:
        DataError: a class is missing among the training pictures, or no step has features.
    """
    start = time.perf_counter()
    train = drawn(pictures.train, count, seed)
    classes = len(model.classes)
    if len(train.labels.unique()) < classes:
        raise DataError(f"The {len(train):,} training pictures do not show all {classes} classes: take more.")
    known, held = (
        _all_features(model, part, name) for part, name in ((train, "training"), (pictures.validation, "validation"))
    )
    if not known:
        raise DataError(f"No step of {model.name} gives a feature map or a vector.")
    probes: Found = {}
    steps: dict[str, dict[str, float]] = {}
    for step in tqdm(known, desc="fitting", unit=" steps", disable=None):
        probes[step], strength = _probe(known[step], train.labels, held[step], pictures.validation.labels, classes)
        steps[step] = {
            "features": known[step].shape[1],
            "l2": strength,
            "validation": _accuracy(*probes[step], held[step], pictures.validation.labels),
        }
    accuracies, network = _measured(model, probes, pictures.test)
    for step, accuracy in accuracies.items():
        steps[step]["test"] = accuracy
    about = {
        "features": "the mean of every channel of a feature map, or the values of a vector",
        "pictures": {
            "training": len(train),
            "validation": len(pictures.validation),
            "test": len(pictures.test),
        },
        "validation_is_unseen": pictures.is_unseen,
        "most_frequent_class": round(pictures.test.labels.bincount().max().item() / len(pictures.test), 4),
        "network": network,
        "seed": seed,
        "environment": {"torch": torch.__version__, "device": device.describe(torch.device("cpu"), False)},
        "steps": steps,
    }
    about["environment"]["seconds"] = round(time.perf_counter() - start, 1)
    return Fitted(probes, about)


@dataclass(frozen=True, eq=False)
class _Batch:
    labels: Tensor
    features: dict[str, Tensor]  # by the step's name
    answers: Tensor  # of the network, class numbers


def _batches(model: Model, images: Images, label: str) -> Iterator[_Batch]:
    """The pictures, so many at a time as need little memory: the maps themselves are never kept."""
    mean, std = (tuple(model.card["preprocessing"][key]) for key in ("mean", "std"))
    one = walk(model.net, normalise(images.pictures[:1], mean, std))
    size = max(1, min(250, WALK_BYTES // sum(step.output.nbytes for step in one)))
    with torch.inference_mode(), tqdm(total=len(images), desc=label, unit=" pictures", disable=None) as bar:
        for at in range(0, len(images), size):
            part = images.take(slice(at, at + size))
            steps = walk(model.net, normalise(part.pictures, mean, std))
            found = {step: values for step, values in features(steps).items() if values.shape[0] == len(part)}
            yield _Batch(part.labels, found, answer(steps).output.argmax(1))
            bar.update(len(part))


def _all_features(model: Model, images: Images, label: str) -> dict[str, Tensor]:
    """Float32 (N, features) by the step's name."""
    parts: dict[str, list[Tensor]] = {}
    for batch in _batches(model, images, f"{label} features"):
        for step, values in batch.features.items():
            parts.setdefault(step, []).append(values.clone())
    return {step: torch.cat(batches) for step, batches in parts.items()}


def _probe(
    known: Tensor, labels: Tensor, held: Tensor, held_labels: Tensor, classes: int
) -> tuple[tuple[Tensor, Tensor], float]:
    """Weight and bias for features as they are, and the strength that was chosen."""
    shift, spread = known.mean(0), known.std(0)
    # A feature that hardly changes would get a weight without bounds; one that never does tells nothing.
    scale = spread.clamp(min=max(1e-3 * spread.max().item(), 1e-12))
    best, lowest, chosen = None, float("inf"), STRENGTHS[0]
    for (weight, bias), strength in zip(_path((known - shift) / scale, labels, classes), STRENGTHS, strict=True):
        weight = weight / scale
        bias = bias - weight @ shift
        loss = F.cross_entropy(held @ weight.T + bias, held_labels).item()
        if loss < lowest:
            best, lowest, chosen = (weight, bias), loss, strength
    if best is None:
        raise DataError("A step's values overflow: no probe can be fitted to it.")
    return best, chosen


def _path(inputs: Tensor, labels: Tensor, classes: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The weights and bias of least loss for one strength after the other."""
    weight = torch.zeros(classes, inputs.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    for strength in STRENGTHS:
        optimiser = torch.optim.LBFGS(
            [weight, bias],
            max_iter=ITERATIONS,
            tolerance_grad=1e-5,
            tolerance_change=1e-7,
            line_search_fn="strong_wolfe",
        )

        def closure(optimiser: torch.optim.LBFGS = optimiser, strength: float = strength) -> Tensor:
            optimiser.zero_grad()
            loss = F.cross_entropy(F.linear(inputs, weight, bias), labels) + strength / 2 * weight.square().sum()
            loss.backward()
            return loss

        optimiser.step(closure)
        yield weight.detach().clone(), bias.detach().clone()


def _accuracy(weight: Tensor, bias: Tensor, values: Tensor, labels: Tensor) -> float:
    return round(((values @ weight.T + bias).argmax(1) == labels).double().mean().item(), 4)


def _measured(model: Model, probes: Found, images: Images) -> tuple[dict[str, float], float]:
    """The accuracy of each probe, and of the network's likeliest class, on the same pictures."""
    right, network = dict.fromkeys(probes, 0), 0
    for batch in _batches(model, images, "test"):
        network += int((batch.answers == batch.labels).sum())
        for step, (weight, bias) in probes.items():
            right[step] += int(((batch.features[step] @ weight.T + bias).argmax(1) == batch.labels).sum())
    return {step: round(count / len(images), 4) for step, count in right.items()}, round(network / len(images), 4)


def save(model: Model, fitted: Fitted, facts: dict[str, Any], out: Path | None = None) -> Path:
    """Write the probes into an entry, or into a copy of it.

    Args:
        facts: the date and the command, for the card.
        out: the folder of the copy, which must not exist; None for the entry itself.

    Returns:
        The folder that was written.

    Raises:
        DataError: `out` exists.
        OSError: it cannot be written; the older files stay whole.
    """
    if out is not None:
        check_out(out)
        shutil.copytree(model.folder, out)
    folder = out or model.folder
    card = entry.read_card(folder)  # as it is now: measurements may have been written since it was loaded
    about = fitted.about | {"environment": facts | fitted.about["environment"]}
    card = files.write(folder, card, fitted.probes, about)
    entry.write_card(folder, card, model_card.readme(card))
    return folder


def check(model: Model, replaces: bool) -> None:
    """DataError where the entry has probes already, measured on the test pictures, and they are not to be replaced."""
    if files.KEY in model.card and not replaces:
        raise DataError(f"{model.name} has linear probes already. With --replace they are fitted and measured anew.")


def check_out(out: Path) -> None:
    """DataError where a copy cannot be written."""
    if out.exists():
        raise DataError(f"{out} exists already. Name another folder, or leave --out out to write into the entry.")


def report(model: Model, about: Mapping[str, Any]) -> str:
    """The accuracies as a table."""
    pictures, width = about["pictures"], max(map(len, about["steps"]))
    rows = [
        f"{step:<{width}}  {one['features']:>8}  {one['l2']:>6g}  {one['validation']:>10.2%}  {one['test']:>7.2%}"
        for step, one in about["steps"].items()
    ]
    last = (
        f"On the same {pictures['test']:,} test pictures the network is right on {about['network']:.2%}; the most "
        f"frequent class alone would be on {about['most_frequent_class']:.2%}. {about['environment']['seconds']} s."
    )
    first = f"{model.title} ({model.name}): linear probes fitted on {pictures['training']:,} training pictures"
    return "\n".join([first, "", f"{'step':<{width}}  features      L2  validation     test", *rows, "", last])
