"""What the Explore tab shows of a pass: every step of the network, and one channel of one step in detail."""

import math
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import nn

from demo.core.inference import MIXING, Inference, first_read, opening_step
from demo.core.inference import maps as maps_of
from demo.core.view import View
from demo.errors import UserError
from demo.render.html import LARGE, input_url, number, pack, pack_shrunk
from demo.tabs.explore.lens import lens
from demo.tabs.explore.overview import overview
from model_zoo import Step
from model_zoo.explain.receptive_field import Field, receptive_fields
from model_zoo.graph.edits import Scaled

# What each operation does, in a sentence that stands under the step's name.
BIAS = ", plus a bias"  # which layers before a batch norm have not
EXPLAINED = {
    "convolution": "A small window slides over all channels before it: values times weights, summed up" + BIAS + ".",
    "ReLU": "ReLU keeps positive values and sets negative ones to 0. It learns nothing.",
    "max pool": "Max pooling keeps only the largest value of every window, so the map gets smaller. It learns nothing.",
    "average pool": "Average pooling replaces every window by its mean, so the map gets smaller. It learns nothing.",
    "flatten": "Flattening writes all maps one after another as one list; no value changes.",
    "linear": "Every value is a weighted sum of all values before it" + BIAS + ".",
    "batch norm": "Every channel is shifted and scaled to a similar range, by numbers learned in training.",
    "GELU": "GELU lets large values through and softly pushes small and negative ones towards 0. It learns nothing.",
    "divide": "Every value is divided by the same fixed number. It learns nothing.",
    "multiply": "Every value is multiplied by the same fixed number. It learns nothing.",
    "add": "Two paths through the network are added, value by value.",
}

# Operations that leave the largest values as they are.
HANDING_ON = ("ReLU", "ReLU6", "leaky ReLU", "GELU", "SiLU", "max pool")

GRID = 450_000  # values of all maps together up to which the grid gets each, a byte or so


@dataclass(frozen=True)
class Explored:
    """What the Explore tab shows of a step."""

    address: str
    strip: dict[str, Any]
    grid: dict[str, Any]
    channel: dict[str, Any]


@dataclass(frozen=True)
class ShownChannel:
    """What the Explore tab shows of another channel of the step that it shows already."""

    address: str
    channel: dict[str, Any]


_known_facts: WeakKeyDictionary[nn.Module, list[dict[str, Any]]] = WeakKeyDictionary()


def feature_maps(made: Inference, step: str = "") -> dict[str, Any]:
    """The output of one step of the network for a picture.

    Args:
        made: the pass.
        step: name of the step, such as "conv1"; empty for the first.

    Returns:
        What `demo.api.feature_maps` says.

    Raises:
        UserError: no such step; the message is for the user.
    """
    chosen = named(made.steps, step) if step else made.steps[0]
    if chosen is None:
        known = ", ".join(each.name for each in made.steps)
        raise UserError(f"{made.model.title} has no step {step!r}. It has {known}.")
    return {"steps": facts(made)} | _values(made, chosen)


def show(view: View, made: Inference) -> Explored:
    """The Explore tab for a view made possible for its model: unknown step or channel fall back."""
    explored = show_pictures(view, made)
    overview_of_all = {
        "steps": facts(made),
        "blocks": [block.name for block in overview.blocks(made.steps)],
        "size": made.model.size,
        "pixels": {key: made.model.card["preprocessing"][key] for key in ("mean", "std")},
    }
    return replace(explored, strip=explored.strip | overview_of_all)


def show_pictures(view: View, made: Inference) -> Explored:
    """As `show`, for a page that knows the network already: only what another picture changes."""
    explored = show_step(view, made)
    pictures = {
        "thumbnails": overview.thumbnails(made.steps),
        "picture": input_url(made.model.crop(made.picture) if made.edits else made.model.picture(made.x)),
        "lens": lens.shown(made),
    }
    return replace(explored, strip=explored.strip | pictures)


def show_step(view: View, made: Inference) -> Explored:
    """As `show`, for a page that has the overview of this network and picture already: only which step is chosen."""
    settled, chosen = _settle(view, made.steps)
    maps = maps_of(chosen)
    # The grid shows a map some 50 to 100 pixels wide; the chosen channel comes with all of its values.
    # Where another tab is open, a byte of each will do until another step is chosen here.
    bits = None if view.tab == "explore" or maps.size >= LARGE else 8
    grid = _values(made, chosen, pack_shrunk(maps, GRID, bits)) | {
        "scale": _scale_before(made.steps, chosen),
        "channel": settled.channel,
        "facts": next(fact for fact in facts(made) if fact["name"] == chosen.name),
        "largest": overview.largest(made.steps),
        "row": settled.row,
        "column": settled.column,
    }
    strip = {"model": made.model.name, "step": chosen.name}
    return Explored(settled.query(), strip, grid, _channel_view(made, chosen, settled.channel))


def show_channel(view: View, made: Inference) -> ShownChannel:
    """As `show`, only the channel."""
    settled, chosen = _settle(view, made.steps)
    return ShownChannel(settled.query(), _channel_view(made, chosen, settled.channel))


def _settle(view: View, steps: list[Step]) -> tuple[View, Step]:
    chosen = named(steps, view.step) or opening_step(steps)
    channels, *sizes = (*chosen.shape[1:], 1, 1)[:3]
    is_named = chosen.name == view.step or (not view.step and view.channel)
    # Where nobody has chosen one, that of the strip's small picture.
    channel = (view.channel if view.channel < channels else 0) if is_named else overview.strongest(chosen)
    view = replace(view, step=chosen.name, channel=channel)
    places = zip((view.row, view.column), sizes, strict=True)
    return view if all(n is not None and n < size for n, size in places) else view.on(None, None), chosen


def named(steps: list[Step], name: str) -> Step | None:
    """The step of that name; None where there is none."""
    return next((step for step in steps if step.name == name), None)


def _sees(field: Field | None, size: int) -> str:
    """The receptive field in words; one that reaches beyond the picture into the padding sees all of it."""
    if field is None:
        return ""
    return "whole picture" if field.whole or min(field.size) >= size else f"{field.size[0]} × {field.size[1]} px"


def _values(made: Inference, chosen: Step, packed: dict[str, Any] | None = None) -> dict[str, Any]:
    """`packed`: the maps as they are sent; None: all of their values."""
    maps = maps_of(chosen)
    return {
        "model": made.model.name,
        "step": chosen.name,
        "maps": packed or pack(maps),
        "low": _rounded(maps.min(axis=(1, 2))),
        "high": _rounded(maps.max(axis=(1, 2))),
        "mean": _rounded(maps.mean(axis=(1, 2), dtype=np.float64)),
        "zeros": _rounded((maps == 0).mean(axis=(1, 2))),
        "labels": made.labels(chosen),
    }


def _scale_before(steps: list[Step], step: Step) -> dict[str, Any] | None:
    """The step whose values a ReLU or max pool hands on, and the lowest and highest values of both, by channel.

    That is the end of its scale, so that a value has one colour from the convolution to the pool. None for other steps.
    """
    first = step
    while first.operation in HANDING_ON and len(first.inputs) == 1:
        before = named(steps, first.inputs[0])
        if before is None or before.shape[1] != step.shape[1] or len(before.shape) != len(step.shape):
            break
        first = before
    if first is step:
        return None
    both = [maps_of(first), maps_of(step)]  # a change may have made either larger
    low = np.minimum(*(maps.min(axis=(1, 2)) for maps in both))
    high = np.maximum(*(maps.max(axis=(1, 2)) for maps in both))
    return {"step": first.name, "low": _rounded(low), "high": _rounded(high)}


def _explained(step: Step) -> str:
    sentence = EXPLAINED.get(step.operation, "")
    has_bias = getattr(step.module, "bias", None) is not None
    return sentence if has_bias else sentence.replace(BIAS, "")


def facts(made: Inference) -> list[dict[str, Any]]:
    """What the strip says of every step; the same for all pictures, and so kept for as long as the network."""
    model, steps = made.model, made.steps
    if model.net not in _known_facts:
        fields = receptive_fields(steps, model.size, model.size)
        geometry = overview.geometry(steps, fields, model.size)
        block_of = {name: i for i, block in enumerate(overview.blocks(steps)) for name in block.steps}
        _known_facts[model.net] = [
            {
                "name": step.name,
                "operation": step.operation,
                "shape": list(step.shape[1:]),
                "parameters": step.parameters,
                "field": list(fields[step.name].size) if step.name in fields else None,
                "sees": _sees(fields.get(step.name), model.size),
                "geometry": geometry.get(step.name),
                "inputs": list(step.inputs),
                "block": block_of[step.name],
                "explained": _explained(step),
            }
            for step in steps
        ]
    return _known_facts[model.net]


def _channel_view(made: Inference, chosen: Step, channel: int) -> dict[str, Any]:
    chain = _chain(made.steps, chosen)
    paths = _paths(made.steps, chain[0])
    maps = {step.name: maps_of(step)[channel : channel + 1] for step in (*paths, *chain)}
    return {
        "model": made.model.name,
        "step": chosen.name,
        "channel": channel,
        "chain": [{"step": s.name, "operation": s.operation, "map": pack(maps[s.name])} for s in chain],
        "paths": [{"step": s.name, "operation": s.operation, "map": pack(maps[s.name])} for s in paths],
        "limit": max(float(np.abs(values).max()) for values in maps.values()),
        "kernels": _kernels(chain[0], channel),
        "words": _weights_in_words(chain[0], channel),
    }


def _kernels(source: Step, channel: int) -> dict[str, Any] | None:
    """The weights with which a convolution makes a channel; None of any other step."""
    module = source.module
    if not isinstance(module, nn.Conv2d):
        return None
    weights = module.weight[channel].float()
    factor = math.prod(edit.factor for edit in source.edits if isinstance(edit, Scaled) and edit.channel == channel)
    return {
        "step": source.name,
        "reads": _reads(source, module, channel),
        "values": _rounded((factor * weights).numpy()),
        "limit": abs(factor) * float(weights.abs().max()),
        "factor": factor,
    }


def _weights_in_words(step: Step, channel: int) -> str:
    module = step.module
    if isinstance(module, nn.Conv2d):
        return _kernel_words(step, channel, module.weight[channel].float(), module.bias)
    if not isinstance(module, nn.Linear):
        return ""
    weights = module.weight[channel].float()
    bias = "" if module.bias is None else f" and the bias {number(float(module.bias[channel]))}"
    return (
        f"{step.name}: a weighted sum of all {len(weights):,} inputs, weights from "
        f"{number(float(weights.min()))} to {number(float(weights.max()))}{bias}."
    )


def _chain(steps: list[Step], chosen: Step) -> list[Step]:
    """The steps that handle the same channel: from the one that made it, through ReLU, pooling and the like."""
    by_name = {step.name: step for step in steps}
    chain = [chosen]
    while chain[0].operation not in MIXING and len(chain[0].inputs) == 1 and chain[0].inputs[0] in by_name:
        chain.insert(0, by_name[chain[0].inputs[0]])
    while True:
        following = next((s for s in steps if chain[-1].name in s.inputs), None)
        if following is None or following.operation in MIXING or following.shape[1] != chosen.shape[1]:
            return chain
        chain.append(following)


def _paths(steps: list[Step], step: Step) -> list[Step]:
    """The steps that an operation such as the add of a residual block puts together, channel by channel; else none."""
    if len(step.inputs) < 2 or step.operation in MIXING:
        return []
    by_name = {each.name: each for each in steps}
    found = [by_name[name] for name in step.inputs if name in by_name]
    return found if all(each.shape[1:2] == step.shape[1:2] for each in found) else []


def _kernel_words(step: Step, channel: int, weights: torch.Tensor, bias: torch.Tensor | None) -> str:
    count, height, width = weights.shape
    added = "" if bias is None else f", then adds the bias {number(float(bias[channel]))}"
    return (
        f"{step.name} makes channel {channel} with {count} kernel{'s' if count > 1 else ''} of {height} × {width}, one "
        f"for each channel it reads: it multiplies each with the values under it, sums everything up{added}."
    )


def _reads(step: Step, module: nn.Conv2d, channel: int) -> list[str]:
    """What each kernel of a channel reads: a colour of the picture, or a channel of the step before."""
    count = module.weight.shape[1]
    if step.inputs[0] == "input" and count == 3:
        return ["red", "green", "blue"]
    first = first_read(module, channel)
    return [f"channel {first + index}" for index in range(count)]


def _rounded(values: np.ndarray) -> list[Any]:
    """As (nested) lists of numbers with five significant digits, which keeps the answer small."""
    exact = values.astype(np.float64)
    with np.errstate(divide="ignore"):
        digits = 4 - np.floor(np.log10(np.abs(exact)))  # behind the point; infinite for 0, which stays as it is
    # Powers of ten up to 22 are exact in float64, so that each result is the number which its five digits spell.
    up, down = 10.0 ** np.clip(digits, 0, 22), 10.0 ** np.clip(-digits, 0, 22)
    return (np.rint(exact * up / down) / up * down).tolist()
