"""What several tabs ask about the steps of a walk."""

import numpy as np

from demo.explore import MIXING
from model_zoo import Model, Step


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
