"""What each argument does, in a sentence, and the part of the picture that it is about."""

import re
from collections.abc import Callable
from typing import Any

Words = str | Callable[[Any, str], str]  # or a function of the value and the operation


def _padding(value: Any, operation: str) -> str:
    if isinstance(value, str):
        same = "so wide that the map keeps its size" if value == "same" else "of nothing"
        return f"A border {same} lies around each map."
    if value in (0, (0, 0)):
        return "No border lies around the maps: windows stand only where they fit in."
    what = "−∞, which is never the largest" if operation == "max pool" else "0"
    return f"A border of {_each(value)} around each map, filled with {what}, so that windows fit at the edge."


def _stride(value: Any, operation: str) -> str:
    if value in (1, (1, 1)):
        return "The window moves on by 1 place: it stands at every one, and the map keeps its size but for the edge."
    return f"The window moves on by {_each(value)} places, so that the map gets smaller by that factor."


def _kernel(value: Any, operation: str) -> str:
    does = "multiplies all values in it with weights" if "convolution" in operation else "makes one value of all in it"
    return f"The window is {_by(value)} places: the step {does}."


def _dilation(value: Any, operation: str) -> str:
    if value in (1, (1, 1)):
        return "The window reads places side by side."
    return f"The window reads every {_each(value)}th place, and so covers more of the map with as many weights."


def _groups(value: Any, operation: str) -> str:
    if value == 1:
        return "Every map that it makes is made of all maps that it reads."
    return f"The maps are split into {value:,} groups; each map that it makes reads those of its own group only."


def _bias(value: Any, operation: str) -> str:
    if "norm" in operation:
        return f"A shift for each map is {'' if value else 'not '}learned."
    if value:
        return "One number more for each output, which is added to its sums."
    return "Nothing is added to the sums: the batch norm that mostly follows would take it away again."


def _output_size(value: Any, operation: str) -> str:
    return f"The map becomes {_by(value)}, whatever its size was: each value is made of an equal part of it."


MEANS: dict[str, tuple[Words, str]] = {
    "in_channels": (lambda v, _: f"It reads {_count(v, 'map')}: all that there are before it.", "inputs"),
    "out_channels": (lambda v, _: f"It makes {_count(v, 'map')}, each with kernels of its own.", "outputs"),
    "in_features": (lambda v, _: f"It reads {_count(v, 'value')}: all that there are before it.", "inputs"),
    "out_features": (
        lambda v, _: f"It makes {_count(v, 'value')}, each a weighted sum of all that it reads.",
        "outputs",
    ),
    "num_features": (
        lambda v, _: f"Each of the {_count(v, 'map')} has a mean, a spread, a scale and a shift.",
        "outputs",
    ),
    "num_channels": (lambda v, _: f"Each of the {_count(v, 'map')} has a scale and a shift of its own.", "outputs"),
    "num_groups": (lambda v, _: f"The maps are normalised in {_count(v, 'group')}.", "groups"),
    "normalized_shape": (lambda v, _: f"Mean and spread are taken over the last sizes, {v}.", "outputs"),
    "kernel_size": (_kernel, "window"),
    "dilation": (_dilation, "window"),
    "stride": (_stride, "positions"),
    "padding": (_padding, "border"),
    "padding_mode": (lambda v, _: f"What stands in the border: {v}.", "border"),
    "output_padding": (lambda v, _: f"{_each(v)} more at the far edges of the output.", "outputs"),
    "groups": (_groups, "groups"),
    "bias": (_bias, "bias"),
    "output_size": (_output_size, "outputs"),
    "ceil_mode": ("Whether a window that reaches over the edge counts, too.", "positions"),
    "count_include_pad": ("Whether the border's zeros count for the mean.", "border"),
    "eps": ("Added to the variance before its root is taken, so that nothing is divided by 0.", ""),
    "momentum": ("How quickly mean and variance follow the pictures while the network learns.", ""),
    "affine": ("Whether a scale and a shift are learned for each map.", "bias"),
    "track_running_stats": ("Whether mean and variance are kept from training, or taken anew from each picture.", ""),
    "start_dim": ("The first dimension that is flattened; 0 counts the pictures.", "inputs"),
    "end_dim": ("The last dimension that is flattened; −1 is the last one.", "inputs"),
    "dim": ("The dimension along which it works; 0 counts the pictures, 1 the maps.", ""),
    "p": ("The share of values that is set to 0 while the network learns; a trained network leaves all.", ""),
    "approximate": ("Which formula stands for the exact one.", ""),
    "negative_slope": ("What a negative value is multiplied by.", ""),
    "inplace": ("True writes the result over what was read, which saves memory and changes no value.", ""),
    "scale_factor": ("How many times as large the map becomes.", "outputs"),
    "mode": ("The way in which it is done.", ""),
    "value": ("What the border is filled with.", "border"),
    "training": ("Whether values are dropped at random, as they are while the network learns.", ""),
    "pad": ("How many places are added at the left, the right, the top and the bottom.", "border"),
    "tensors": ("What it reads, one after the other.", "inputs"),
    "index": ("Which part is taken; the first place counts the pictures.", "inputs"),
    "min": ("No value is let below this one.", ""),
    "max": ("No value is let above this one.", ""),
    "min_val": ("No value is let below this one.", ""),
    "max_val": ("No value is let above this one.", ""),
    "shape": ("The sizes that the values are arranged in.", "outputs"),
    "keepdim": ("Whether the dimension stays, with one place.", ""),
}
PARAMETER = ("Numbers that the network has learned.", "bias")
UNKNOWN = "See PyTorch's documentation of this call."


def meaning(name: str, value: Any, operation: str) -> tuple[str, str]:
    """The sentence, and one of `records.PARTS` or "".

    Args:
        name: of the argument, PyTorch's.
        value: its own.
        operation: of the step, in the field's words.
    """
    if name not in MEANS:
        return UNKNOWN, ""
    words, part = MEANS[name]
    return (words if isinstance(words, str) else words(value, operation)), part


def is_known(name: str) -> bool:
    return name in MEANS


def _count(value: Any, word: str) -> str:
    return f"{value:,} {word}" + ("" if value == 1 else "s") if isinstance(value, int) else f"{value} {word}s"


def _by(value: Any) -> str:
    return f"{value[0]} × {value[1]}" if isinstance(value, tuple | list) and len(value) == 2 else f"{value} × {value}"


def _each(value: Any) -> str:
    """1 for 1, "1 (down) and 2 (across)" for a pair."""
    if isinstance(value, tuple | list) and len(value) == 2:
        return f"{value[0]} (down) and {value[1]} (across)"
    return re.sub(r"[()]", "", str(value))
