"""What each step of a pass alone would answer: linear probes, read one after the other.

    readings = lens(walk(model.net, model.prepare(picture)), read(model.folder, model.card))
    [(reading.step, model.classes[reading.label]) for reading in readings]      # [('conv1', 'ship'), ...]

A linear probe is a softmax regression from a step's features to the classes, fitted after the training by
`python -m train probe`; the network itself is left as it is. How well it does says how much of the classes can be told
from that step by a weighted sum, not that the network uses it so.

Source: G. Alain, Y. Bengio: "Understanding intermediate layers using linear classifier probes", arXiv 1610.01644, 2016.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from model_zoo.graph.step import Step
from model_zoo.model import Probe

MOST_FEATURES = 4096  # of a step; one with more has no probe, whose file would be larger than what it tells


@dataclass(frozen=True)
class Reading:
    """What one step alone would answer for one picture."""

    step: str
    label: int  # number of the class with the largest probability
    probabilities: tuple[float, ...]  # of the classes, in their order; they sum to 1
    accuracy: float  # how often such readings of this step are right on the test pictures, 0..1


def features(steps: Sequence[Step]) -> dict[str, Tensor]:
    """What a probe reads of each step: of a feature map the mean of every channel, of a vector its values.

    The mean over all places (global average pooling) makes as many features of a map as it has channels, so that early
    and late steps are read in the same way, and says what there is, not where. A flattened map is read as the map is,
    whose values it holds: a probe of all of them would have as many weights as a layer of the network.

    Args:
        steps: of a walk with any number N of pictures.

    Returns:
        Float32 (N, features) by the step's name. Steps with other shapes, or with more than `MOST_FEATURES`, are
        missing.
    """
    outputs, found = {step.name: step.output for step in steps}, {}
    for step in steps:
        values = step.output
        flattened = outputs.get(step.inputs[0]) if step.operation == "flatten" and step.inputs else None
        if flattened is not None and flattened.dim() == 4:
            values = flattened
        if values.is_floating_point() and values.dim() in (2, 4) and 0 < values.shape[1] <= MOST_FEATURES:
            found[step.name] = (values.mean((2, 3)) if values.dim() == 4 else values).float()
    return found


@torch.inference_mode()
def lens(steps: Sequence[Step], probes: Mapping[str, Probe]) -> list[Reading]:
    """What each step that has a probe says of a picture, in the order of the steps.

    Args:
        steps: a walk with one picture, perhaps with edits: the probes are always those of the network without them.
        probes: by the step's name.

    Raises:
        ValueError: a probe reads another number of features than its step has.
    """
    read, names, logits = features(steps), [], []
    for step in steps:
        probe, values = probes.get(step.name), read.get(step.name)
        if probe is None or values is None:
            continue
        if probe.weight.shape[1] != values.shape[1]:
            raise ValueError(
                f"The probe of {step.name} reads {probe.weight.shape[1]} features, and the step has {values.shape[1]}."
            )
        names.append(step.name)
        logits.append(torch.addmv(probe.bias, probe.weight, values[0]))
    if not names:
        return []
    shares = torch.stack(logits).double().softmax(1)
    found = zip(names, shares.argmax(1).tolist(), shares.tolist(), strict=True)
    return [Reading(name, label, tuple(each), probes[name].accuracy) for name, label, each in found]
