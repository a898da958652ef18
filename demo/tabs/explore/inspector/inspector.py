"""How one value came about, and a window on its way over the maps: what the browser needs to show both."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor, nn

from demo.core.inference import Inference, first_read
from demo.errors import UserError
from demo.render.html import floats, pack
from model_zoo import Model, Step
from model_zoo.explain.sums import (
    Decimals,
    Explanation,
    Term,
    UnknownOperation,
    adds_up,
    back,
    chain_digits,
    explain,
    probability,
    shown,
    words,
)
from model_zoo.explain.sums.explanation import WITHOUT
from model_zoo.explain.sums.rounding import plain
from model_zoo.graph.edits import Scaled
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.position import Position
from model_zoo.graph.step import Edit
from model_zoo.graph.windows import geometry, pair

BUDGET = 200_000  # integers of maps that are sent for a film: under 300 kB


def inspect(made: Inference, position: Position) -> dict[str, Any]:
    """The calculation of one value and of those that it comes from alone.

    Returns:
        `model`, `position`; `chain`: explanations as `explained` gives them, the asked value first, then the one that
        it comes from, and so on; `softmax`: of a logit, all logits with their labels and what `sums.probability` says
        of this one, else None. Of an operation that is not known, only `model`, `position` and `message`.

    Raises:
        UserError: no such step or value.
    """
    answer = {"model": made.model.name, "position": list(position)}
    try:
        chain = back(made.steps, made.x, explain(made.steps, made.x, *position))
    except UnknownOperation as error:
        return answer | {"message": str(error)}
    except ValueError as error:
        raise UserError(str(error)) from error
    is_logit = position.step == made.answer.name and made.is_logit(made.answer)
    label = made.model.classes[position.channel] if is_logit else ""
    decimals = chain_digits(chain)
    found = [
        explained(one, both, "" if index else label, made.edits)
        for index, (one, both) in enumerate(zip(chain, decimals, strict=True))
    ]
    if chain[-1].position.step == INPUT:
        found[-1]["words"] = _of_the_picture(made.model, chain[-1], decimals[-1])
    return answer | {"chain": found, "softmax": _softmax(made, position.channel) if is_logit else None}


def _of_the_picture(model: Model, found: Explanation, decimals: Decimals) -> str:
    """What a value of the picture is, and how `model.prepare` made it of a pixel."""
    channel, preprocessing = found.position.channel, model.card["preprocessing"]
    mean, sd = preprocessing["mean"][channel], preprocessing["std"][channel]
    pixel = 255 * (found.value * sd + mean)
    said, value = words(found, decimals).removesuffix("."), shown(found.total, decimals.total)
    level = f"{round(pixel)} of 255" if abs(pixel - round(pixel)) < 0.01 else f"{shown(pixel, 2)} of 255"
    if mean == 0 and sd == 1:
        return f"{said}. The pixel has {level}: {level.split()[0]} ÷ 255 = {value}."
    share = shown(pixel / 255, decimals.total + 3)
    return (
        f"{said}. The pixel has {level}, which is {share}; minus the mean {plain(mean)} and divided by the standard "
        f"deviation {plain(sd)}, as this network was trained, that is {value}."
    )


def explained(found: Explanation, decimals: Decimals, label: str, changes: Sequence[Edit] = ()) -> dict[str, Any]:
    """An explanation as JSON.

    Args:
        found: the explanation.
        decimals: with which its numbers are shown.
        label: the class that the value is the logit of; "" for any other value.
        changes: those of the pass.

    Returns:
        `position` [step, channel, row, column], `shape`, `operation`, `kind`, `numbers`, `main` as in Explanation;
        `value`: what the tensor holds, `total`: what the calculation gives, `difference`: of the two; `adds`: whether
        they are the same number, by `sums.adds_up`; `decimals`: [of the terms, of the total];
        `is_without`: whether it is the calculation without the change of its channel, which no tensor holds; `words`;
        `changed`: the changes to the step or picture that are in its numbers, in words; `parts`: the terms that read
        patches of one shape, together, or None; `others`: the other terms.
    """
    parts = [term for term in found.terms if _is_part(found, term)]
    return {
        "position": list(found.position),
        "shape": list(found.shape),
        "operation": found.operation,
        "kind": found.kind,
        "numbers": found.numbers,
        "main": list(found.main) if found.main else None,
        "value": _finite(found.value),
        "total": _finite(found.total),
        "difference": _finite(abs(found.total - found.value)),
        "adds": adds_up(found),
        "decimals": list(decimals),
        "is_without": found.is_without,
        "words": words(found, decimals, label),
        "changed": [edit.words for edit in changes if _concerns(edit, found)],
        "parts": _parts(found, parts) if parts else None,
        "others": [_other(term) for term in found.terms if not _is_part(found, term)],
    }


def _concerns(edit: Edit, found: Explanation) -> bool:
    """Whether a change is in a value's numbers without being one of them: a weight, a path, the picture itself.

    The factor of a channel is one of them, and so told with them.
    """
    if edit.target != found.position.step or isinstance(edit, Scaled):
        return False
    return getattr(edit, "channel", found.position.channel) == found.position.channel


def _is_part(found: Explanation, term: Term) -> bool:
    """Whether the term is one of many alike: of a convolution, linear layer, softmax, pool or mean."""
    many = found.without is None and (found.window is not None or found.operation in ("linear", "softmax"))
    return many and bool(term.source)


def _parts(found: Explanation, terms: Sequence[Term]) -> dict[str, Any]:
    """`values` and `weights`: float32 (parts, rows, columns) in base64; `sums`: what each part brings in."""
    window = terms[0].window
    whole = found.window if found.window is not None and terms[0].window is not found.window else None
    if whole is not None:  # a pool's terms are the places of one window
        window, values, channels = whole, np.stack([term.values for term in terms]), [terms[0].channel]
        sums, weights = [], None
    else:
        values, channels = np.stack([term.values for term in terms]), [term.channel for term in terms]
        sums = [_finite(term.value) for term in terms]
        given = [term.weights for term in terms if term.weights is not None]
        weights = np.stack(given) if len(given) == len(terms) else None
    return {
        "source": terms[0].source,
        "channels": channels,
        "rows": list(window.rows),
        "columns": list(window.columns),
        "grid": list(window.grid),
        "sources": [list(places) for places in window.sources],  # -1: padding that holds no value of the map
        "entries": window.mode == "vector",
        "values": floats(values),
        "weights": None if weights is None else floats(weights),
        "sums": sums,
    }


def _other(term: Term) -> dict[str, Any]:
    # What an edit multiplies has the place of the value itself: there is nothing to go back to.
    is_elsewhere = term.source and term.name != WITHOUT
    place = [term.source, term.channel, term.window.rows[0], term.window.columns[0]] if is_elsewhere else None
    weight = None if term.weights is None else _finite(float(term.weights.ravel()[0]))
    return {"name": term.name, "value": _finite(term.value), "place": place, "factor": weight}


def _softmax(made: Inference, entry: int) -> dict[str, Any]:
    found = probability(made.steps, entry)
    return {
        "labels": list(made.model.classes),
        "logits": [_finite(value) for value in made.logits.double().tolist()],
        "entry": entry,
        "value": found.value,
        "adds": adds_up(found),
        "words": words(found, label=made.model.classes[entry]),
    }


def film(made: Inference, step: str, channel: int) -> dict[str, Any]:
    """What a browser needs to let the window of a step slide over the maps before it.

    Returns:
        `step`, `channel`; `kind`: "weighted", "max", "mean" or "point"; `source`: the step that is read; `inputs`: its
        maps, packed, from channel `first` on; `all`: whether these are all that the values are made of; `weights`:
        float32 (maps, rows, columns) in base64 or None, `bias`; `kernel`, `stride`, `padding`, `dilation`: pairs
        (vertical, horizontal). Or only `step`, `channel` and `message`: why there is nothing to play.

    Raises:
        UserError: no such step or channel.
    """
    loaded, x, steps = made.model, made.x, made.steps
    named = {one.name: one for one in steps}
    if step not in named or not 0 <= channel < named[step].shape[1]:
        raise UserError(f"{loaded.title} has no such step and channel.")
    asked = named[step]
    answer = {"model": loaded.name, "step": step, "channel": channel}
    source = (x if asked.inputs[0] == INPUT else named[asked.inputs[0]].output) if len(asked.inputs) == 1 else None
    if source is None or source.dim() != 4 or len(asked.shape) != 4:
        return answer | {"message": f"{step} has no window that moves over one map: there is nothing to play."}
    factor = math.prod(edit.factor for edit in asked.edits if isinstance(edit, Scaled) and edit.channel == channel)
    if factor != 1 and asked.operation != "convolution":
        return answer | {
            "message": f"The change of channel {channel} of {step} is no part of its window: undo it to play."
        }
    scene = _scene(asked, source[0], channel, factor)
    if scene is None:
        return answer | {"message": f"How the window of {step} ({asked.operation}) moves is not known."}
    return answer | {"source": asked.inputs[0]} | scene


KINDS = {"convolution": "weighted", "max pool": "max", "average pool": "mean"}


def _scene(step: Step, maps: Tensor, channel: int, factor: float) -> dict[str, Any] | None:
    """`factor`: what a change multiplies the channel of a convolution by; its weights and bias then hold it."""
    kind = KINDS.get(step.operation, "point")
    weights, bias, first = None, 0.0, channel
    if kind == "point":
        if tuple(maps.shape) != tuple(step.shape[1:]):
            return None
        window: dict[str, Any] = {"kernel": [1, 1], "stride": [1, 1], "padding": [0, 0], "dilation": [1, 1]}
    else:
        found = geometry(step, pair(maps.shape[1:]))
        if found is None or found.mode != "zeros":
            return None
        window = {key: list(getattr(found, key)) for key in ("kernel", "stride", "padding", "dilation")}
    if kind == "weighted":
        module = step.module
        if not isinstance(module, nn.Conv2d):
            return None
        weights = factor * module.weight[channel].detach().float().numpy()
        bias = 0.0 if module.bias is None else factor * float(module.bias[channel])
        first = first_read(module, channel)
    count = 1 if weights is None else len(weights)
    complete = weights is None or count * maps[0].numel() <= BUDGET
    if weights is not None and not complete:  # one map, the one with the largest weights
        best = int(np.abs(weights).sum(axis=(1, 2)).argmax())
        weights, first, count = weights[best : best + 1], first + best, 1
    return window | {
        "kind": kind,
        "operation": step.operation,
        "first": first,
        "inputs": pack(maps[first : first + count].float().numpy()),
        "all": complete,
        "weights": None if weights is None else floats(weights),
        "bias": bias,
    }


def _finite(value: float) -> float | None:
    """JSON has no infinities."""
    return value if np.isfinite(value) else None
