"""The place of one value in a network: which step, channel, row and column."""

import math
import operator
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Position(NamedTuple):
    """One value of one step, or of the picture (`step.INPUT`); of the first picture where there are several.

    Values that are neither maps (N, channels, rows, columns) nor a vector (N, entries), such as (N, places, channels),
    are counted as the entries of a vector, the last dimension first.
    """

    step: str
    channel: int  # of a vector: which entry
    row: int = 0  # 0 in a vector
    column: int = 0


def is_map(shape: Sequence[int]) -> bool:
    """Whether an output of that shape has channels, rows and columns."""
    return len(shape) == 4


def index_of(position: Position, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Where the value stands in the step's output: (0, channel, row, column), in a vector (0, channel).

    Args:
        position: of the value.
        shape: of the output, (N, channels, rows, columns), (N, entries) or any other with at least two dimensions.

    Raises:
        ValueError: the output has no such value; the message is a sentence.
    """
    if len(shape) < 2:
        raise ValueError(f"{position.step} has one value for each picture, or none: its shape is {tuple(shape)}.")
    sizes = shape[1:] if is_map(shape) else (math.prod(shape[1:]), 1, 1)
    wanted = []
    for word, number, size in zip(("channel", "row", "column"), position[1:], sizes, strict=True):
        try:
            wanted.append(operator.index(number))
        except TypeError:
            raise ValueError(f"The {word} of a value is a whole number, not {number!r}.") from None
        if not 0 <= wanted[-1] < size:
            has = f"{word}s 0 to {size - 1}" if size > 1 else f"{word} 0 only"
            raise ValueError(f"{position.step} has {has}; there is no {word} {wanted[-1]}.")
    if is_map(shape):
        return (0, *wanted)
    return (0, *(int(i) for i in np.unravel_index(wanted[0], shape[1:])))


def position_at(step: str, index: Sequence[int], shape: Sequence[int]) -> Position:
    """The reverse of `index_of`."""
    if is_map(shape):
        return Position(step, *(int(i) for i in index[1:]))
    return Position(step, int(np.ravel_multi_index(tuple(index[1:]), tuple(shape[1:]))))
