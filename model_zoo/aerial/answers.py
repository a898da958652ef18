"""The answers for a batch of windows, out of one walk: probabilities, whether they are familiar, and features."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from model_zoo.graph.step import Step
from model_zoo.graph.walk import answer, walk
from model_zoo.model import Model, logits
from model_zoo.trust.judgement import FALSE_ALARMS
from model_zoo.trust.readings import read, taps

WALKED = 8  # windows in one walk, which keeps every map


@torch.inference_mode()
def answered(
    model: Model, inputs: Tensor, features: bool, false_alarms: float = FALSE_ALARMS
) -> tuple[np.ndarray, list[bool] | None, np.ndarray | None]:
    """Probabilities, float64 (N, classes), as the network gives them; which windows it finds unfamiliar, None where it
    cannot judge, or its judge cannot tell; and their features, (N, D), None where they are not wanted or not there.

    Args:
        false_alarms: the share of known windows that may be called unfamiliar, between 0 and 1.
    """
    if model.trust is None and not features:
        return logits(model.net, inputs).double().softmax(dim=1).numpy(), None, None
    values: list[Tensor] = []
    unfamiliar: list[bool | None] = []
    kept: list[Tensor] = []
    for part in inputs.split(WALKED):
        steps = walk(model.net, part)
        values.append(answer(steps).output.double().softmax(dim=1))
        unfamiliar += [each.is_unfamiliar for each in model.judgements(part, steps, false_alarms)]
        if features and (found := _features(model, part, steps)) is not None:
            kept.append(found)
    known = [each for each in unfamiliar if each is not None]
    taken = torch.cat(kept).numpy().astype(np.float16) if kept else None
    return torch.cat(values).numpy(), known if len(known) == len(unfamiliar) else None, taken


def _features(model: Model, inputs: Tensor, steps: Sequence[Step]) -> Tensor | None:
    """What the last layer takes, float32 (N, D); None where the network has no such layer."""
    try:
        places = taps(steps) if model.trust is None else model.trust.taps
        return read(inputs, steps, replace(places, depths=())).features
    except ValueError:
        return None
