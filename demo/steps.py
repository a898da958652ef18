"""The walk that a view shows, and what several tabs ask about its steps."""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from torch import Tensor

from demo.networks import given, network
from demo.view import View
from model_zoo import Model, Step, walk
from model_zoo.edits import Edit, edited_picture, parse, settle

# Operations whose channel k depends on more than channel k of their input: a chain of "the same channel" ends there.
MIXING = ("convolution", "linear", "flatten", "concatenate")


@dataclass(frozen=True)
class Walked:
    """One pass of a network with the changes that somebody asked for, beside the pass without them."""

    model: Model
    x: Tensor  # the input, changed
    steps: list[Step]
    edits: tuple[Edit, ...]  # those that are possible
    refused: tuple[str, ...]  # why the others are not, in sentences
    original: list[Step]  # without any change; `steps` itself where there is none


def walked(view: View, picture: Image.Image | None) -> Walked:
    """The walk of a view's network for a picture, with the view's changes; impossible ones are left out.

    Every walk of the Explore tab is made here.

    Raises:
        ForUser: no such model, or no picture; the message is for the user.
    """
    loaded = network(view.model)
    x = loaded.prepare(given(picture))
    original = walk(loaded.net, x)
    kept, refused = settle(parse(view.edits, loaded.black), original, x.shape)
    steps = walk(loaded.net, x, kept) if kept else original
    return Walked(loaded, edited_picture(x, kept), steps, kept, refused, original)


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
    return list(model.classes) if step is steps[-1] and step.shape[1:] == (len(model.classes),) else []
