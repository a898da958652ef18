"""Residual blocks: where a network adds to a value what some of its steps make of it, found in the graph alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from model_zoo.graph.step import INPUT, Step

SKIP, BRANCH = "skip", "branch"


@dataclass(frozen=True)
class Residual:
    """An add whose two operands come from one value on two paths."""

    add: str  # name of the step that joins them
    fork: str  # the step after which the paths part; "input" for the network's input
    branch: tuple[str, ...]  # the steps of the path with more trained numbers, in order
    skip: tuple[str, ...]  # those of the other path: none, or only a change of shape such as a 1x1 convolution

    def end(self, path: str) -> str:
        """The step whose output a path, SKIP or BRANCH, brings to the add."""
        steps = self.skip if path == SKIP else self.branch
        return steps[-1] if steps else self.fork


def residual_blocks(steps: Sequence[Step]) -> dict[str, Residual]:
    """The residual adds of a walk by name, in order.

    An add of two steps counts where both come from one earlier step, and one path has more trained numbers than the
    other. The fork is the latest such step, so that the paths share nothing.
    """
    order = {INPUT: -1} | {step.name: index for index, step in enumerate(steps)}
    parameters = {step.name: step.parameters for step in steps}
    before: dict[str, set[str]] = {INPUT: {INPUT}}  # a step and all that it depends on
    blocks = {}
    for step in steps:
        before[step.name] = {step.name}.union(*(before[name] for name in step.inputs))
        if step.operation != "add" or len(step.inputs) != 2:
            continue
        first, second = (before[name] for name in step.inputs)
        if not first & second:
            continue
        fork = max(first & second, key=order.__getitem__)
        paths = [
            tuple(sorted((n for n in path if n != fork and fork in before[n]), key=order.__getitem__))
            for path in (first, second)
        ]
        weights = [sum(parameters[name] for name in path) for path in paths]
        if weights[0] != weights[1]:
            skip, branch = paths if weights[0] < weights[1] else reversed(paths)
            blocks[step.name] = Residual(step.name, fork, branch, skip)
    return blocks
