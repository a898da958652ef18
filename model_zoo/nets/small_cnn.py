"""SmallCNN: a network as somebody put it together in the page, a plain row of layers.

What the line of text says, and what can stand in it, is in model_zoo/common/layers.py. The layers are made in their
order, as in the code that the page shows beside them, so that one seed gives both the same start weights.
"""

import math
from collections import OrderedDict
from collections.abc import Iterator

from torch import nn

from model_zoo.common.layers import Layer, Shape, count, parse
from model_zoo.nets import register_network

WORDS = {"c": "conv", "n": "norm", "r": "relu", "m": "pool", "a": "pool", "g": "pool", "d": "dropout", "l": "fc"}


@register_network
class SmallCNN(nn.Sequential):
    """Logits (N, classes) for pictures (N, channels, side, side).

    Args:
        layers: as model_zoo/common/layers.py describes them.
        classes: outputs of the last linear layer, which `layers` leaves out.
        channels, side: of the pictures.

    Raises:
        LayerError: there can be no such network; in a sentence.
    """

    def __init__(self, layers: str = "", classes: int = 10, channels: int = 3, side: int = 32) -> None:
        found = count(parse(layers), channels, side, classes)
        super().__init__(OrderedDict(_modules(found.layers, (channels, side, side), [c.shape for c in found.counted])))
        self.layers = found.text


def _modules(layers: tuple[Layer, ...], shape: Shape, shapes: list[Shape]) -> Iterator[tuple[str, nn.Module]]:
    """Each layer under a name of its kind and number."""
    numbers: dict[str, int] = {}

    def named(word: str) -> str:
        numbers[word] = numbers.get(word, 0) + 1
        return f"{word}{numbers[word]}"

    for layer, made in zip((*layers, Layer("l", {"l": shapes[-1][0]})), shapes, strict=True):
        if layer.kind == "l" and len(shape) > 1:
            yield "flatten", nn.Flatten()
            shape = (math.prod(shape),)
        yield named(WORDS[layer.kind]), _module(layer, shape)
        shape = made


def _module(layer: Layer, shape: Shape) -> nn.Module:
    numbers = layer.numbers
    match layer.kind:
        case "c":
            return nn.Conv2d(shape[0], numbers["c"], numbers["k"], stride=numbers["s"], padding=numbers["p"])
        case "n":
            return nn.BatchNorm1d(math.prod(shape)) if len(shape) == 1 else nn.BatchNorm2d(shape[0])
        case "r":
            return nn.ReLU()
        case "m":
            return nn.MaxPool2d(numbers["m"], stride=numbers["s"])
        case "a":
            return nn.AvgPool2d(numbers["a"], stride=numbers["s"])
        case "g":
            return nn.AdaptiveAvgPool2d(1)
        case "d":
            return nn.Dropout(numbers["d"] / 100)
    return nn.Linear(math.prod(shape), numbers["l"])
