"""From an ONNX file to a network of PyTorch's own operations."""

from dataclasses import dataclass
from typing import Any

from torch import nn

from model_zoo.onnx_graph.file import parse, without_weights
from model_zoo.onnx_graph.operations import OPERATIONS
from model_zoo.onnx_graph.reading import Reading


@dataclass(frozen=True, eq=False)
class Read:
    """What a file became."""

    net: nn.Module  # logits (N, classes) of pictures (N, channels, size, size)
    channels: int
    size: int
    metadata: dict[str, Any]
    stripped: bytes  # the file without the weights that are the network's now
    opset: int


def read(data: bytes, size: int | None = None) -> Read:
    """The network of an ONNX file.

    Args:
        data: the file.
        size: side of the pictures in pixels, where the file leaves it open.

    Raises:
        OnnxError: it cannot be read, is too large, or has operations that are not known here; in a sentence.
    """
    file = parse(data)
    reading = Reading(file, size, OPERATIONS)
    net = reading.run()
    return Read(net, reading.channels, reading.size, file.metadata, without_weights(data, reading.stored()), file.opset)
