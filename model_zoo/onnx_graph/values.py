"""What a tensor of an ONNX file is while the file is read: a number's, a picture's or a weight's."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from model_zoo.onnx_graph.network import Ref

PICTURES = (2, 3)  # how many of them shapes are worked out for


@dataclass(frozen=True, eq=False)
class Known:
    """A tensor that is known without a picture: numbers, for two and for three pictures the same or not."""

    values: tuple[np.ndarray, np.ndarray]

    @property
    def is_fixed(self) -> bool:
        return self.values[0] is self.values[1] or np.array_equal(*self.values)


@dataclass(frozen=True, eq=False)
class Made:
    """A tensor that an operation makes of the pictures."""

    ref: Ref
    shapes: tuple[Tensor, Tensor]  # "meta" tensors, of two and of three pictures

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.shapes[0].shape)

    def has_batch(self, axis: int) -> bool:
        """Whether the size of an axis is the number of pictures."""
        return tuple(t.shape[axis] for t in self.shapes) == PICTURES


Value = Known | Made | Tensor
"""A number's, a picture's or a weight's."""
