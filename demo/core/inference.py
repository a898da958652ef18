"""The walk that a view shows, and what several tabs ask about its steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from PIL import Image
from torch import Tensor, nn

from demo.core.networks import given, network
from demo.core.view import View
from model_zoo import Model, Step, walk
from model_zoo.common.lru_cache import LRUCache
from model_zoo.graph.edits import Edit, Weight, edited_picture, parse, settle

# Operations whose channel k depends on more than channel k of their input: a chain of "the same channel" ends there.
MIXING = ("convolution", "linear", "flatten", "concatenate")

# Every click asks for another part of the same walk, and a class looks at one example, or each at an own picture.
WALK_BYTES = 192_000_000  # for all networks together: 111 walks of TalkCNN, 35 of a ResNet at 128 pixels


@dataclass(frozen=True)
class _Walk:
    net: nn.Module  # held, so that no other one gets its id
    steps: list[Step]


def _bytes(made: _Walk) -> int:
    """Of the outputs, and of the weights that were copied to be changed for this walk."""
    copies = (step.module for step in made.steps if any(isinstance(edit, Weight) for edit in step.edits))
    return sum(step.output.nbytes for step in made.steps) + sum(module.weight.nbytes for module in copies)


_walks: LRUCache[_Walk] = LRUCache(WALK_BYTES, _bytes)


INPUT_BYTES = 40_000_000  # of pictures, as many as `demo.core.raw_events` keeps, and what networks get of them


@dataclass(frozen=True)
class _Input:
    model: Model  # these two are held, so that no others get their ids
    picture: Image.Image
    x: Tensor


_inputs: LRUCache[_Input] = LRUCache(
    INPUT_BYTES, lambda made: made.x.nbytes + made.picture.width * made.picture.height * len(made.picture.getbands())
)


@dataclass(frozen=True)
class Inference:
    """One pass of a network with the changes that somebody asked for, beside the pass without them."""

    model: Model
    prepared: Tensor  # the input, as the picture was prepared for the network
    x: Tensor  # the input, changed
    steps: list[Step]
    edits: tuple[Edit, ...]  # those that are possible
    refused: tuple[str, ...]  # why the others are not, in sentences
    original: list[Step]  # without any change; `steps` itself where there is none


def walked(view: View, picture: Image.Image | None) -> Inference:
    """The walk of a view's network for a picture, with the view's changes; impossible ones are left out.

    Every walk of the Explore tab is made here.

    Raises:
        UserError: no such model, or no picture; the message is for the user.
    """
    loaded = network(view.model)
    x = _prepared(loaded, given(picture))
    original = _walk(loaded.net, x)
    kept, refused = settle(parse(view.edits, loaded.black), original, x.shape)
    steps = _walk(loaded.net, x, kept) if kept else original
    return Inference(loaded, x, edited_picture(x, kept), steps, kept, refused, original)


def _prepared(model: Model, picture: Image.Image) -> Tensor:
    """As `model.prepare`, kept for the next click: nobody writes into a picture or into an input."""
    return _inputs.get((id(model), id(picture)), lambda: _Input(model, picture, model.prepare(picture))).x


def _walk(net: nn.Module, x: Tensor, edits: Sequence[Edit] = ()) -> list[Step]:
    """As `model_zoo.walk`, kept for who asks for the same picture next; nobody writes into a walk's outputs."""
    key = (id(net), blake2b(x.numpy()).digest(), tuple(edits))
    return _walks.get(key, lambda: _Walk(net, walk(net, x, edits))).steps


def maps(step: Step) -> np.ndarray:
    """A step's values as float32 (channels, height, width); a vector's entries are channels of one value each."""
    values = step.output[0].float()
    return (values if values.dim() == 3 else values.reshape(-1, 1, 1)).numpy()


def maker(steps: list[Step], step: Step) -> Step:
    """The step that made the channels which `step` handles one by one: a convolution or linear layer, mostly."""
    by_name = {each.name: each for each in steps}
    while step.operation not in MIXING and step.inputs and step.inputs[0] in by_name:
        step = by_name[step.inputs[0]]
    return step


def labels(model: Model, steps: list[Step], step: Step) -> list[str]:
    """The class names, if the step's values are the classes' logits; else none."""
    return list(model.classes) if step.is_answer and step.shape[1:] == (len(model.classes),) else []
