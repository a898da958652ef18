"""Normalisations that take mean and variance from the very values that they normalise."""

from collections.abc import Iterable

from model_zoo.graph.step import Step


def uses_batch_statistics(step: Step) -> bool:
    """Whether a batch norm normalises with mean and variance of this pass, though the network is in eval mode.

    Then each of its values depends on the whole map, and on all pictures that are run at once.
    """
    if step.operation != "batch norm":
        return False
    if step.option("running_mean") is None or step.option("running_var") is None:
        return True
    return step.module is None and bool(step.option("training", False))


def mixes_pictures(steps: Iterable[Step]) -> bool:
    """Whether what a network makes of a picture depends on which others are run with it."""
    return any(map(uses_batch_statistics, steps))
