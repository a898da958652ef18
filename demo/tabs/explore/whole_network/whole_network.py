"""What the browser needs to draw all channels of all steps at once, so that hovering asks nothing.

Maps are averaged down and sent with six bits a value, relative to each channel's own largest value; of what a channel
reads, only the inputs that bring most are sent: `model_zoo.explain.contributions` says what that means.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import gradio as gr
import numpy as np
import orjson
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from demo.core.handlers import user_errors
from demo.core.inference import Inference, infer
from demo.core.payloads import is_whole, payload, text, ticket
from demo.core.view import View
from demo.render.html import ALPHABET, pack
from demo.tabs.explore.overview import overview
from demo.tabs.explore.what_if import what_if
from model_zoo import Step
from model_zoo.common.lru_cache import LRUCache
from model_zoo.explain.contributions import Reading, contributions, entries_per_channel
from model_zoo.graph.windows import pair

MOST_OPEN = 24  # steps that are all sent at first; of a longer network only the chosen step's block is unfolded
SIDE = 16  # most rows and columns of a map
PLACES = 16_384  # of all maps of a step together, unless the whole would be too large
MOST_CHARACTERS = 285_000  # of an answer
MOST_READ = 60_000  # of them for what channels read
ABOUT_STEP, ABOUT_CHANNEL, ABOUT_CLASS = 400, 3, 30  # characters for other things than values
READ = 8  # inputs of a channel that are sent at most: those that bring most
MOST_CHANNELS = 12_000  # of the blocks that are open at once, of one block more if need be
MOST_CLASSES = 20  # that have a place at the end
INPUT_SIDE = 32  # of the network's picture
LETTERS = np.frombuffer(ALPHABET, np.uint8)

_made: LRUCache[bytes] = LRUCache(16_000_000, len)  # a class looks at one example


@user_errors
def wanted(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The whole network for the page's picture, or some of its blocks; `blocks` are their numbers."""
    data = payload(event)
    view = View.of_page(text(data, "query") or query, model)
    asked = data.get("blocks")
    blocks = [number for number in asked if is_whole(number)] if isinstance(asked, list) else None
    return orjson.loads(whole(infer(view, picture), view.step, blocks)) | {"ticket": ticket(data)}


def whole(made: Inference, step: str = "", blocks: Sequence[int] | None = None) -> bytes:
    """As `network`, written as JSON and kept for who asks for the same next."""
    opened = opened_blocks(made.steps, step, blocks)
    # Not by the walk itself, which is many times as large and would be held as long as the answer.
    shown = blake2b(made.x.numpy().tobytes()).digest()
    key = (id(made.model.net), shown, made.edits, tuple(sorted(opened)))
    return _made.get(key, lambda: orjson.dumps(network(made, opened)), about=made.model.net)


def opened_blocks(steps: Sequence[Step], chosen: str, asked: Sequence[int] | None) -> set[int]:
    """Numbers of the blocks of which every step is sent.

    Args:
        steps: of a walk.
        chosen: the page's step.
        asked: numbers, of which unknown ones are left out; None: all of a short network, else that of the chosen step.
    """
    known = overview.blocks(steps)
    if asked is not None:
        return _fitting(steps, known, [number for number in asked if number < len(known)])
    if len(steps) <= MOST_OPEN:
        return set(range(len(known)))
    return {number for number, block in enumerate(known) if chosen in block.steps}


def _fitting(steps: Sequence[Step], known: Sequence[overview.Block], asked: Sequence[int]) -> set[int]:
    """The blocks asked for last, with as many before them as have room in one answer."""
    channels = {step.name: step.shape[1] for step in steps}
    room, opened = MOST_CHANNELS, set[int]()
    for number in reversed(asked):
        room -= sum(channels[name] for name in known[number].steps)
        if opened and room < 0:
            break
        opened.add(number)
    return opened


def network(made: Inference, opened: set[int]) -> dict[str, Any]:
    """All steps of the opened blocks, and the last step of every other one.

    Returns:
        `model`; `key`: as the What-if bar's; `open`: the blocks' numbers; `input`: the picture as the network gets it,
        0 to 1, packed as `demo.render.html.pack` says; `answer`: name of the step with the classes' logits, "" for
        none; `classes` and their `probabilities`; `likeliest`: numbers of those that have a place at the end;
        `columns`: by step, see `_column`.
    """
    steps = made.steps
    by_name = {step.name: step for step in steps}
    lists = [b.steps if n in opened else b.steps[-1:] for n, b in enumerate(overview.blocks(steps))]
    shown = [by_name[name] for names in lists for name in names]
    entries = entries_per_channel(steps, made.x)
    readings = contributions(steps, made.x, {step.name for step in shown})
    rows = sum(step.shape[1] for step in shown if any(r.matrix is not None for r in readings[step.name]))
    most = max(2, min(READ, MOST_READ // (3 * max(rows, 1))))
    named = ABOUT_CLASS * len(made.model.classes)
    places = _places(shown, MOST_CHARACTERS - 3 * most * rows - named)
    columns = {s.name: _column(s, places, entries[s.name], readings[s.name], most) for s in shown}
    is_logits = made.is_logit(made.answer)
    return {
        "model": made.model.name,
        "key": what_if.key(made),
        "open": sorted(opened),
        "input": pack(_input(made), bits=8),
        "answer": made.answer.name if is_logits else "",
        "classes": list(made.model.classes) if is_logits else [],
        "likeliest": _likeliest(made) if is_logits else [],
        "probabilities": [round(p, 6) for p in made.logits.double().softmax(0).tolist()] if is_logits else [],
        "columns": columns,
    }


def _likeliest(made: Inference) -> list[int]:
    """All classes in their order, or of many the likeliest, the first first."""
    count = len(made.model.classes)
    return list(range(count)) if count <= MOST_CLASSES else made.logits.topk(MOST_CLASSES).indices.tolist()


def _input(made: Inference) -> np.ndarray:
    """The network's picture as it is shown, 0 to 1, averaged down: float32 (3, height, width)."""
    levels = np.asarray(made.model.picture(made.x).convert("RGB"), np.float32).transpose(2, 0, 1) / 255
    return _averaged(torch.from_numpy(levels.copy()), INPUT_SIDE).numpy()


def _places(shown: Sequence[Step], most: int) -> int:
    """How many values of a step's maps together are sent, so that all steps together have `most` characters."""
    most -= sum(ABOUT_STEP + ABOUT_CHANNEL * (step.shape[1] if len(step.shape) == 4 else 1) for step in shown)
    places = PLACES
    while places > 64 and sum(_side(step, places) ** 2 * step.shape[1] for step in shown) > most:
        places = int(0.8 * places)
    return places


def _side(step: Step, places: int) -> int:
    """Rows and columns to which a step's maps are averaged down, if they have more."""
    if len(step.shape) != 4:
        return 1
    return min(SIDE, max(step.shape[2:]), max(2, math.isqrt(places // step.shape[1])))


def _column(step: Step, places: int, entries: int, readings: Sequence[Reading], most: int) -> dict[str, Any]:
    """One step: its channels, and what they read.

    Returns:
        `channels`; `entries`: of the step's vector that make one channel; `maps`: of each channel, packed, relative to
        `peaks`, the largest absolute value of each, packed as (channels, 1, 1); `peaks` is None of single values,
        which are as they are; `reads`: see `_read`.
    """
    values = step.output[0].float()
    values = _averaged(values, _side(step, places)) if values.dim() == 3 else values.reshape(-1, 1, entries)
    maps = values.numpy()
    packed, peaks = pack(maps, bits=8), None
    if maps.shape[1] * maps.shape[2] > 1:
        peaks = np.abs(maps).max(axis=(1, 2), keepdims=True)
        packed = pack(maps / np.where(peaks > 0, peaks, 1), bits=6)
    return {
        "channels": len(maps),
        "entries": entries,
        "maps": packed,
        "peaks": None if peaks is None else pack(peaks, bits=16),
        "reads": [_read(reading, most) for reading in readings],
    }


def _averaged(values: Tensor, side: int) -> Tensor:
    places = pair(min(side, n) for n in values.shape[1:])
    with torch.inference_mode():
        return values if places == values.shape[1:] else functional.adaptive_avg_pool2d(values, places)


def _read(reading: Reading, most: int) -> dict[str, Any]:
    """What a step's channels read of one source.

    Returns:
        `source`: a step, or "input"; `channels`: of it; `first`: where `top` is None, channel `first` + k reads channel
        k alone; `amounts`: in a sum of steps, what channel k of the source brings, packed, else None;
        `top`: for each channel the `each` inputs that bring most, largest first, three characters of base64 for each:
        two for the input's number, one for what it brings, -31 to 31, the 32nd for 0, relative to the largest; and
        `share`: what the largest is of all inputs' sizes together, 0 to 1, packed.
    """
    found: dict[str, Any] = {
        "source": reading.source,
        "channels": reading.channels,
        "first": reading.first,
        "amounts": None if reading.amounts is None else pack(reading.amounts[:, None, None], bits=16),
        "top": None,
    }
    if reading.matrix is None:
        return found
    return found | _top(reading.matrix, min(most, reading.channels))


def _top(matrix: np.ndarray, each: int) -> dict[str, Any]:
    sizes = np.abs(matrix)
    most, places = torch.from_numpy(sizes).topk(each, dim=1)
    numbers, largest = places.numpy(), most.numpy()[:, :1]
    values = np.take_along_axis(matrix, numbers, 1)
    relative = np.rint(31 * values / np.where(largest > 0, largest, 1)).astype(int)
    letters = np.stack([numbers // 64 % 64, numbers % 64, relative + 32], axis=-1)
    totals = sizes.sum(1, keepdims=True)
    share = largest / np.where(totals > 0, totals, 1)
    return {
        "top": LETTERS[letters.ravel()].tobytes().decode("ascii"),
        "each": each,
        "share": pack(share[:, :, None], 8),
    }
