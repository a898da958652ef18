"""How much a network may hold and work, counted while it is read."""

import math
from collections.abc import Sequence

from model_zoo.onnx_graph.limits import MOST_CONSTANT, MOST_IN_ALL, MOST_PRODUCTS, MOST_VALUES, MOST_WEIGHTS, OnnxError


class Budget:
    """What was used so far; each method raises `OnnxError` where that is too much."""

    def __init__(self) -> None:
        self._weights = self._values = self._products = 0

    def add_weights(self, count: int) -> None:
        """A weight of so many numbers is used; one that two operations use counts twice."""
        self._weights += count
        if self._weights > MOST_WEIGHTS:
            raise OnnxError(f"The network has more than {MOST_WEIGHTS / 1e6:.0f} million weights.")

    def add_values(self, words: str, count: float) -> None:
        """An operation makes so many values of one picture."""
        size = math.ceil(count)
        self._values += size
        if size > MOST_VALUES or self._values > MOST_IN_ALL:
            raise OnnxError(
                f"{words} makes {size:,} values of one picture, {self._values:,} with those before it: too many."
            )

    def add_products(self, count: float) -> None:
        """So many multiplications for one picture."""
        self._products += math.ceil(count)
        if self._products > MOST_PRODUCTS:
            raise OnnxError(
                f"The network takes more than {MOST_PRODUCTS / 1e9:.0f} billion multiplications for a picture: too "
                "many to wait for."
            )


def check_fixed(words: str, *shapes: Sequence[int]) -> None:
    """Refuse fixed tensors that are too large, before they are made.

    Args:
        words: the operation that takes or makes them.

    Raises:
        OnnxError: one of these shapes has more numbers than `MOST_CONSTANT`.
    """
    for shape in shapes:
        if (count := math.prod(shape)) > MOST_CONSTANT:
            raise OnnxError(f"{words} takes or makes a fixed tensor of {count:,} numbers: too many.")
