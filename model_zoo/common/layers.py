"""A small network as a list of layers in a line of text: read, checked, and every shape and weight counted.

    c16k3p1,n,r,m2,l64,r,d20

    c16k3s2p1   convolution: 16 filters, 3 x 3, stride 2 (1 if not named), padding 1 (0 if not named)
    n r g       batch norm; ReLU; the mean of each whole map
    m2 a3s2     max pool or average pool: window 2 x 2, stride as the window if not named
    d20         dropout of 20 %
    l64         linear layer with 64 outputs; maps before the first one are laid out in a row

Behind the last layer there is always another linear layer: one output for each class. No PyTorch is needed here;
`demo/tabs/builder/page/layers.js` counts the same in the browser, and a test compares all three.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_LAYERS = 24
MOST_WEIGHTS = 500_000
MOST_VALUES = 131_072  # of one layer's output
MOST_CHARACTERS = 400
# What a picture takes that is learned from, in nanoseconds on one core: fitted to seven networks on a Xeon of 2.x GHz.
PER_PICTURE, PER_VALUE, PER_PRODUCT = 20_000, 7.5, 0.14
MOST_WORK = 40_000_000

# Of each kind: the letters of its numbers, and what each is called, its least and its largest value.
KINDS: Mapping[str, Mapping[str, tuple[str, int, int]]] = {
    "c": {
        "c": ("The number of filters", 1, 256),
        "k": ("The kernel's side", 1, 7),
        "s": ("The stride", 1, 4),
        "p": ("The padding", 0, 3),
    },
    "n": {},
    "r": {},
    "m": {"m": ("The window's side", 2, 8), "s": ("The stride", 1, 8)},
    "a": {"a": ("The window's side", 2, 8), "s": ("The stride", 1, 8)},
    "g": {},
    "d": {"d": ("The percentage", 1, 95)},
    "l": {"l": ("The number of outputs", 1, 1024)},
}
_PATTERNS = {
    kind: re.compile(pattern, re.ASCII)
    for kind, pattern in {
        "c": r"c(?P<c>\d{1,4})k(?P<k>\d{1,2})(?:s(?P<s>\d{1,2}))?(?:p(?P<p>\d{1,2}))?",
        "n": "n",
        "r": "r",
        "m": r"m(?P<m>\d{1,2})(?:s(?P<s>\d{1,2}))?",
        "a": r"a(?P<a>\d{1,2})(?:s(?P<s>\d{1,2}))?",
        "g": "g",
        "d": r"d(?P<d>\d{1,2})",
        "l": r"l(?P<l>\d{1,4})",
    }.items()
}

Shape = tuple[int, ...]  # (channels, rows, columns), or (values,) once they stand in a row


class LayerError(ValueError):
    """Why such a network cannot be, in a sentence."""


@dataclass(frozen=True)
class Layer:
    """A layer, and its numbers by their letters."""

    kind: str  # a letter of `KINDS`
    numbers: Mapping[str, int]

    @property
    def text(self) -> str:
        """As it stands in the line."""
        given = dict(self.numbers)
        if "s" in given and given["s"] == (1 if self.kind == "c" else given[self.kind]):
            del given["s"]
        if not given.get("p"):
            given.pop("p", None)
        return "".join(f"{letter}{given[letter]}" for letter in KINDS[self.kind] if letter in given) or self.kind


@dataclass(frozen=True)
class Counted:
    """What a layer gives, and what it takes."""

    shape: Shape
    weights: int  # that are learned
    products: int  # of a weight and a value, for one picture


@dataclass(frozen=True)
class Network:
    """A list of layers, counted."""

    layers: tuple[Layer, ...]
    counted: tuple[Counted, ...]  # of each layer, and of the last one, which answers

    @property
    def weights(self) -> int:
        return sum(each.weights for each in self.counted)

    @property
    def work(self) -> float:
        """About how many nanoseconds of one core a picture takes that is learned from."""
        values = sum(math.prod(each.shape) for each in self.counted)
        return PER_PICTURE + PER_VALUE * values + PER_PRODUCT * sum(each.products for each in self.counted)

    @property
    def text(self) -> str:
        return ",".join(each.text for each in self.layers)


def parse(text: str) -> tuple[Layer, ...]:
    """The layers in a line; "" is none.

    Raises:
        LayerError: something there is no layer, or it is too long.
    """
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise LayerError("This description of a network is too long.")
    return tuple(_layer(piece) for piece in text.split(",")) if text else ()


def _layer(piece: str) -> Layer:
    kind = piece[:1]
    found = _PATTERNS[kind].fullmatch(piece) if kind in _PATTERNS else None
    if found is None:
        raise LayerError("This description holds something that is no layer.")
    numbers = {letter: int(value) for letter, value in found.groupdict().items() if value is not None}
    usual = {"c": {"s": 1, "p": 0}, "m": {"s": numbers.get("m", 0)}, "a": {"s": numbers.get("a", 0)}}
    return Layer(kind, usual.get(kind, {}) | numbers)


def count(layers: Sequence[Layer], channels: int, side: int, classes: int) -> Network:
    """Every shape and weight of a network for pictures (channels, side, side).

    Raises:
        LayerError: a layer cannot stand where it stands, or there is too much of something; with the layer's number.
    """
    if len(layers) > MOST_LAYERS:
        raise LayerError(f"{MOST_LAYERS} layers are the most here.")
    shape: Shape = (channels, side, side)
    counted = []
    for number, layer in enumerate(layers, 1):
        if words := refusal(layer, shape):
            raise LayerError(f"Layer {number}: {words}")
        counted.append(_counted(layer, shape))
        shape = counted[-1].shape
    counted.append(_linear(shape, classes))
    found = Network(tuple(layers), tuple(counted))
    if words := too_much(found):
        raise LayerError(words)
    return found


def too_much(found: Network) -> str:
    """Why a network is too large for a page that many share; "" where it is not."""
    if found.weights > MOST_WEIGHTS:
        words = "Pool before the first linear layer, or take fewer filters or outputs."
        return f"{found.weights:,} weights are too many here: {MOST_WEIGHTS:,} are the most. {words}"
    if found.work > MOST_WORK:
        return "It would take too long for each picture. Pool earlier, or take fewer filters or smaller kernels."
    return ""


def refusal(layer: Layer, shape: Shape) -> str:
    """Why a layer cannot stand behind what has such a shape; "" where it can."""
    for letter, (called, least, most) in KINDS[layer.kind].items():
        if not least <= layer.numbers[letter] <= most:
            return f"{called} must be from {least} to {most}, not {layer.numbers[letter]}."
    if layer.kind in "cmag" and len(shape) == 1:
        return "It needs rows and columns, and behind a linear layer there are none. Move it up, before that layer."
    words = {"c": _kernel, "m": _window, "a": _window}.get(layer.kind, lambda *_: "")(layer, shape)
    if not words and math.prod(_counted(layer, shape).shape) > MOST_VALUES:
        return f"It would give more than {MOST_VALUES:,} values. Take fewer filters, or a larger stride."
    return words


def _kernel(layer: Layer, shape: Shape) -> str:
    size, padding, side = layer.numbers["k"], layer.numbers["p"], shape[-1]
    if size <= side + 2 * padding:
        return ""
    padded = f" with padding {padding}" if padding else ""
    keeps = size % 2 == 1
    enough = (size - 1) // 2 if keeps else math.ceil((size - side) / 2)
    advice = f"padding {enough} would {'keep the size' if keeps else 'be enough'}"
    return f"A {size} × {size} kernel does not fit into {side} × {side}{padded}; {advice}."


def _window(layer: Layer, shape: Shape) -> str:
    size, side = layer.numbers[layer.kind], shape[-1]
    if size <= side:
        return ""
    return f"A {size} × {size} window does not fit into {side} × {side}; take a smaller one, or leave this pool out."


def _counted(layer: Layer, shape: Shape) -> Counted:
    numbers = layer.numbers
    match layer.kind:
        case "c":
            filters, size = numbers["c"], numbers["k"]
            side = (shape[-1] + 2 * numbers["p"] - size) // numbers["s"] + 1
            reads = shape[0] * size * size
            return Counted((filters, side, side), filters * (reads + 1), filters * reads * side * side)
        case "m" | "a":
            side = (shape[-1] - numbers[layer.kind]) // numbers["s"] + 1
            return Counted((shape[0], side, side), 0, 0)
        case "g":
            return Counted((shape[0], 1, 1), 0, 0)
        case "n":
            return Counted(shape, 2 * shape[0], 0)
        case "l":
            return _linear(shape, numbers["l"])
    return Counted(shape, 0, 0)


def _linear(shape: Shape, outputs: int) -> Counted:
    inputs = math.prod(shape)
    return Counted((outputs,), outputs * (inputs + 1), outputs * inputs)
