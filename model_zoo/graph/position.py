"""The place of one value in a network: which step, channel, row and column."""

import operator
from typing import NamedTuple


class Position(NamedTuple):
    """One value of one step, or of the picture (`naming.INPUT`); of the first picture where there are several."""

    step: str
    channel: int  # of a vector: which entry
    row: int = 0  # 0 in a vector
    column: int = 0


def index_of(position: Position, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Where the value stands in the step's output: (0, channel, row, column), in a vector (0, channel).

    Args:
        position: of the value.
        shape: of the output, (N, channels, rows, columns) or (N, entries).

    Raises:
        ValueError: the output is neither maps nor a vector, or has no such value; the message is a sentence.
    """
    if len(shape) not in (2, 4):
        raise ValueError(
            f"The values of {position.step} are neither maps nor a vector but have the shape {tuple(shape)}."
        )
    sizes = (*shape[1:], 1, 1)[:3]
    wanted = []
    for word, number, size in zip(("channel", "row", "column"), position[1:], sizes, strict=True):
        try:
            wanted.append(operator.index(number))
        except TypeError:
            raise ValueError(f"The {word} of a value is a whole number, not {number!r}.") from None
        if not 0 <= wanted[-1] < size:
            has = f"{word}s 0 to {size - 1}" if size > 1 else f"{word} 0 only"
            raise ValueError(f"{position.step} has {has}; there is no {word} {wanted[-1]}.")
    return (0, *wanted[: len(shape) - 1])


def position_at(step: str, index: tuple[int, ...]) -> Position:
    """The reverse of `index_of`."""
    return Position(step, *(int(i) for i in index[1:]))
