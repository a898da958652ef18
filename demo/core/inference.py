"""Inference: one picture, prepared once and run once; every view of it takes the same value."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b

import numpy as np
from PIL import Image
from torch import Tensor, nn

from demo.core.networks import given, network
from demo.core.view import View
from model_zoo import Model, Step, walk
from model_zoo.common.lru_cache import LRUCache
from model_zoo.common.memory import KEPT
from model_zoo.graph.edits import Edit, Weight, edited_picture, parse, settle
from model_zoo.graph.step import answer
from model_zoo.trust.judgement import FALSE_ALARMS, Judgement

# Operations whose channel k depends on more than channel k of their input: a chain of "the same channel" ends there.
MIXING = ("convolution", "linear", "flatten", "concatenate")

# Every click asks for another part of the same walk, and a class looks at one example, or each at an own picture.
WALK_BYTES = 192_000_000  # for all networks together: 111 walks of TalkCNN, 35 of a ResNet at 128 pixels
INPUT_BYTES = 40_000_000  # of pictures, as many as `demo.core.uploads` keeps, and what networks get of them


@dataclass(frozen=True)
class Inference:
    """One pass of a network with the changes that somebody asked for, beside the pass without them."""

    model: Model
    picture: Image.Image  # as it was decoded
    prepared: Tensor  # the input, float32 (1, 3, size, size), as the picture was prepared for the network
    x: Tensor  # the input, changed
    steps: list[Step]
    edits: tuple[Edit, ...]  # those that are possible
    refused: tuple[str, ...]  # why the others are not, in sentences
    original: list[Step]  # without any change; `steps` itself where there is none
    seconds: float  # for preparing the picture and the pass without changes, when they were made
    false_alarms: float = FALSE_ALARMS  # the share of known pictures that may be called unfamiliar

    @property
    def logits(self) -> Tensor:
        """The answer, float32 (classes,): bit for bit what the network gives when it is called."""
        return self.answer.output[0]

    @property
    def original_logits(self) -> Tensor:
        """The answer without the changes, float32 (classes,)."""
        return answer(self.original).output[0]

    @property
    def answer(self) -> Step:
        """The step whose output is what the network returns."""
        return answer(self.steps)

    @cached_property
    def judgement(self) -> Judgement:
        """How far the answer without the changes can be trusted; no further pass."""
        return self.model.judgements(self.prepared, self.original, self.false_alarms)[0]

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """(class, probability) of the answer, most probable first; the probabilities sum to 1."""
        return ranked(self.model, self.logits)

    def is_logit(self, step: Step) -> bool:
        """Whether the step's values are the classes' logits."""
        return step is self.answer and step.shape[1:] == (len(self.model.classes),)

    def labels(self, step: Step) -> list[str]:
        """The class names, if the step's values are the classes' logits; else none."""
        return list(self.model.classes) if self.is_logit(step) else []


def ranked(model: Model, logits: Tensor) -> list[tuple[str, float]]:
    """(class, probability), most probable first, of logits (classes,)."""
    probabilities = logits.double().softmax(0).tolist()
    return sorted(zip(model.classes, probabilities, strict=True), key=lambda pair: -pair[1])


def infer(view: View, picture: Image.Image | None, keep: bool = True) -> Inference:
    """The pass of a view's network for a picture, with the view's changes; impossible ones are left out.

    Raises:
        UserError: no such model, or no picture; the message is for the user.
    """
    made = run(network(view.model), given(picture), view.edits, keep)
    return made if view.false_alarms is None else replace(made, false_alarms=view.false_alarms)


def run(model: Model, picture: Image.Image, edits: str = "", keep: bool = True) -> Inference:
    """The pass of a network for a picture, RGB of any size, which nobody may change afterwards.

    What was worked out lately is not worked out again: the picture's input, nor the pass of the same input.

    Args:
        keep: False for a picture that nobody will ask about again, which must not take the place of others.
    """
    made = _prepared(model, picture, keep)
    original = _walked(model.net, made, (), keep)
    kept, refused = settle(parse(edits, model.black), original.steps, made.x.shape)
    steps = _walked(model.net, made, kept, keep).steps if kept else original.steps
    seconds = made.seconds + original.seconds
    x = edited_picture(made.x, kept)
    return Inference(model, picture, made.x, x, steps, kept, refused, original.steps, seconds)


@dataclass(frozen=True)
class _Input:
    picture: Image.Image  # held, so that no other one gets its id
    x: Tensor
    digest: bytes  # of x
    seconds: float


def _input_bytes(made: _Input) -> int:
    return made.x.nbytes + made.picture.width * made.picture.height * len(made.picture.getbands())


_inputs: LRUCache[_Input] = LRUCache(INPUT_BYTES, _input_bytes)


def _prepared(model: Model, picture: Image.Image, keep: bool) -> _Input:
    """As `model.prepare`, kept for the next click: nobody writes into a picture or into an input."""

    def make() -> _Input:
        start = time.perf_counter()
        x = model.prepare(picture)
        return _Input(picture, x, blake2b(x.numpy().data).digest(), time.perf_counter() - start)

    return _inputs.get((id(model), id(picture)), make, about=model) if keep else make()


@dataclass(frozen=True)
class _Walk:
    steps: list[Step]
    seconds: float


def _walk_bytes(made: _Walk) -> int:
    """Of the outputs, and of the weights that were copied to be changed for this walk."""
    changed = (step.module for step in made.steps if any(isinstance(edit, Weight) for edit in step.edits))
    copies = sum(each.nbytes for module in changed if module is not None for each in module.parameters())
    return sum(step.output.nbytes for step in made.steps) + copies


_walks: LRUCache[_Walk] = LRUCache(WALK_BYTES, _walk_bytes, KEPT)


def _walked(net: nn.Module, made: _Input, edits: Sequence[Edit], keep: bool) -> _Walk:
    """As `model_zoo.walk`, kept for who asks for the same picture next; nobody writes into a walk's outputs."""

    def make() -> _Walk:
        start = time.perf_counter()
        steps = walk(net, made.x, edits)
        return _Walk(steps, time.perf_counter() - start)

    return _walks.get((id(net), made.digest, tuple(edits)), make, about=net) if keep else make()


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


def opening_step(steps: list[Step]) -> Step:
    """The step to look at where nobody has named one: the first convolution or linear layer that was trained.

    What comes before it, such as zeros put around the picture, has nothing to show.
    """
    trained = [step for step in steps if step.parameters]
    return next((step for step in trained if step.operation in ("convolution", "linear")), (*trained, steps[0])[0])


def first_read(convolution: nn.Conv2d, channel: int) -> int:
    """The first of the channels that a channel is made of; with groups that is not always channel 0."""
    return channel // (convolution.out_channels // convolution.groups) * convolution.weight.shape[1]
