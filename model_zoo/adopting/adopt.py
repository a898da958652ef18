"""Any `nn.Module` as a `Model`, with everything that can be said of it in a card.

    model = adopt(torchvision.models.resnet18(weights=weights), transforms=weights)
    model = adopt(net, classes=["cat", "dog"], size=64, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), title="Pets")
    model_zoo.walk(model.net, model.prepare(picture))

The network runs in this process: it is code of one's own, or of a library that one has installed and trusts.
"""

import copy
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo.adopting import preprocessing
from model_zoo.adopting.errors import AdoptError
from model_zoo.adopting.mending import advice
from model_zoo.common.grey import Grey
from model_zoo.graph.step import Step, answer
from model_zoo.graph.walk import walk
from model_zoo.model import Model

SIZES = (224, 32, 28, 64, 96, 128, 256, 299)  # of pictures, in pixels, tried in this order where nobody says one
MOST_CLASSES = 100_000
NOWHERE = Path("/nonexistent")  # the folder of a network that stands in memory alone


def adopt(
    net: nn.Module,
    classes: Sequence[str] | None = None,
    size: int | None = None,
    mean: float | Sequence[float] | None = None,
    std: float | Sequence[float] | None = None,
    title: str = "",
    transforms: Any = None,
    name: str = "",
) -> Model:
    """A network of one's own as a `Model`: what the page and everything in `model_zoo` works with.

    A copy is taken, on the CPU, in float32 and eval mode; the network that was given stays as it is. One that takes a
    single channel gets a first step `grey`, which makes it of the three colours.

    Args:
        net: takes float32 pictures (N, 3 or 1, size, size) and gives logits (N, classes), alone or first among others.
        classes: names in the order of the outputs. Default: those of torchvision's weights, else "class 0", ...
        size: side of the square pictures in pixels. Default: what `transforms` say, else the first that fits of
            `SIZES`; a network that takes several sizes should be told the one of its training.
        mean, std: per colour, of pixels from 0 to 1; what is given counts before what `transforms` say. Default: 0, 1.
        title: what people read. Default: the class of the network.
        transforms: torchvision's weights or `weights.transforms()`, a `Compose`, or timm's `pretrained_cfg`; a network
            of timm brings its own.
        name: under which it is listed. Default: made of the title.

    Raises:
        AdoptError: it cannot be run or traced, or its outputs are no logits of the classes; the message says why,
            where, and how to mend it.
    """
    if not isinstance(net, nn.Module):
        raise AdoptError(f"A network is a torch.nn.Module; this is a {type(net).__name__}.")
    source = transforms if transforms is not None else getattr(net, "pretrained_cfg", None)
    known = preprocessing.given(size, mean, std).or_else(preprocessing.stated(source))
    title = title or type(net).__name__
    own, sizes = _own(net), SIZES if known.size is None else (known.size,)
    own, found, steps = _fitting(own, sizes)
    prepared = known.or_else(preprocessing.Preprocessing(found)).card()
    outputs = _outputs(steps, found)
    labels = class_names(preprocessing.categories(transforms) if classes is None else classes, outputs)
    card = card_of(name or slug(title), title, labels, prepared) | {"sha256": digest(own.state_dict())}
    return Model(card["name"], own, card, [], NOWHERE)


def card_of(name: str, title: str, labels: list[str], prepared: dict[str, Any]) -> dict[str, Any]:
    """The card of a network about which nothing else is known."""
    return {
        "format": 1,
        "name": name,
        "title": title,
        "net": {},
        "classes": labels,
        "preprocessing": prepared,
        "data": {},
        "recipe": {},
        "environment": {},
        "metrics": {},
    }


def class_names(classes: Sequence[str] | None, outputs: int) -> list[str]:
    """As many different names as there are outputs; one that stands twice gets a number.

    Raises:
        AdoptError: there are not as many names as outputs.
    """
    if classes is None:
        return [f"class {number}" for number in range(outputs)]
    labels = [str(label).strip() for label in classes]
    if len(labels) != outputs:
        raise AdoptError(
            f"The network gives {outputs} values, and {len(labels)} classes are named. Name one class for each output, "
            "in their order."
        )
    if not all(labels):
        raise AdoptError("A class without a name: every output needs one.")
    used: set[str] = set()
    for number, label in enumerate(labels):  # ImageNet has two cranes
        named, count = label, 1
        while named in used:
            count += 1
            named = f"{label} ({count})"
        labels[number] = named
        used.add(named)
    return labels


def slug(title: str) -> str:
    """A name that every system can write as a folder."""
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower()).strip("-")
    return "-".join(filter(None, words.split("-")))[:60] or "network"


def digest(state: dict[str, Tensor]) -> str:
    """The sha256 of names and values of a network's weights."""
    found = hashlib.sha256()
    for name, tensor in state.items():
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


@torch.inference_mode(False)
def _own(net: nn.Module) -> nn.Module:
    """A copy as `Model` wants it."""
    try:
        own = copy.deepcopy(net)
    except (RuntimeError, TypeError) as error:
        first = str(error).splitlines()[0].rstrip(".")
        raise AdoptError(
            f"{type(net).__name__} cannot be copied: {first}. Give a network that is not in use."
        ) from error
    try:
        return own.to("cpu", torch.float32).requires_grad_(False).eval()
    except RuntimeError as error:
        raise AdoptError(f"The weights of {type(net).__name__} cannot be brought to the CPU: {error}.") from error


def _fitting(net: nn.Module, sizes: Sequence[int]) -> tuple[nn.Module, int, list[Step]]:
    """The network, or the same for pictures in grey, with the first size that it takes, and a walk through it.

    Raises:
        AdoptError: it takes none of them.
    """
    reasons: list[Exception] = []
    for channels in (3, 1):
        for size in sizes:
            try:
                with torch.inference_mode():
                    net(torch.zeros(1, channels, size, size))
            except Exception as error:  # `forward` is any code at all
                reasons.append(error)
                continue
            fitting = net if channels == 3 else Grey(net).eval().requires_grad_(False)
            return fitting, size, _walked(fitting, size)
    tried = f"{sizes[0]} x {sizes[0]}" if len(sizes) == 1 else f"{', '.join(map(str, sizes))} pixels"
    raise AdoptError(advice(type(net).__name__, reasons[0], f"cannot be run on a picture (tried: {tried})"))


def _walked(net: nn.Module, size: int) -> list[Step]:
    try:
        return walk(net, torch.zeros(1, 3, size, size))
    except (ValueError, RuntimeError, IndexError) as error:
        raise AdoptError(advice(type(net).__name__, error, "cannot be looked into")) from error


def _outputs(steps: list[Step], size: int) -> int:
    """How many classes the answer of a walk has.

    Raises:
        AdoptError: it is no vector of logits.
    """
    try:
        last = answer(steps)
    except ValueError as error:
        raise AdoptError(
            f"{error} Let forward return the logits, a tensor (pictures, classes), alone or first among others."
        ) from error
    shape = tuple(last.shape)
    if len(shape) != 2 or shape[0] != 1 or not 2 <= shape[1] <= MOST_CLASSES:
        raise AdoptError(
            f"The network answers a picture of {size} x {size} pixels with values of the shape {shape}; an image "
            f"classifier gives (pictures, classes), with at least two classes. For a feature extractor add a layer "
            "that answers, e.g. nn.Sequential(net, nn.Flatten(), nn.Linear(features, classes))."
        )
    if last.operation == "softmax":
        raise AdoptError(
            f"The network's last operation, {last.name}, is a softmax: it gives probabilities. ConvScope wants the "
            "values before it (logits) and shows the softmax itself: leave that layer out (net[:-1] of an "
            "nn.Sequential, or replace it: net.softmax = nn.Identity())."
        )
    return shape[1]
